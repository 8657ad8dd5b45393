// Which part of the organization's document applies: all of it, or, while a widening waits, what it and the accepted one both give.
import { heldBackText, widenedParts, type HeldBack } from '../domain/access-diff/held-back.ts'
import { accessDiff, narrower, widens } from '../domain/access-diff/policies.ts'
import { ActRepeated } from '../domain/errors.ts'
import type { By } from '../domain/grants/types.ts'
import type { NewEvent } from '../domain/log/types.ts'
import { parseOrganizationPolicy, type OrganizationPolicy } from '../domain/policy/parse.ts'
import type { DocumentSource, PolicyProblem } from '../domain/policy/types.ts'
import { retryingConflicts } from './decide-all.ts'
import type { Deps } from './deps.ts'
import type { DocumentReading, PinnedPlace, PolicyDocuments, PolicyText } from './ports.ts'
import { understand, type Broken } from './understand-document.ts'
import { missingApproval } from './widening-approval.ts'
import type { Asked } from './weigh-approvals.ts'

export type AcceptDeps = Pick<Deps, 'ledger' | 'clock' | 'log' | 'github' | 'onCall'>

/** The document as it was just read. */
export interface Read {
  readonly value: OrganizationPolicy
  readonly source: DocumentSource
  readonly document: PolicyText
}

export type Acceptance =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'held-back'
      readonly narrowed: OrganizationPolicy
      readonly accepted: PolicyText
      readonly heldBack: HeldBack
    }
  | { readonly kind: 'unknown'; readonly problems: readonly PolicyProblem[] }

export type Accept = (read: Read, asked: Asked) => Promise<Acceptance>

/** `pinned` is undefined for a local file. */
export const acceptor =
  (deps: AcceptDeps, pinned: PinnedPlace | undefined): Accept =>
  (read, asked) =>
    retryingConflicts(() => judge(deps, pinned, read, asked))

/** What a document is accepted under: renaming its repository changes nothing, another branch is another document. */
export const acceptedUnder = (
  pinned: PinnedPlace | undefined,
  { where }: Pick<DocumentSource, 'where'>,
): string =>
  pinned === undefined ? `file:${where}` : `${pinned.repositoryId}:${pinned.branch}:${pinned.path}`

async function judge(
  deps: AcceptDeps,
  pinned: PinnedPlace | undefined,
  read: Read,
  asked: Asked,
): Promise<Acceptance> {
  const place = acceptedUnder(pinned, read.source)
  const former = await deps.ledger.acceptedPolicy(place)
  if (former?.blob === read.document.blob) return accepted
  if (former === undefined) return accept(deps, place, read, null)
  const parsed = parseOrganizationPolicy(former.text, read.source.where)
  if (!parsed.ok) return { kind: 'unknown', problems: [notComparable(read.source)] }
  const { widening: by, onCall } = parsed.value
  const diff = accessDiff(parsed.value, read.value)
  if (by === undefined || !widens(diff)) return accept(deps, place, read, former.blob)
  const { where, commit } = read.source
  const change = { pinned, since: former.blob, until: read.document.blob, commit, where }
  const because = await missingApproval(deps, { by, onCall }, change, asked)
  if (because === undefined) return accept(deps, place, read, former.blob, { kind: 'hallpass' })
  const before: DocumentSource = { where, commit: undefined, blob: former.blob }
  const widened = widenedParts(diff)
  const heldBack = { document: read.source, accepted: before, needs: by, because, widened }
  await tellOnce(deps, place, heldBack)
  const narrowed = narrower(parsed.value, read.value)
  return { kind: 'held-back', narrowed, accepted: former, heldBack }
}

const accepted: Acceptance = { kind: 'accepted' }

/** `by`: who let a guarded widening through. Hallpass itself does when its guards have approved it. */
async function accept(
  { ledger, clock, log }: Pick<Deps, 'ledger' | 'clock' | 'log'>,
  where: string,
  { source, document }: Pick<Read, 'source' | 'document'>,
  replaces: string | null,
  by?: By,
): Promise<Acceptance> {
  const told = (await ledger.lastPolicyBlob(source.where)) === document.blob
  const events: NewEvent['event'][] = [
    ...(told ? [] : [{ type: 'policy.loaded', document: source } as const]),
    ...(by === undefined
      ? []
      : [{ type: 'policy.accepted', document: source, replaces, by } as const]),
  ]
  await ledger.commit({
    now: clock.now(),
    acceptedPolicy: { where, ...document, replaces },
    events: events.map((event) => ({ stream: 'policy', event })),
  })
  log.info('policy.accepted', { document: source.where, blob: document.blob, by: by?.kind })
  return accepted
}

/** `unchanged`: it was accepted already. `other`: it is not what the operator has seen. */
export type AcceptedNow =
  | { readonly kind: 'accepted' | 'unchanged' | 'other'; readonly document: DocumentSource }
  | Broken
  | Extract<DocumentReading, { kind: 'missing' }>

/**
 * Accepts the organization's document as it stands, on an operator's word: for what no pull request can bring, such as
 * a local file. `seen` is the blob that they mean.
 */
export async function acceptNow(
  deps: Pick<Deps, 'ledger' | 'clock' | 'log'>,
  documents: Pick<PolicyDocuments, 'pinned' | 'organization'>,
  by: Extract<By, { kind: 'operator' }>,
  seen?: string,
): Promise<AcceptedNow> {
  return retryingConflicts(async () => {
    const reading = await documents.organization.read({})
    if (reading.kind === 'missing') return reading
    const read = understand(reading, parseOrganizationPolicy)
    if (read.kind === 'broken') return read
    const { source } = read
    if (seen !== undefined && seen !== source.blob) return { kind: 'other', document: source }
    const place = acceptedUnder(documents.pinned, source)
    const former = await deps.ledger.acceptedPolicy(place)
    if (former?.blob === source.blob) return { kind: 'unchanged', document: source }
    await accept(deps, place, read, former?.blob ?? null, by)
    return { kind: 'accepted', document: source }
  })
}

/** Once for each contents that wait behind the accepted ones, whoever reads them. */
async function tellOnce(
  { ledger, clock, log }: AcceptDeps,
  place: string,
  heldBack: HeldBack,
): Promise<void> {
  const { document, accepted: before } = heldBack
  const act = `policy-held-back:${place}:${before.blob}:${document.blob}`
  if (await ledger.hasAct(act)) return
  const because = heldBackText(heldBack)
  const event = { type: 'policy.held-back', document, accepted: before, because } as const
  try {
    await ledger.commit({ now: clock.now(), acts: [act], events: [{ stream: 'policy', event }] })
  } catch (error) {
    if (error instanceof ActRepeated) return
    throw error
  }
  const { where, blob } = document
  log.warn('policy.held-back', { document: where, blob, because: heldBack.because })
}

const notComparable = ({ where: file }: DocumentSource): PolicyProblem => ({
  file,
  line: 1,
  column: 1,
  message:
    'This version of Hallpass does not understand the contents that were accepted before, so it cannot tell what changed. Bring those contents back in a form that it understands, or have an operator accept these: `hallpass policy accept`.',
})

// What a pull request would make of the organization's document, against what holds now.
import { accessDiff, widens, type Compared } from '../../domain/access-diff/policies.ts'
import type { DocumentChange } from '../../domain/messages/policy-check.ts'
import { parseOrganizationPolicy, type OrganizationPolicy } from '../../domain/policy/parse.ts'
import { limitsLeftOut } from '../../domain/policy/left-out.ts'
import { codes } from '../../domain/policy/quote.ts'
import type { PullRequestFacts } from '../../domain/policy/types.ts'
import { acceptedUnder } from '../accept-policy.ts'
import type { Deps } from '../deps.ts'
import type { PinnedPlace } from '../ports.ts'
import { understand } from '../understand-document.ts'
import { weighApprovals } from '../weigh-approvals.ts'
import type { Publishing } from './publishing.ts'

export async function judgeOrganizationChange(
  publishing: Publishing,
  pinned: PinnedPlace,
  pull: PullRequestFacts,
): Promise<DocumentChange> {
  const { deps, view } = publishing
  const { path } = pinned
  const reading = await deps.documents.at(view.subject, pull.headSha, path)
  if (reading.kind === 'missing') return broken(path, [atStart(gone)])
  const head = understand(reading, parseOrganizationPolicy)
  if (head.kind === 'broken') return broken(path, head.problems)
  const now = await readNow(deps, publishing, pinned)
  const { inForce, guardedBy, notes } = now
  const base = { path, problems: [], warnings: [], notes }
  if (inForce === undefined) return { ...base, versions: undefined, guard: undefined }
  const versions = { before: inForce, after: head.value }
  const by = guardedBy?.widening
  // What is weighed at the merge is the accepted document, whatever lies on the branch.
  if (by === undefined || guardedBy === undefined || !widens(accessDiff(guardedBy, head.value)))
    return { ...base, versions, guard: undefined }
  const approvals = await deps.github.approvalsOf(view.subject, pull)
  const { subject } = view
  const brought = { subject, author: pull.author, head: pull, approvals }
  const asked = { subject, here: true }
  const weighed = await weighApprovals(deps, { by, onCall: guardedBy.onCall }, brought, asked)
  return { ...base, versions, guard: { needs: by, ...weighed } }
}

const gone =
  "the organization's document is not here any more: nobody would be given anything. Keep it in this place."
const atStart = (message: string) => ({ file: '', line: 1, column: 1, message })

const broken = (path: string, problems: DocumentChange['problems']): DocumentChange => ({
  path,
  problems,
  warnings: [],
  versions: undefined,
  notes: [],
  guard: undefined,
})

interface Now {
  /** Undefined when it cannot be told. */
  readonly inForce: Compared | undefined
  /** What a merge would be weighed against. Undefined: nothing was accepted yet. */
  readonly guardedBy: OrganizationPolicy | undefined
  readonly notes: readonly string[]
}

/** The document on the base branch as it is now, and what was accepted of it. */
async function readNow(
  deps: Deps,
  { view, repository }: Publishing,
  pinned: PinnedPlace,
): Promise<Now> {
  const reading = await deps.policy.readCatalog(view.subject, repository)
  const guardedBy = await acceptedNow(deps, pinned)
  switch (reading.kind) {
    case 'missing':
      return { inForce: guardedBy ?? nothingYet, guardedBy, notes: guardedBy ? [] : [first] }
    case 'broken':
      return { inForce: guardedBy, guardedBy, notes: [baseIsBroken(pinned, guardedBy)] }
    case 'policy': {
      const { policy, heldBack } = reading
      return { inForce: policy, guardedBy, notes: heldBack ? [waits(heldBack.because)] : [] }
    }
    default:
      return reading satisfies never
  }
}

const first = 'There is no such document yet: everything in it is new.'

function baseIsBroken({ branch }: PinnedPlace, accepted: OrganizationPolicy | undefined): string {
  const now = `The document on ${codes([branch])} is broken, so that nothing is granted now.`
  return accepted === undefined
    ? `${now} What this changes cannot be told.`
    : `${now} This is compared with the one that was accepted last.`
}

/** NB: an approval of this pull request alone does not approve what came before it. */
const waits = (because: string): string =>
  `What was changed before this still waits (${because}), and only what both versions give is given. Take that back first: merging this does not approve it.`

const nothingYet: Compared = {
  roles: new Map(),
  rules: [],
  identities: [],
  enrolled: undefined,
  enrolledBy: undefined,
  limits: limitsLeftOut,
  onCall: new Map(),
  identitySources: { saml: [], template: [] },
  widening: undefined,
}

async function acceptedNow(
  { ledger }: Deps,
  pinned: PinnedPlace,
): Promise<OrganizationPolicy | undefined> {
  const accepted = await ledger.acceptedPolicy(acceptedUnder(pinned, { where: '' }))
  if (accepted === undefined) return undefined
  const parsed = parseOrganizationPolicy(accepted.text, pinned.path)
  return parsed.ok ? parsed.value : undefined
}

// One transaction: the new grants, the refusals, what people see of them, and the events of it all.
import { heldBackText, type HeldBack } from '../domain/access-diff/held-back.ts'
import type { Grant, Offer } from '../domain/grants/types.ts'
import type { NewEvent } from '../domain/log/types.ts'
import type { Ask, Policy, Refusal } from '../domain/policy/types.ts'
import { subjectKey, type Person } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'
import { logChanges, retryingConflicts } from './decide-all.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import type { Commit, Notice, PolicyText } from './ports.ts'
import {
  heldBackKey,
  noticeKey,
  noticeOf,
  policyKey,
  refusedEvent,
  type Refused,
} from './refused-request.ts'
import { startGrants, type Decided } from './start-grant.ts'
import type { Held } from './under-claim.ts'

export interface Outcome {
  /** `unasked`: the cause has no standing to make Hallpass write anything. */
  readonly policy: 'unasked' | 'unread' | 'read'
  readonly basis?: {
    readonly policy: Policy
    readonly documents: readonly PolicyText[]
    /** While a part of the policy waits for its approval. */
    readonly heldBack: HeldBack | undefined
  }
  readonly decided?: readonly Decided[]
  readonly refused: readonly Refused[]
  /** Everybody whom it was decided for. */
  readonly recipients?: readonly Person[]
  readonly events?: readonly NewEvent[]
}

/** What came of it. */
export interface Asked {
  readonly offers: readonly Offer[]
  readonly refusals: readonly Refusal[]
  readonly grants: readonly Grant[]
}

/** `decide` is asked again after each conflict. */
export async function recordOutcome(
  deps: Deps,
  ask: Ask,
  held: Held,
  decide: () => Promise<Outcome>,
  acts: readonly string[] = [],
): Promise<Asked> {
  const asked = await retryingConflicts(async () => {
    const outcome = await decide()
    const now = deps.clock.now()
    const { basis, decided = [], refused, events = [] } = outcome
    const started =
      basis === undefined
        ? noGrants
        : startGrants(deps, basis.policy, basis.documents, decided, now)
    const result: Asked = {
      offers: decided.map(({ offer }) => offer),
      refusals: refused.map(({ refusal }) => refusal),
      grants: started.grants.map(({ grant }) => grant),
    }
    const shown = await shownOf(deps, ask, outcome, now)
    await commitAndNudge(deps, {
      ...started,
      now,
      claim: held.current(),
      acts: [...(started.acts ?? []), ...acts],
      events: [
        ...events,
        ...(started.events ?? []),
        ...refused.map((each) => refusedEvent(ask, each)),
      ],
      ...shown,
    })
    logChanges(deps, started.grants)
    return result
  })
  logRefusals(deps, ask, asked.refusals)
  return asked
}

const noGrants = { grants: [], acts: [], events: [] } satisfies Partial<Commit>

function logRefusals(deps: Deps, ask: Ask, refusals: readonly Refusal[]): void {
  for (const { code, rule, role } of refusals)
    deps.log.info('request.refused', {
      delivery: ask.delivery,
      repo: ask.subject.repositoryId,
      subject: ask.subject.number,
      code,
      rule,
      role,
    })
}

/**
 * What people see of this request. NB: where all that is to be said is for the log, Hallpass writes nothing; unless it
 * told before what is over now, such as a policy that could not be read.
 */
async function shownOf(
  deps: Deps,
  ask: Ask,
  outcome: Outcome,
  now: Instant,
): Promise<Pick<Commit, 'notices' | 'dirtySubjects'>> {
  const { decided = [], refused, policy } = outcome
  const notices = noticesOf(ask, outcome, now)
  const shown = { notices, dirtySubjects: [ask.subject] }
  const forTheLogAlone =
    refused.length > 0 && refused.every(({ refusal }) => refusal.audience === 'log')
  if (decided.length > 0 || !forTheLogAlone) return shown
  if (policy !== 'read') return {}
  const former = (await deps.ledger.report(subjectKey(ask.subject)))?.notices ?? []
  return former.some(({ key }) => notices.some((over) => over.key === key)) ? shown : {}
}

/** NB: told only beside what people are told anyway: a label that no rule looks at makes Hallpass write nothing. */
function heldBackOf({ basis, decided = [], refused }: Outcome, at: Instant): readonly Notice[] {
  if (basis?.heldBack === undefined) return []
  if (decided.length === 0 && !refused.some(({ refusal }) => refusal.audience === 'people'))
    return []
  const text = heldBackText(basis.heldBack)
  const whose = { recipient: undefined, role: undefined }
  return [{ key: heldBackKey, kind: 'policy-held-back', text, ...whose, at }]
}

/** What this request leaves to be told. A policy that could be read takes back that it could not; an offer takes back the refusal before it. */
function noticesOf(
  { subject }: Ask,
  outcome: Outcome,
  now: Instant,
): NonNullable<Commit['notices']> {
  const { decided = [], refused, recipients = [], policy } = outcome
  const told = refused
    .filter(({ refusal }) => refusal.audience === 'people')
    .map((each) => noticeOf(each, now))
  const over = decided.map(({ offer }) => noticeKey(offer.recipient, offer.role))
  const all = [undefined, ...recipients].map((recipient) => noticeKey(recipient, undefined))
  const cleared = policy === 'read' ? [policyKey, heldBackKey, ...all, ...over] : []
  return [
    ...cleared.map((key) => ({ subject, key, notice: null })),
    ...[...told, ...heldBackOf(outcome, now)].map((notice) => ({
      subject,
      key: notice.key,
      notice,
    })),
  ]
}

// Somebody asked for a review: what policy makes of it, decided over facts read now, recorded whatever the answer.
import { apply } from '../domain/grants/apply.ts'
import { revisionOf } from '../domain/grants/revision.ts'
import type { Grant, Offer } from '../domain/grants/types.ts'
import { bindingIdsOf, bindingsOf } from '../domain/lanes/bindings-of.ts'
import { laneOf } from '../domain/lanes/lane-of.ts'
import type { NewEvent } from '../domain/log/types.ts'
import { evaluate, factsNeeded, standingRefusal } from '../domain/policy/evaluate.ts'
import { policyBroken, policyMissing } from '../domain/policy/refuse.ts'
import type { Refusal } from '../domain/policy/types.ts'
import type { ReviewRequested } from '../domain/signals.ts'
import { subjectKey } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import { logChanges, retryingConflicts } from './decide-all.ts'
import { gatherFacts, readGround, type Ground } from './gather-facts.ts'
import { policyEvents } from './log-policy.ts'
import type { Commit, GrantChange, PolicyReading } from './ports.ts'
import type { Held } from './under-claim.ts'
import { noticeOf, policyKey, refusedEvent } from './refused-request.ts'
import { orUndecided } from './undecided-request.ts'

/** How long a request waits for approval before it lapses, in seconds. */
const lapseSeconds = 24 * 60 * 60

/** Under the delivery's claim: who lost it must not give what was asked back meanwhile. */
export async function requestAccess(
  deps: Deps,
  signal: ReviewRequested,
  held: Held,
): Promise<void> {
  const ground = await orUndecided(signal, () => readGround(deps, signal))
  if (ground === undefined)
    return record(deps, held, signal, { policy: 'unasked', refusals: [gone] })
  const unheard = standingRefusal(signal, ground, deps.accounts)
  if (unheard !== undefined)
    return record(deps, held, signal, { policy: 'unasked', refusals: [unheard] })
  await orUndecided(signal, () => decide(deps, signal, held, ground))
}

async function decide(
  deps: Deps,
  signal: ReviewRequested,
  held: Held,
  ground: Ground,
): Promise<void> {
  const reading = await deps.policy.read(signal.subject, ground.repository)
  const events = await policyEvents(deps, reading)
  if (reading.kind !== 'policy')
    return record(deps, held, signal, { policy: 'unread', refusals: [unreadable(reading)], events })
  const needed = factsNeeded(reading.policy, signal, ground.repository.name)
  const facts = await gatherFacts(deps, signal, ground, reading.policy, needed)
  const evaluation = evaluate(signal, reading.policy, facts, deps.accounts)
  await record(deps, held, signal, { policy: 'read', ...evaluation, events })
}

const gone: Refusal = {
  kind: 'refused',
  code: 'subject-closed',
  rule: undefined,
  role: undefined,
  reason: 'The pull request or its repository is not there any more.',
  audience: 'log',
}

const unreadable = (reading: Exclude<PolicyReading, { kind: 'policy' }>): Refusal =>
  reading.kind === 'missing'
    ? policyMissing(reading.where, reading.why)
    : policyBroken(reading.problems)

interface Outcome {
  /** `unasked`: the cause has no standing to make Hallpass write anything. */
  readonly policy: 'unasked' | 'unread' | 'read'
  readonly offers?: readonly Offer[]
  readonly refusals: readonly Refusal[]
  readonly events?: readonly NewEvent[]
}

/** One transaction: the new grants, the refusals, what people see of them, and the events of it all. */
async function record(
  deps: Deps,
  held: Held,
  signal: ReviewRequested,
  outcome: Outcome,
): Promise<void> {
  const { offers = [], refusals, events = [] } = outcome
  const changes = await retryingConflicts(async () => {
    const now = deps.clock.now()
    const started = (await unused(deps, offers)).map((offer) => start(deps, offer, now))
    const grants = started.map(({ change }) => change)
    const shown = await shownOf(deps, signal, outcome, now)
    await commitAndNudge(deps, {
      now,
      claim: held.current(),
      grants,
      newBindings: started.flatMap(({ bindings }) => bindings),
      events: [...events, ...refusals.map((refusal) => refusedEvent(signal, refusal))],
      ...shown,
    })
    return grants
  })
  logChanges(deps, changes)
  for (const { code, rule, role } of refusals)
    deps.log.info('request.refused', {
      delivery: signal.delivery,
      repo: signal.subject.repositoryId,
      subject: signal.subject.number,
      code,
      rule,
      role,
    })
}

/** A cause grants at most once, ever: a redelivery or a replay finds its offers used. */
async function unused(deps: Deps, offers: readonly Offer[]): Promise<readonly Offer[]> {
  const used = await Promise.all(
    offers.map(({ cause, role, recipient }) => deps.ledger.causeUsed(cause, role, recipient.id)),
  )
  return offers.filter((_, index) => !used[index])
}

function start(deps: Deps, offer: Offer, now: Instant) {
  const id = deps.random.grantId()
  const revision = revisionOf(offer, 1, deps.random.code())
  const bindingIds = bindingIdsOf(offer, id, deps.ledger.instance)
  const result = apply({ type: 'request', id, revision, lapseSeconds, bindingIds }, undefined, now)
  if (result.kind === 'refused') throw new Error(`A new grant was refused: ${result.reason}`)
  const { grant, events } = result
  const change: GrantChange = { grant, expectedVersion: 0, events }
  return { change, bindings: newBindingsOf(deps, grant) }
}

/** Bindings are known once the window is: from the approval on. */
function newBindingsOf(deps: Deps, grant: Grant): NonNullable<Commit['newBindings']> {
  if (grant.phase !== 'approved') return []
  const { offer } = grant.revision
  const { approvedAt, endsAt } = grant
  return bindingsOf(offer, grant.id, deps.ledger.instance, approvedAt, endsAt).map((binding) => ({
    binding,
    lane: laneOf(binding.principal),
    grantId: grant.id,
  }))
}

/**
 * What people see of this request. NB: where all that is to be said is for the log, Hallpass writes nothing; unless it
 * told before what is over now, such as a policy that could not be read.
 */
async function shownOf(
  deps: Deps,
  signal: ReviewRequested,
  outcome: Outcome,
  now: Instant,
): Promise<Pick<Commit, 'notices' | 'dirtySubjects'>> {
  const { offers = [], refusals, policy } = outcome
  const notices = noticesOf(signal, outcome, now)
  const shown = { notices, dirtySubjects: [signal.subject] }
  const forTheLogAlone = refusals.length > 0 && refusals.every(({ audience }) => audience === 'log')
  if (offers.length > 0 || !forTheLogAlone) return shown
  if (policy !== 'read') return {}
  const former = (await deps.ledger.report(subjectKey(signal.subject)))?.notices ?? []
  return former.some(({ key }) => notices.some((over) => over.key === key)) ? shown : {}
}

/** What this request leaves to be told. A policy that could be read takes back that it could not; an offer takes back the refusal before it. */
function noticesOf(
  { subject, reviewer }: ReviewRequested,
  { offers = [], refusals, policy }: Outcome,
  now: Instant,
): NonNullable<Commit['notices']> {
  const told = refusals
    .filter(({ audience }) => audience === 'people')
    .map((refusal) => noticeOf(refusal, reviewer, now))
  const over = offers.map(({ role }) => `${reviewer.id}/${role}`)
  const cleared = policy === 'read' ? [policyKey, `${reviewer.id}/`, ...over] : []
  return [
    ...cleared.map((key) => ({ subject, key, notice: null })),
    ...told.map((notice) => ({ subject, key: notice.key, notice })),
  ]
}

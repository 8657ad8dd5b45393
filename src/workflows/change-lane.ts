// Changes in the cloud, under the lane's claim, and what came of them in the ledger.
import { CloudError, isFinal } from '../domain/errors.ts'
import type { Grant } from '../domain/grants/types.ts'
import { isHeld } from '../domain/grants/phases.ts'
import { isSelfExpiring } from '../domain/lanes/modes.ts'
import type { Applied, BindingNote, Change } from '../domain/lanes/types.ts'
import type { NewEvent } from '../domain/log/types.ts'
import type { Instant } from '../domain/time.ts'
import { answeredInTime } from './cloud-call.ts'
import { changesOf, logChanges, retryingConflicts, type Commanded } from './decide-all.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import type { Cloud, LaneWork } from './ports.ts'
import { overdue } from './record-round.ts'
import { retryingLane } from './retrying-lane.ts'
import type { Held } from './under-claim.ts'
import { wordsOf } from '../domain/redact.ts'

/** What leaves the lane unfinished. A grant that the cloud will never give ends here instead. */
export async function carryOut(
  deps: Deps,
  held: Held,
  cloud: Cloud,
  work: LaneWork,
  changes: readonly Change[],
): Promise<readonly unknown[]> {
  try {
    // NB: asked of the ledger right before each write: whoever was stopped meanwhile must not write late.
    await held.renew()
    const applied = await applyAll(deps, held, cloud, work, changes)
    await recordChanges(deps, held, work, applied)
    return await failuresOf(deps, held, work, applied)
  } catch (error) {
    return [error]
  }
}

interface Outcome {
  readonly change: Change
  readonly applied: Applied
}

/** What fails all of them alike, and what is not told of, fails each. */
async function applyAll(
  deps: Deps,
  held: Held,
  cloud: Cloud,
  { lane }: LaneWork,
  changes: readonly Change[],
): Promise<readonly Outcome[]> {
  try {
    const applied = await answeredInTime(deps, cloud, held.guard, (guard) =>
      cloud.apply(lane, changes, guard),
    )
    return changes.map((change) => ({
      change,
      applied: applied.get(change.binding.id) ?? { ok: false, error: untold(change) },
    }))
  } catch (error) {
    if (!(error instanceof CloudError)) throw error
    return changes.map((change) => ({ change, applied: { ok: false, error } }))
  }
}

const untold = ({ binding: { name } }: Change): CloudError =>
  new CloudError('transient', `What came of ${name} was not told.`)

async function failuresOf(
  deps: Deps,
  held: Held,
  work: LaneWork,
  outcomes: readonly Outcome[],
): Promise<readonly unknown[]> {
  const failures: unknown[] = []
  for (const { change, applied } of outcomes) {
    if (applied.ok) {
      if (isRepeated(work, change)) failures.push(unheeded(change))
      continue
    }
    // The request is over then, and asking again is cheap.
    if (change.do === 'remove' || !isFinal(applied.error)) failures.push(applied.error)
    else await giveUp(deps, held, work, change, applied.error)
  }
  return failures
}

/** Acknowledged before, and found again once reads had to show it gone: the cloud says yes and does nothing. */
const isRepeated = ({ bindings }: LaneWork, change: Change): boolean =>
  change.do === 'remove' &&
  bindings.some(
    ({ binding, removedAt }) => binding.id === change.binding.id && removedAt !== undefined,
  )

const unheeded = ({ binding: { name } }: Change): CloudError =>
  new CloudError('transient', `The removal of ${name} was acknowledged, and it is still there.`)

/** With the leases that are over by now: what is removed had to go because they are. */
async function recordChanges(
  deps: Deps,
  held: Held,
  read: LaneWork,
  outcomes: readonly Outcome[],
): Promise<void> {
  const done = outcomes.flatMap(({ change, applied }) => (applied.ok ? [{ change, applied }] : []))
  if (done.length === 0) return
  await retryingLane(deps, read, async (work) => {
    const now = deps.clock.now()
    const grants = changesOf(overdue(work, now), now)
    await commitAndNudge(deps, {
      now,
      claim: held.current(),
      grants,
      events: done.map((each) => changed(work, each)),
      bindings: done.flatMap((each) => removed(each, now)),
    })
    logChanges(deps, grants)
  })
  for (const { change } of done)
    deps.log.info('binding.changed', {
      lane: read.lane.id,
      binding: change.binding.id,
      change: change.do,
    })
}

interface CarriedOut {
  readonly change: Change
  readonly applied: Extract<Applied, { ok: true }>
}

const changed = ({ lane }: LaneWork, { change, applied: { evidence } }: CarriedOut): NewEvent => ({
  stream: `lane:${lane.id}`,
  event: {
    type: 'binding.changed',
    bindingId: change.binding.id,
    laneId: lane.id,
    change: change.do,
    evidence,
  },
})

function removed(
  { change, applied: { sessionsEnded } }: CarriedOut,
  now: Instant,
): readonly BindingNote[] {
  if (change.do === 'put') return []
  const ended = sessionsEnded ? { sessionsEndedAt: now } : {}
  return [{ id: change.binding.id, set: { removedAt: now, ...ended } }]
}

/**
 * The cloud answered no, so what was tried for the first time never was: there is nothing to remove, and no session.
 * Whoever asked for less than what was refused may still have that.
 */
async function giveUp(
  deps: Deps,
  held: Held,
  work: LaneWork,
  change: Change,
  error: CloudError,
): Promise<void> {
  const { id } = change.binding
  const record = work.bindings.find(({ binding }) => binding.id === id)
  const untried = record?.attemptedAt === undefined
  await retryingConflicts(async () => {
    const now = deps.clock.now()
    const rows = await Promise.all(
      (record?.holders ?? []).map((holder) => deps.ledger.grant(holder.id)),
    )
    const grants = changesOf(
      rows.flatMap((row) =>
        row === undefined || isLess(row.grant, change.binding)
          ? []
          : [refusal(row.grant, wordsOf(error))],
      ),
      now,
    )
    await commitAndNudge(deps, {
      now,
      claim: held.current(),
      grants,
      bindings: untried ? [{ id, set: { attemptedAt: null } }] : [],
    })
    logChanges(deps, grants)
  })
}

/** Where the cloud keeps the deadline, what it refused is that of whoever holds it longest. */
const isLess = (grant: Grant, { role, endsAt }: Change['binding']): boolean =>
  isSelfExpiring(role) && isHeld(grant) && grant.endsAt < endsAt

const refusal = (grant: Grant, detail: string): Commanded => ({
  grant,
  command: { type: 'end', reason: 'could-not-be-given', by: { kind: 'hallpass' }, detail },
})

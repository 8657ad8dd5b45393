// Makes one lane's cloud state equal to what the ledger wants, and reads it back. Applying, revoking, repairing and retrying are this.
import { CloudError } from '../domain/errors.ts'
import { isHeld } from '../domain/grants/phases.ts'
import { cloudTitles } from '../domain/lanes/clouds.ts'
import { needsObservation, planLane } from '../domain/lanes/plan.ts'
import type { Change, LanePlan, Observation } from '../domain/lanes/types.ts'
import { subjectKey } from '../domain/subjects.ts'
import { carryOut } from './change-lane.ts'
import { answeredInTime } from './cloud-call.ts'
import { recordRound } from './record-round.ts'
import type { Deps } from './deps.ts'
import { laneFailed } from './lane-failed.ts'
import type { Cloud, LaneWork } from './ports.ts'
import { recheckStanding } from './recheck-standing.ts'
import { retryingLane } from './retrying-lane.ts'
import { underClaim, type Held } from './under-claim.ts'

/** Reading, writing and reading back take two rounds; what happens meanwhile may add a few. */
const roundsMax = 6

export async function convergeLane(deps: Deps, id: string): Promise<void> {
  await underClaim(deps, `lane:${id}`, async (held) => {
    if (held.current().takenOver) await noteTakeOver(deps, held, id)
    for (let round = 1; round <= roundsMax; round += 1) {
      const work = await deps.ledger.lane(id)
      if (work === undefined) return
      try {
        if ((await converge(deps, held, work)) === 'at-rest') return
      } catch (error) {
        // Stopping, or the claim is lost: whoever takes it goes on from what the ledger says.
        if (held.guard.signal.aborted) return
        await laneFailed(deps, held, work, error)
        return
      }
    }
    // Still not at rest: its check is due, so the sweep goes on with it.
  })
}

/** A former owner's last call may still arrive: nothing that this lane's reads show is final before it has. */
async function noteTakeOver(deps: Deps, held: Held, id: string): Promise<void> {
  const work = await deps.ledger.lane(id)
  if (work === undefined) return
  const now = deps.clock.now()
  const settledAt = now + deps.timing.settleMs
  const { failures } = work
  deps.log.warn('lane.taken-over', { lane: id })
  await deps.ledger.commit({
    now,
    claim: held.current(),
    lane: { id, checkAt: now, failures, lastError: null, settledAt },
  })
}

/** One round: read, plan, record what is about to be done, do it. `again` when there is something to read back. */
async function converge(deps: Deps, held: Held, work: LaneWork): Promise<'at-rest' | 'again'> {
  const cloud = cloudOf(deps, work)
  // NB: before the read: a slow one must not count as made when it was answered, which may be past the cloud's lag.
  const now = deps.clock.now()
  const observation = needsObservation(work.bindings)
    ? await observe(deps, cloud, held, work)
    : undefined
  const plan = planLane({
    bindings: work.bindings,
    observation,
    now,
    lagMs: cloud.lagMs,
    enforcementMs: cloud.enforcementMs,
    settledAt: work.settledAt,
  })
  const standing = await freshStanding(deps, work, plan)
  if (standing === 'read-again') return 'again'
  const allowed = standing === 'unread' ? removalsOf(plan, deps.clock.now()) : plan
  if (!isRemovalAlone(allowed)) {
    await retryingLane(deps, work, (current) =>
      recordRound(deps, held, current, allowed, observation),
    )
  }
  if (allowed.changes.length === 0) return 'at-rest'
  await carryOutAll(deps, held, cloud, work, allowed.changes)
  return 'again'
}

/** It is recorded with what came of it: until then the lane is as due as it was, and whoever comes next removes again. */
const isRemovalAlone = ({ changes, notes, verdicts }: LanePlan): boolean =>
  changes.length > 0 &&
  changes.every((change) => change.do === 'remove') &&
  notes.length === 0 &&
  verdicts.length === 0

/** Removals first, and none kept from its turn by another's failure. As many at once as the cloud takes. */
async function carryOutAll(
  deps: Deps,
  held: Held,
  cloud: Cloud,
  work: LaneWork,
  changes: readonly Change[],
): Promise<void> {
  const failures: unknown[] = []
  const sorted = changes.toSorted(removalFirst)
  for (let from = 0; from < sorted.length; from += cloud.changesAtOnce) {
    const batch = sorted.slice(from, from + cloud.changesAtOnce)
    failures.push(...(await carryOut(deps, held, cloud, work, batch)))
  }
  if (failures.length > 0) throw soonest(failures)
}

/** NB: what a cloud puts off for one of them must not put off the others. */
const soonest = (failures: readonly unknown[]): unknown =>
  failures.toSorted((a, b) => waitOf(a) - waitOf(b))[0]

const waitOf = (error: unknown): number =>
  error instanceof CloudError ? (error.retryAfterMs ?? 0) : 0

const removalFirst = (a: Change, b: Change): number =>
  Number(a.do === 'put') - Number(b.do === 'put')

const unreadRetryMs = 5_000

/** Nothing is given on ground that could not be read; what has to go goes all the same. */
function removalsOf(plan: LanePlan, now: number): LanePlan {
  const retryAt = now + unreadRetryMs
  const puts = new Set(plan.changes.flatMap((each) => (each.do === 'put' ? each.binding.id : [])))
  return {
    ...plan,
    changes: plan.changes.filter((change) => change.do === 'remove'),
    // What is not tried now must not be noted as tried, nor told to be put back.
    notes: plan.notes.filter(({ id }) => !puts.has(id)),
    verdicts: plan.verdicts.filter(({ kind }) => kind !== 'drifted'),
    checkAt: Math.min(plan.checkAt ?? retryAt, retryAt),
  }
}

function cloudOf(deps: Deps, { lane }: LaneWork): Cloud {
  const cloud = deps.clouds.get(lane.cloud)
  if (cloud === undefined)
    throw new Error(`Hallpass is not connected to ${cloudTitles[lane.cloud]}.`)
  return cloud
}

const observe = (
  deps: Deps,
  cloud: Cloud,
  held: Held,
  { lane, bindings }: LaneWork,
): Promise<Observation> =>
  answeredInTime(deps, cloud, held.guard, (guard) =>
    cloud.observe(
      lane,
      bindings.map(({ binding }) => binding),
      guard,
    ),
  )

/** Access is given only on a fresh reading of what it stands on: a lane that was held up reads it again first. */
async function freshStanding(
  deps: Deps,
  work: LaneWork,
  plan: LanePlan,
): Promise<'fresh' | 'read-again' | 'unread'> {
  const stale = staleSubjects(deps, work, plan)
  if (stale.size === 0) return 'fresh'
  try {
    for (const subject of stale)
      if ((await recheckStanding(deps, subject)) === 'busy') return 'unread'
    return 'read-again'
  } catch (error) {
    deps.log.warn('standing.unread', { lane: work.lane.id, error })
    return 'unread'
  }
}

function staleSubjects(deps: Deps, work: LaneWork, { changes }: LanePlan): ReadonlySet<string> {
  const before = deps.clock.now() - deps.timing.standingFreshMs
  const putting = new Set(
    changes.filter(({ do: act }) => act === 'put').map(({ binding }) => binding.id),
  )
  const holders = work.bindings
    .filter(({ binding }) => putting.has(binding.id))
    .flatMap((b) => b.holders)
    // Of whoever only waits for the end of it, no standing is read any more.
    .filter(isHeld)
  return new Set(
    holders.flatMap(({ id, revision }) =>
      (work.standingReadAt.get(id) ?? 0) >= before ? [] : [subjectKey(revision.offer.subject)],
    ),
  )
}

// What one read of a lane means for the bindings and for the grants that hold them, in one transaction.
import { isHeld } from '../domain/grants/phases.ts'
import { isOverInLane } from '../domain/lanes/is-over.ts'
import type { LanePlan, LaneVerdict, Observation } from '../domain/lanes/types.ts'
import type { NewEvent } from '../domain/log/types.ts'
import type { GrantCommand } from '../domain/grants/types.ts'
import { changesOf, logChanges, type Commanded } from './decide-all.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import { lanesToConclude, notOverElsewhere } from './other-lanes.ts'
import type { LaneWork } from './ports.ts'
import { troublesBesides } from './trouble.ts'
import type { Held } from './under-claim.ts'

/** Recorded before any change leaves: from then on what is tried may exist, whatever a read says. */
export async function recordRound(
  deps: Deps,
  held: Held,
  work: LaneWork,
  plan: LanePlan,
  observation: Observation | undefined,
): Promise<void> {
  const now = deps.clock.now()
  const current = holdersOf(work)
  const proven = plan.verdicts
    .flatMap((verdict) => [
      ...commandsOf(verdict, current),
      ...handOvers(verdict, current, observation, now),
    ])
    .filter(
      ({ grant, command }) =>
        command.type !== 'conclude' ||
        isOverInLane(grant, work.bindings, [...plan.verdicts, ...handedOver(plan, current, now)]),
    )
  const commanded = [...overdue(work, now), ...proven]
  const atRest = plan.changes.length === 0
  const well = atRest && !plan.verdicts.some(({ kind }) => kind === 'lingers')
  const eased = well ? await easedBy(deps, work, commanded, current) : []
  const all = [
    ...commanded,
    ...eased.map((grant) => ({ grant, command: { type: 'trouble-over' } as const })),
  ]
  const notOver = await notOverElsewhere(deps, work.lane.id, changesOf(all, now))
  const grants = changesOf(
    all.filter(({ grant, command }) => command.type !== 'conclude' || !notOver.has(grant.id)),
    now,
  )
  await commitAndNudge(deps, {
    now,
    claim: held.current(),
    grants,
    bindings: plan.notes,
    dirtyLanes: lanesToConclude(work.lane.id, grants),
    events: [
      ...intentions(work, plan),
      ...misses(work, plan, observation),
      ...drifts(work, plan, observation),
    ],
    lane: {
      id: work.lane.id,
      // A change is read back at once; if this process dies over it, whoever comes next finds it due.
      checkAt: plan.checkAt ?? (atRest ? null : now),
      failures: well ? 0 : work.failures,
      lastError: well ? null : (work.lastError ?? null),
      ...(atRest ? { cleanVersion: work.dirtyVersion } : {}),
    },
  })
  logChanges(deps, grants)
}

/** Nothing keeps this lane from its goal any more, nor any other one of the grant, but for what was just told. */
async function easedBy(
  deps: Deps,
  { lane }: LaneWork,
  commanded: readonly Commanded[],
  holders: Holders,
): Promise<readonly Commanded['grant'][]> {
  const troubled = new Set(
    commanded.flatMap(({ grant, command }) => (command.type === 'trouble' ? [grant.id] : [])),
  )
  const besides = troublesBesides(deps, lane.id)
  const stuck = [...holders.values()]
    .flat()
    .filter(({ id, stuck: known }) => known !== undefined && !troubled.has(id))
  const left = await Promise.all(stuck.map(async (grant) => (await besides(grant)).size))
  return stuck.filter((_, index) => left[index] === 0)
}

type Holders = ReadonlyMap<string, readonly Commanded['grant'][]>

const holdersOf = ({ bindings }: LaneWork): Holders =>
  new Map(bindings.map(({ binding, holders }) => [binding.id, holders]))

/** The leases that are over by now: ended here, with all else of this lane, and not one by one. */
export const overdue = ({ bindings }: LaneWork, now: number): readonly Commanded[] =>
  [...new Map(bindings.flatMap(({ holders }) => holders.map((each) => [each.id, each]))).values()]
    .filter((grant) => isHeld(grant) && now >= grant.endsAt)
    .map((grant) => ({ grant, command: { type: 'tick' } }))

function commandsOf(verdict: LaneVerdict, holders: Holders): readonly Commanded[] {
  const command = commandOf(verdict)
  if (command === undefined) return []
  return (holders.get(verdict.bindingId) ?? []).map((grant) => ({ grant, command }))
}

/**
 * What was held together goes on for those who still hold it: whoever's time is over has nothing of their own left
 * there, as live grants of the same person are named that hold the same.
 */
function handOvers(
  verdict: LaneVerdict,
  holders: Holders,
  observation: Observation | undefined,
  now: number,
): readonly Commanded[] {
  if (verdict.kind !== 'present') return []
  const { bindingId } = verdict
  const all = holders.get(bindingId) ?? []
  const heldBy = goingOn(all, now)
  // NB: as the ledger has it by now: the last of them may have ended since the cloud was read.
  if (heldBy.length === 0) return []
  const times = { removedAt: now, certainAt: now, sessionsUntil: undefined }
  const cloudAt = observation?.evidence.cloudAt
  return all
    .filter((grant) => grant.phase === 'ending' && isNews(grant, bindingId))
    .flatMap((grant) => [
      { grant, command: { type: 'observe-gone', bindingId, ...times, heldBy } },
      { grant, command: { type: 'conclude', cloudAt } },
    ])
}

/** Who holds it and is not over, whether or not that was told. */
const goingOn = (holders: readonly Commanded['grant'][], now: number): readonly string[] =>
  holders.filter((grant) => isHeld(grant) && now < grant.endsAt).map(({ id }) => id)

/** Told once: nothing more is to be proven of a hold that is gone and left no session. */
const isNews = ({ holds }: Commanded['grant'], bindingId: string): boolean =>
  holds.some(
    (hold) =>
      hold.bindingId === bindingId && (hold.state !== 'gone' || hold.sessionsUntil !== undefined),
  )

/** For those who leave, what goes on for others is over. */
const handedOver = (
  { verdicts }: LanePlan,
  holders: Holders,
  now: number,
): readonly LaneVerdict[] =>
  verdicts.flatMap(({ kind, bindingId }) =>
    kind === 'present' && goingOn(holders.get(bindingId) ?? [], now).length > 0
      ? [{ kind: 'over', bindingId, cloudAt: undefined }]
      : [],
  )

function commandOf(verdict: LaneVerdict): GrantCommand | undefined {
  const { bindingId } = verdict
  const by = { kind: 'hallpass' } as const
  switch (verdict.kind) {
    case 'present':
      return { type: 'observe-present', bindingId }
    case 'drifted':
      return { type: 'drift', bindingId }
    case 'missing':
      return { type: 'end', reason: verdict.reason, by, detail: verdict.why }
    case 'foreign':
      return { type: 'end', reason: 'could-not-be-given', by, detail: verdict.why }
    case 'gone': {
      const { removedAt, certainAt, sessionsUntil } = verdict
      return { type: 'observe-gone', bindingId, removedAt, certainAt, sessionsUntil, heldBy: [] }
    }
    case 'over':
      return { type: 'conclude', cloudAt: verdict.cloudAt }
    case 'unreachable':
      return { type: 'trouble', because: verdict.why }
    case 'lingers':
      return undefined
    default:
      return verdict satisfies never
  }
}

/** Of what is about to be made: that it is to go, its grants' ends have said. */
const intentions = ({ lane }: LaneWork, { changes }: LanePlan): readonly NewEvent[] =>
  changes
    .filter((change) => change.do === 'put')
    .map((change) => ({
      stream: `lane:${lane.id}`,
      event: {
        type: 'binding.intended',
        bindingId: change.binding.id,
        laneId: lane.id,
        change: change.do,
      },
    }))

function misses(
  { lane }: LaneWork,
  { notes }: LanePlan,
  observation: Observation | undefined,
): readonly NewEvent[] {
  if (observation === undefined) return []
  const { evidence } = observation
  return notes
    .filter(({ set }) => typeof set.missedAt === 'number')
    .map(({ id: bindingId }) => ({
      stream: `lane:${lane.id}`,
      event: { type: 'binding.missed', bindingId, laneId: lane.id, evidence },
    }))
}

function drifts(
  { lane }: LaneWork,
  { verdicts }: LanePlan,
  observation: Observation | undefined,
): readonly NewEvent[] {
  return verdicts.flatMap(({ kind, bindingId }) => {
    const seen = observation?.bindings.get(bindingId)
    if (kind !== 'drifted' || seen === undefined) return []
    const { evidence } = seen
    const event = { type: 'binding.drifted', bindingId, laneId: lane.id, evidence } as const
    return [{ stream: `lane:${lane.id}`, event }]
  })
}

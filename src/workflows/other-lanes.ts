// The lanes of a grant besides the one that is worked on: each proves its own part, and none of them the whole.
import { isHeld } from '../domain/grants/phases.ts'
import type { Grant } from '../domain/grants/types.ts'
import { laneOf } from '../domain/lanes/lane-of.ts'
import type { LaneId } from '../domain/lanes/types.ts'
import type { Deps } from './deps.ts'
import type { GrantChange, LaneWork } from './ports.ts'

type Reading = Pick<Deps, 'ledger'>

/** Reads each lane once, however many grants are asked about. */
export function otherLanes({ ledger }: Reading, own: LaneId) {
  const read = new Map<LaneId, Promise<LaneWork | undefined>>()
  const laneBy = (id: LaneId) => {
    const lane = read.get(id) ?? ledger.lane(id)
    read.set(id, lane)
    return lane
  }
  return async (grant: Grant): Promise<readonly LaneWork[]> => {
    const lanes = await Promise.all(otherLaneIds(grant, own).map(laneBy))
    return lanes.flatMap((lane) => lane ?? [])
  }
}

const otherLaneIds = ({ revision }: Grant, own: LaneId): readonly LaneId[] => [
  ...new Set(
    revision.offer.bindings.map((binding) => laneOf(binding).id).filter((id) => id !== own),
  ),
]

/** Grants that would end here although another of their lanes has found again what was proven gone. */
export async function notOverElsewhere(
  deps: Reading,
  own: LaneId,
  changes: readonly GrantChange[],
): Promise<ReadonlySet<string>> {
  const others = otherLanes(deps, own)
  const ended = changes.flatMap(({ grant }) => (grant.phase === 'ended' ? [grant] : []))
  const isOver = await Promise.all(
    ended.map(async (grant) => (await others(grant)).every((lane) => isOverIn(lane, grant))),
  )
  return new Set(ended.filter((_, index) => isOver[index] === false).map(({ id }) => id))
}

/** Proven gone, or what others hold. */
const isOverIn = ({ bindings }: LaneWork, { id, holds }: Grant): boolean =>
  bindings
    .filter(({ binding }) => holds.some(({ bindingId }) => bindingId === binding.id))
    .every(
      ({ certainAt, holders }) =>
        certainAt !== undefined || holders.some((other) => other.id !== id && isHeld(other)),
    )

/**
 * Where the last thing was proven gone here and the grant goes on, only another lane can tell that its sessions are over,
 * by its own cloud's time: it may have nothing else left that wakes it.
 */
export const lanesToConclude = (
  own: LaneId,
  changes: readonly GrantChange[],
): readonly LaneId[] => [
  ...new Set(
    changes
      .filter(({ events }) => events.some(({ type }) => type === 'grant.binding-gone'))
      .filter(({ grant }) => grant.phase === 'ending')
      .filter(({ grant }) => grant.holds.every(({ state }) => state === 'gone'))
      .flatMap(({ grant }) => otherLaneIds(grant, own)),
  ),
]

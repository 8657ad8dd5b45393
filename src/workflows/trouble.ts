// What keeps a grant's lanes from their goal. A grant has one lane in each cloud, and one that is well says nothing of the others.
import type { Grant } from '../domain/grants/types.ts'
import { laneOf } from '../domain/lanes/lane-of.ts'
import type { LaneId } from '../domain/lanes/types.ts'
import type { Deps } from './deps.ts'
import type { LaneWork } from './ports.ts'

type Reading = Pick<Deps, 'ledger'>
type Lane = Promise<LaneWork | undefined>

/** Reads each lane once, however many grants are asked about. */
export function troublesBesides({ ledger }: Reading, own: LaneId) {
  const read = new Map<LaneId, Lane>()
  const laneBy = (id: LaneId): Lane => {
    const lane = read.get(id) ?? ledger.lane(id)
    read.set(id, lane)
    return lane
  }
  /** By lane, why each of the grant's other lanes fails that does. */
  return async ({ revision }: Grant): Promise<ReadonlyMap<LaneId, string>> => {
    const ids = new Set(revision.offer.bindings.map((binding) => laneOf(binding).id))
    ids.delete(own)
    const lanes = await Promise.all([...ids].map(laneBy))
    return new Map(
      lanes.flatMap((lane) =>
        lane === undefined || lane.failures === 0
          ? []
          : [[lane.lane.id, lane.lastError ?? 'it failed'] as const],
      ),
    )
  }
}

/** The same whichever of them tells it: so that no two lanes contradict each other by turns. */
export const allTroubles = (troubles: ReadonlyMap<LaneId, string>): string =>
  [...new Map([...troubles].toSorted(([a], [b]) => (a < b ? -1 : 1))).values()].join(' ')

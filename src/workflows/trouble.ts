// What keeps a grant's lanes from their goal. A grant has one lane in each cloud, and one that is well says nothing of the others.
import type { Grant } from '../domain/grants/types.ts'
import type { LaneId } from '../domain/lanes/types.ts'
import type { Deps } from './deps.ts'
import { otherLanes } from './other-lanes.ts'

/** By lane, why each of a grant's other lanes fails that does. */
export function troublesBesides(deps: Pick<Deps, 'ledger'>, own: LaneId) {
  const others = otherLanes(deps, own)
  return async (grant: Grant): Promise<ReadonlyMap<LaneId, string>> =>
    new Map(
      (await others(grant)).flatMap(({ lane, failures, lastError }) =>
        failures === 0 ? [] : [[lane.id, lastError ?? 'it failed'] as const],
      ),
    )
}

/** The same whichever of them tells it: so that no two lanes contradict each other by turns. */
export const allTroubles = (troubles: ReadonlyMap<LaneId, string>): string =>
  [...new Map([...troubles].toSorted(([a], [b]) => (a < b ? -1 : 1))).values()].join(' ')

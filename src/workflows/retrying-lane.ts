import type { Deps } from './deps.ts'
import { retryingConflicts } from './decide-all.ts'
import type { LaneWork } from './ports.ts'

/** Decides on the lane as it was read, and anew on what the ledger holds by then after each conflict. */
export async function retryingLane(
  { ledger }: Pick<Deps, 'ledger'>,
  read: LaneWork,
  decide: (work: LaneWork) => Promise<void>,
): Promise<void> {
  let isAgain = false
  await retryingConflicts(async () => {
    const work = isAgain ? ((await ledger.lane(read.lane.id)) ?? read) : read
    isAgain = true
    // What was to be cleaned is what the cloud was compared with.
    await decide({ ...work, dirtyVersion: read.dirtyVersion, failures: read.failures })
  })
}

// Makes one lane's cloud state equal to what the ledger wants, and reads it back. Applying, revoking, repairing and retrying are this.
import { CloudError } from '../domain/errors.ts'
import { planLane, type LanePlan } from '../domain/lanes/plan.ts'
import type { Change, Observation } from '../domain/lanes/types.ts'
import { subjectKey } from '../domain/subjects.ts'
import { backoffMs } from './backoff.ts'
import { carryOut, intend } from './change-lane.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import { recordPlan } from './record-plan.ts'
import { recheckStanding } from './recheck-standing.ts'
import type { Cloud, LaneWork } from './ports.ts'
import { underClaim, type Held } from './under-claim.ts'

/** Reading, writing and reading back take two rounds; what happens meanwhile may add a few. */
const roundsMax = 6

export async function convergeLane(deps: Deps, id: string): Promise<void> {
  await underClaim(deps, `lane:${id}`, async (held) => {
    for (let round = 1; round <= roundsMax; round += 1) {
      const work = await deps.ledger.lane(id)
      if (work === undefined) return
      const again = await convergeOnce(deps, held, work)
      if (!again) return
    }
    // Still not at rest: the mark is dirty, so the sweep goes on with it.
  })
}

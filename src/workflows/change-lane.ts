// One change in the cloud, under the lane's claim, and what came of it in the ledger.
import { CloudError, isFinal } from '../domain/errors.ts'
import type { Grant } from '../domain/grants/types.ts'
import type { Change, Evidence } from '../domain/lanes/types.ts'
import { changesOf, logChanges, retryingConflicts, type Commanded } from './decide-all.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import type { Cloud, LaneWork } from './ports.ts'
import type { Held } from './under-claim.ts'

/** Throws what leaves the lane unfinished. A grant that the cloud will never give ends here instead. */
export async function carryOut(
  deps: Deps,
  held: Held,
  cloud: Cloud,
  work: LaneWork,
  change: Change,
): Promise<void> {
  // NB: asked of the ledger right before each write: whoever was stopped meanwhile must not write late.
  await held.renew()
  try {
    const evidence = await cloud.change(work.lane, change, held.guard)
    await recordChange(deps, held, work, change, evidence)
    if (isRepeated(work, change)) throw unheeded(change)
  } catch (error) {
    // The request is over then, and asking again is cheap.
    if (change.do === 'remove' || !isFinal(error)) throw error
    await giveUp(deps, held, work, change, error)
  }
}

/** Acknowledged before, and found again once reads had to show it gone: the cloud says yes and does nothing. */
const isRepeated = ({ bindings }: LaneWork, change: Change): boolean =>
  change.do === 'remove' &&
  bindings.some(
    ({ binding, removedAt }) => binding.id === change.binding.id && removedAt !== undefined,
  )

const unheeded = ({ binding: { name } }: Change): CloudError =>
  new CloudError('transient', `The removal of ${name} was acknowledged, and it is still there.`)

async function recordChange(
  deps: Deps,
  held: Held,
  work: LaneWork,
  change: Change,
  evidence: Evidence,
): Promise<void> {
  const { id } = change.binding
  const laneId = work.lane.id
  deps.log.info('binding.changed', { lane: laneId, binding: id, change: change.do })
  await deps.ledger.commit({
    now: deps.clock.now(),
    claim: held.current(),
    events: [
      {
        stream: `lane:${laneId}`,
        event: { type: 'binding.changed', bindingId: id, laneId, change: change.do, evidence },
      },
    ],
    bindings: change.do === 'remove' ? [{ id, set: { removedAt: deps.clock.now() } }] : [],
  })
}

/** The cloud answered no, so what was tried for the first time never was: there is nothing to remove, and no session. */
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
      rows.flatMap((row) => (row === undefined ? [] : [refusal(row.grant, error.message)])),
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

const refusal = (grant: Grant, detail: string): Commanded => ({
  grant,
  command: { type: 'end', reason: 'could-not-be-given', by: { kind: 'hallpass' }, detail },
})

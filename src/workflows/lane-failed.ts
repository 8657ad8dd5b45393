// A lane that could not be converged: tried again for ever, slower each time, and told once people need to know.
import { CloudError } from '../domain/errors.ts'
import type { BindingRecord } from '../domain/lanes/types.ts'
import { backoffMs } from './backoff.ts'
import { changesOf, logChanges, retryingConflicts } from './decide-all.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import type { LaneWork } from './ports.ts'
import { allTroubles, troublesBesides } from './trouble.ts'
import type { Held } from './under-claim.ts'
import { wordsOf } from '../domain/redact.ts'

/** Hiccups end by themselves; from here on somebody may have to act. */
const failuresUntold = 2
const waitMsMax = 60_000
/**
 * NB: while something is to be taken away, somebody may still be in; while something is to be given, its lease passes. A
 * cloud that is back after a short outage is asked soon. What it goes on refusing needs a person, not more calls.
 */
const awaited = { waitMsMax: 10_000, failures: 12 }

const waitMs = ({ bindings }: LaneWork, failures: number): number =>
  backoffMs(
    failures,
    failures <= awaited.failures && bindings.some(isAwaited) ? awaited.waitMsMax : waitMsMax,
  )

const isAwaited = ({ desired, attemptedAt, presentAt, removedAt }: BindingRecord): boolean =>
  desired === 'present'
    ? presentAt === undefined
    : attemptedAt !== undefined && removedAt === undefined

export async function laneFailed(
  deps: Deps,
  held: Held,
  work: LaneWork,
  error: unknown,
): Promise<void> {
  const failures = work.failures + 1
  const because = wordsOf(error)
  deps.log.warn('lane.failed', { lane: work.lane.id, failures, error })
  const told = failures > failuresUntold || (error instanceof CloudError && error.kind === 'denied')
  await retryingConflicts(async () => {
    const now = deps.clock.now()
    const grants = told ? await troubled(deps, work, because, now) : []
    await commitAndNudge(deps, {
      now,
      grants,
      lane: {
        id: work.lane.id,
        checkAt: now + Math.max(waitMs(work, failures), retryAfterMs(error)),
        failures,
        triedVersion: work.dirtyVersion,
        lastError: because,
        // The fate of the call that failed is not known: it may still arrive.
        settledAt: now + deps.timing.settleMs,
      },
      // NB: not when the claim was lost: then another one is at it, and what it knows is newer.
      claim: held.current(),
    })
    logChanges(deps, grants)
  })
}

/** NB: no cloud may put a removal off for longer than this by what it answers. */
const retryAfterMsMax = 5 * 60_000

const retryAfterMs = (error: unknown): number =>
  error instanceof CloudError ? Math.min(error.retryAfterMs ?? 0, retryAfterMsMax) : 0

async function troubled(deps: Deps, work: LaneWork, because: string, now: number) {
  const ids = new Set(work.bindings.flatMap(({ holders }) => holders.map(({ id }) => id)))
  const rows = await Promise.all([...ids].map((id) => deps.ledger.grant(id)))
  const besides = troublesBesides(deps, work.lane.id)
  const commanded = rows.map(async (row) => {
    if (row === undefined) return []
    const all = new Map(await besides(row.grant)).set(work.lane.id, because)
    const command = { type: 'trouble', because: allTroubles(all) } as const
    return [{ grant: row.grant, command }]
  })
  return changesOf((await Promise.all(commanded)).flat(), now)
}

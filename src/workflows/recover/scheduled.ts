// Recovers on a schedule that all processes share, and whenever one starts: what happened meanwhile was missed.
import { minuteMs, type Instant } from '../../domain/time.ts'
import { spreadMs } from '../backoff.ts'
import { onSchedule, type Scheduled } from '../on-schedule.ts'
import type { Held } from '../under-claim.ts'
import type { RecoverDeps } from './deps.ts'
import { recoverDeliveries } from './recover-deliveries.ts'

/** Processes that start together look once. */
const startedTogetherMs = minuteMs

export function scheduledRecovery(deps: RecoverDeps): Scheduled {
  let started = false
  return onSchedule(deps, 'recover', async (held) => {
    const now = deps.clock.now()
    const { nextAt, readTo } = await deps.ledger.recovery()
    const isNew = !started && (readTo === undefined || readTo <= now - startedTogetherMs)
    if (isNew || nextAt === undefined || nextAt <= now) {
      const next = await plan(deps, held, isNew)
      started = true
      return takeTurn(deps, held, next)
    }
    started = true
    return nextAt
  })
}

/** Before it is done: one that fails each time must not be tried without a pause. */
async function plan(deps: RecoverDeps, held: Held, isNew: boolean): Promise<Instant> {
  const now = deps.clock.now()
  const next = now + spreadMs(deps.timing.recoverEveryMs)
  await deps.ledger.commit({
    now,
    claim: held.current(),
    recovery: { nextAt: next },
    ...(isNew ? { questioned: [{ everywhere: true }] } : {}),
  })
  return next
}

async function takeTurn(deps: RecoverDeps, held: Held, next: Instant): Promise<Instant> {
  const sooner = await recoverDeliveries(deps, held)
  if (sooner === undefined) return next
  await deps.ledger.commit({
    now: deps.clock.now(),
    claim: held.current(),
    recovery: { nextAt: sooner },
  })
  return sooner
}

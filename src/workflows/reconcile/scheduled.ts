// Looks around on a schedule that all processes share: one of them does it.
import { hourMs } from '../../domain/time.ts'
import { spreadMs } from '../backoff.ts'
import { onSchedule, type Scheduled } from '../on-schedule.ts'
import type { ReconcileDeps } from './deps.ts'
import { reconcileNow } from './reconcile.ts'

/** Far longer than a process can still be at work, or a statement on its way, that knows of the claim. */
const claimsKeptMs = hourMs

export const scheduledReconciling = (deps: ReconcileDeps): Scheduled =>
  onSchedule(deps, 'reconcile', async (held) => {
    const [now, planned] = [deps.clock.now(), await deps.ledger.reconcileAt()]
    if (planned !== undefined && planned > now) return planned
    // Planned before it is done: one that fails each time must not be tried without a pause.
    const next = now + spreadMs(deps.timing.reconcileEveryMs)
    await deps.ledger.commit({ now, claim: held.current(), reconcileAt: next })
    await deps.ledger.forgetClaims(now - claimsKeptMs)
    // A new ledger has put nothing anywhere.
    if (planned !== undefined)
      await reconcileNow(deps, held, { remove: undefined, by: { kind: 'hallpass' } })
    return next
  })

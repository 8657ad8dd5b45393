// Looks around on a schedule that all processes share: one of them does it.
import { spreadMs } from '../backoff.ts'
import { underClaim } from '../under-claim.ts'
import type { ReconcileDeps } from './deps.ts'
import { reconcileNow } from './reconcile.ts'

export interface Scheduled {
  /** Whether this process should see whether it is time. */
  due(): readonly string[]
  run(): Promise<void>
}

/** Whoever asks and is not at turn, or fails, asks again no sooner. */
const pauseMs = 30_000

export function scheduledReconciling(deps: ReconcileDeps): Scheduled {
  let quietUntil = -Infinity
  return {
    due: () => (deps.clock.now() < quietUntil ? [] : ['clouds']),
    async run() {
      quietUntil = deps.clock.now() + pauseMs
      quietUntil = Math.max(quietUntil, (await takeTurn(deps)) ?? 0)
    },
  }
}

/** When the next turn is. Undefined: somebody else is at it. */
async function takeTurn(deps: ReconcileDeps): Promise<number | undefined> {
  const outcome = await underClaim(deps, 'reconcile', async (held) => {
    const [now, planned] = [deps.clock.now(), await deps.ledger.reconcileAt()]
    if (planned !== undefined && planned > now) return planned
    // Planned before it is done: one that fails each time must not be tried without a pause.
    const next = now + spreadMs(deps.timing.reconcileEveryMs)
    await deps.ledger.commit({ now, claim: held.current(), reconcileAt: next })
    // A new ledger has put nothing anywhere.
    if (planned !== undefined)
      await reconcileNow(deps, held, { remove: undefined, by: { kind: 'hallpass' } })
    return next
  })
  return outcome === 'busy' ? undefined : outcome
}

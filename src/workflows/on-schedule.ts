// Work that all processes share and one of them does, when its turn is.
import type { Instant } from '../domain/time.ts'
import type { ClaimKey } from './ports.ts'
import type { Deps } from './deps.ts'
import { underClaim, type Held } from './under-claim.ts'

export interface Scheduled {
  /** Whether this process should see whether it is time. */
  due(): readonly string[]
  run(): Promise<void>
}

/** Whoever asks and is not at turn, or fails, asks again no sooner. */
const pauseMs = 30_000

type ScheduleDeps = Pick<Deps, 'ledger' | 'clock' | 'log' | 'owner' | 'stopping' | 'timing'>

/** `takeTurn` does what is due, if it is, and tells when the next turn is. */
export function onSchedule(
  deps: ScheduleDeps,
  key: ClaimKey,
  takeTurn: (held: Held) => Promise<Instant>,
): Scheduled {
  let quietUntil = -Infinity
  return {
    due: () => (deps.clock.now() < quietUntil ? [] : [key]),
    async run() {
      quietUntil = deps.clock.now() + pauseMs
      const next = await underClaim(deps, key, takeTurn)
      if (next !== 'busy') quietUntil = Math.max(quietUntil, next)
    },
  }
}

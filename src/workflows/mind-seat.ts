// Whether this process may act, asked again and again, and told when that changes.
import { unclaimedInWords } from '../domain/seat/words.ts'
import type { UnclaimedWhy } from '../domain/seat/judge-seat.ts'
import type { Deps } from './deps.ts'

export interface Minding {
  /** Asks the ledger where it has to: whenever nobody may act, else every other second. */
  mayAct(): Promise<boolean>
  /** What does nothing while nobody may act. */
  readonly whileClaimed: (job: (id: string) => Promise<void>) => (id: string) => Promise<void>
}

const lookEveryMs = 2_000

export function mindSeat({
  ledger: { seat },
  clock,
  log,
}: Pick<Deps, 'ledger' | 'clock' | 'log'>): Minding {
  let lookedAt = -Infinity
  let told: UnclaimedWhy | undefined

  function tell(): void {
    const why = seat.unclaimed()?.why
    if (why === told) return
    if (why === undefined) log.info('ledger.claimed')
    else log.warn('ledger.unclaimed', { why, what: unclaimedInWords(why) })
    told = why
  }

  return {
    async mayAct() {
      const now = clock.now()
      // NB: also when the clock went back.
      if (seat.unclaimed() !== undefined || Math.abs(now - lookedAt) >= lookEveryMs) {
        lookedAt = now
        await seat.look()
      }
      tell()
      return seat.unclaimed() === undefined
    },
    whileClaimed: (job) => async (id) => (seat.unclaimed() === undefined ? job(id) : undefined),
  }
}

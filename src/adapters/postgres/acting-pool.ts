import type { Pool } from 'pg'
import { LedgerUnclaimed } from '../../domain/errors.ts'
import { unclaimedInWords } from '../../domain/seat/words.ts'
import type { Seat } from '../../workflows/ports.ts'
import type { LedgerPool } from './database.ts'

/**
 * The same connections, for who acts. NB: asked when the connection is there: one that is new has only now shown where
 * it leads, and what waited for it must not run on another ledger than it was meant for.
 */
export const actingPool = (pool: Pool, seat: Pick<Seat, 'unclaimed'>): LedgerPool => ({
  async connect() {
    const client = await pool.connect()
    const found = seat.unclaimed()
    if (found === undefined) return client
    client.release()
    throw new LedgerUnclaimed(unclaimedInWords(found.why))
  },
  options: pool.options,
  end: async () => undefined,
})

import type { Pool } from 'pg'
import { judgeSeat, type UnclaimedWhy } from '../../domain/seat/judge-seat.ts'
import { mayAskSystem, readSeatRow } from './seat-row.ts'

interface Look {
  /** Postgres's major version. */
  readonly version: number
  /** Undefined while there is no ledger. */
  readonly instance: string | undefined
  /** How many alarms hold. */
  readonly alarms: number
  /** Why nobody may act on it. Undefined: it is claimed, or older than that is asked. */
  readonly unclaimed: UnclaimedWhy | undefined
}

/** Reads and changes nothing: not even what a newer program would migrate. */
export async function lookAtLedger(pool: Pool, place: string | undefined): Promise<Look> {
  const { rows } = await pool.query<{
    version: string
    made: boolean
    alarms: boolean
    seat: boolean
  }>(
    `select current_setting('server_version_num') as version,
      to_regclass('hallpass.instance') is not null as made,
      to_regclass('hallpass.alarms') is not null as alarms,
      to_regclass('hallpass.seat') is not null as seat`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('The database did not tell its version')
  const version = Math.floor(Number(row.version) / 10_000)
  if (!row.made) return { version, instance: undefined, alarms: 0, unclaimed: undefined }
  const found = await pool.query<{ id: string }>('select id from hallpass.instance')
  // A ledger of an older program has none.
  const alarms = row.alarms ? await countAlarms(pool) : 0
  const unclaimed = row.seat ? await whyUnclaimed(pool, place) : undefined
  return { version, instance: found.rows[0]?.id, alarms, unclaimed }
}

async function whyUnclaimed(
  pool: Pool,
  place: string | undefined,
): Promise<UnclaimedWhy | undefined> {
  const row = await readSeatRow(pool, await mayAskSystem(pool), 0)
  if (row === undefined) return undefined
  const { system, database, noted, unclaimed } = row
  const here = { system, database, place: place ?? null }
  return unclaimed?.why ?? (noted === null ? undefined : judgeSeat(noted, here, undefined))
}

async function countAlarms(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('select count(*) from hallpass.alarms')
  return Number(rows[0]?.count ?? 0)
}

import type { Pool } from 'pg'

interface Look {
  /** Postgres's major version. */
  readonly version: number
  /** Undefined while there is no ledger. */
  readonly instance: string | undefined
  /** How many alarms hold. */
  readonly alarms: number
}

/** Reads and changes nothing: not even what a newer program would migrate. */
export async function lookAtLedger(pool: Pool): Promise<Look> {
  const { rows } = await pool.query<{ version: string; made: boolean; alarms: boolean }>(
    `select current_setting('server_version_num') as version,
      to_regclass('hallpass.instance') is not null as made,
      to_regclass('hallpass.alarms') is not null as alarms`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('The database did not tell its version')
  const version = Math.floor(Number(row.version) / 10_000)
  if (!row.made) return { version, instance: undefined, alarms: 0 }
  const found = await pool.query<{ id: string }>('select id from hallpass.instance')
  // A ledger of an older program has none.
  const alarms = row.alarms ? await countAlarms(pool) : 0
  return { version, instance: found.rows[0]?.id, alarms }
}

async function countAlarms(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('select count(*) from hallpass.alarms')
  return Number(rows[0]?.count ?? 0)
}

import type { Pool } from 'pg'

interface Look {
  /** Postgres's major version. */
  readonly version: number
  /** Undefined while there is no ledger. */
  readonly instance: string | undefined
}

/** Reads and changes nothing: not even what a newer program would migrate. */
export async function lookAtLedger(pool: Pool): Promise<Look> {
  const { rows } = await pool.query<{ version: string; made: boolean }>(
    `select current_setting('server_version_num') as version,
      to_regclass('hallpass.instance') is not null as made`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('The database did not tell its version')
  const version = Math.floor(Number(row.version) / 10_000)
  if (!row.made) return { version, instance: undefined }
  const found = await pool.query<{ id: string }>('select id from hallpass.instance')
  return { version, instance: found.rows[0]?.id }
}

import { createPostgresBackend, runMigrations, type BackendFactory, type PgPool } from 'bullmq'
import type { Pool } from 'pg'
import { ConfigError } from '../../domain/errors.ts'
import { inTime, type Store } from './store.ts'

const schema = 'bullmq'

/** BullMQ's tables that their bare name, as BullMQ writes it, does not lead to. */
const hiddenNames = `
  SELECT relname AS name FROM pg_class
  WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p', 'S', 'v')
    AND to_regclass(quote_ident(relname))::oid IS DISTINCT FROM oid
  ORDER BY relname LIMIT 1`

/**
 * The pool stays the caller's: it is not ended here. It needs `bullmq` in its `search_path` and room for one
 * connection that listens for as long as work is consumed. Brings BullMQ's schema up to date; throws ConfigError when
 * the search path does not lead to it.
 */
export async function openPostgres(pool: Pool): Promise<Store> {
  await migrate(pool)
  // pg's own types spell a client's listeners in a way that BullMQ's copy of them does not accept.
  const connection = pool as unknown as PgPool
  const backend: BackendFactory = (name, opts, more) =>
    createPostgresBackend(name, { ...opts, connection }, more)
  return {
    producer: backend,
    worker: backend,
    // The pool's faults come through BullMQ's classes.
    onFault() {},
    async ping() {
      await inTime(pool.query('SELECT 1'))
    },
    // BullMQ gives back what it borrowed when its classes close; there is nothing else to end.
    destroy() {},
  }
}

async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await runMigrations(client, schema)
    const { rows } = await client.query<{ name: string }>(hiddenNames, [schema])
    const hidden = rows[0]?.name
    if (hidden !== undefined) {
      throw new ConfigError(
        `the queue's pool needs ${schema} in its search_path: ${hidden} is not found there`,
      )
    }
  } finally {
    client.release()
  }
}

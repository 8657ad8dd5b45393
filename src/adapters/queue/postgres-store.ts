import { createPostgresBackend, runMigrations, type BackendFactory, type PgPool } from 'bullmq'
import type { Pool } from 'pg'
import { ConfigError } from '../../domain/errors.ts'
import { inTime, type Store } from './store.ts'

const schema = 'bullmq'

/**
 * The pool stays the caller's: it is not ended here. It needs `search_path` to begin with `bullmq` and room for one
 * connection that listens for as long as work is consumed. Brings BullMQ's schema up to date; throws ConfigError when
 * the search path is another.
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
    const { rows } = await client.query<{ first: string | null }>(
      'SELECT current_schema() AS first',
    )
    if (rows[0]?.first !== schema) {
      throw new ConfigError(`the queue's pool needs a search_path that begins with ${schema}`)
    }
  } finally {
    client.release()
  }
}

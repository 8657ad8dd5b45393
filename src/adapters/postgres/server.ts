import pg from 'pg'
import { typeParser } from './types.ts'

export interface ServerOptions {
  /** Connections at most. One of them listens for the queue for as long as work is consumed. */
  readonly connectionsMax?: number
}

/**
 * Connects when first used. `search_path` begins with `bullmq`, which BullMQ expects of a pool that it is given; the
 * ledger names its own schema in every statement.
 */
export function openServer(
  databaseUrl: string,
  options: ServerOptions = {},
): { readonly pool: pg.Pool; close(): Promise<void> } {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'hallpass',
    // A process that stops in the middle of a transaction must not keep everybody else from the log.
    options: '-c search_path=bullmq,public -c idle_in_transaction_session_timeout=15000',
    types: { getTypeParser: (oid: number) => typeParser(oid) },
  })
  // A broken connection is replaced at the next use; whoever was using it gets the error from their own query.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  let closing: Promise<void> | undefined
  return { pool, close: () => (closing ??= pool.end()) }
}

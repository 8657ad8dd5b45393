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
    options: '-c search_path=bullmq,public',
    types: { getTypeParser: (oid: number) => typeParser(oid) },
  })
  // An idle connection that breaks is replaced at the next use; whoever uses one that breaks gets the error itself.
  pool.on('error', () => undefined)
  let closing: Promise<void> | undefined
  return { pool, close: () => (closing ??= pool.end()) }
}

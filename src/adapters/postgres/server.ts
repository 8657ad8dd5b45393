import { createHash } from 'node:crypto'
import pg from 'pg'
import { answeringClient } from './answering-client.ts'
import type { Asking } from './seat-row.ts'
import { typeParser } from './types.ts'

export interface ServerOptions {
  /** Connections at most. One of them listens for the queue for as long as work is consumed. */
  readonly connectionsMax?: number
  /** For how long a statement may be without an answer: 30 seconds unless given. */
  readonly answerMsMax?: number
}

type Inspect = (connection: Asking) => Promise<void>

export interface ServerDatabase {
  readonly pool: pg.Pool
  /** A hash of where it is reached. */
  readonly place: string
  /**
   * Each connection that is made from now on is looked at before anybody gets it, and ended where that fails. The
   * ledger is up to date by then: a statement that is not answered in time ends its connection, too.
   */
  readonly inspected: (by: Inspect) => void
  close(): Promise<void>
}

async function hand(inspection: Promise<void>, done: (error?: Error) => void): Promise<void> {
  let refused: Error | undefined
  try {
    await inspection
  } catch (error) {
    refused = error instanceof Error ? error : new Error('not inspected', { cause: error })
  }
  done(refused)
}

/** NB: neither user nor password: they change without the database being another one. */
function placeOf(databaseUrl: string): string {
  const { host, port, database } = new pg.Client({ connectionString: databaseUrl })
  const address = JSON.stringify(['server', host.toLowerCase(), port, database])
  return createHash('sha256').update(address).digest('hex').slice(0, 16)
}

/**
 * Connects when first used. `search_path` begins with `bullmq`, which BullMQ expects of a pool that it is given; the
 * ledger names its own schema in every statement.
 */
export function openServer(databaseUrl: string, options: ServerOptions = {}): ServerDatabase {
  let inspect: Inspect = async () => undefined
  // What a migration does may take its time.
  const patience = { ms: Infinity }
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    Client: answeringClient(patience),
    application_name: 'hallpass',
    verify: (client, done) => void hand(inspect(client), done),
    // A process that stops in the middle of a transaction must not keep everybody else from the log. And what runs for
    // a millisecond is not compiled: where Postgres has no statistics yet, that took two thirds of its time.
    options: '-c search_path=bullmq,public -c idle_in_transaction_session_timeout=15000 -c jit=off',
    types: { getTypeParser: (oid: number) => typeParser(oid) },
  })
  // A broken connection is replaced at the next use; whoever was using it gets the error from their own query.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  let closing: Promise<void> | undefined
  return {
    pool,
    place: placeOf(databaseUrl),
    inspected(by) {
      inspect = by
      patience.ms = options.answerMsMax ?? 30_000
    },
    close: () => (closing ??= pool.end()),
  }
}

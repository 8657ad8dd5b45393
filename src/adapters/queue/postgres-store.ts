import { setTimeout as pause } from 'node:timers/promises'
import {
  PostgresConnection,
  PostgresQueueBackend,
  runMigrations,
  type BackendFactory,
  type PgPool,
} from 'bullmq'
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
  const pace = createPace()
  // pg's own types spell a client's listeners in a way that BullMQ's copy of them does not accept.
  const connection = pool as unknown as PgPool
  const backend: BackendFactory = (name, opts) =>
    new PostgresQueueBackend(new ReadyConnection(connection, pace), name, { ...opts, connection })
  return {
    producer: backend,
    worker: backend,
    rest: () => pace.rest(),
    // The pool's faults come through BullMQ's classes.
    onFault() {},
    async ping() {
      await inTime(pool.query('SELECT 1'))
    },
    // BullMQ gives back what it borrowed when its classes close; there is nothing else to end.
    destroy() {},
  }
}

/**
 * The schema is there by now. NB: BullMQ's own look for it remembers for ever that it failed once, and a worker that is
 * told so at each turn never gives the process a turn for anything else.
 */
class ReadyConnection extends PostgresConnection {
  readonly #pace: Pace

  constructor(pool: PgPool, pace: Pace) {
    super(pool)
    this.#pace = pace
  }

  /** Every statement waits for it. */
  override waitUntilReady(): Promise<void> {
    return this.#pace.ready()
  }
}

const restMs = 1_000

interface Pace {
  rest(): void
  ready(): Promise<void>
}

function createPace(): Pace {
  let until = 0
  return {
    rest() {
      until = performance.now() + restMs
    },
    async ready() {
      const ms = until - performance.now()
      if (ms > 0) await pause(ms, undefined, { ref: false })
    },
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

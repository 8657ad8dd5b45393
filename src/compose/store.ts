// Builds the ledger, its clock and its queue, the same for the three ways of storing.
import { randomBytes } from 'node:crypto'
import { acquireOwner } from '../adapters/owner/owner.ts'
import { createClock, type OwnClock } from '../adapters/postgres/clock.ts'
import { openEmbedded } from '../adapters/postgres/embedded.ts'
import { createLedger } from '../adapters/postgres/ledger.ts'
import { openServer } from '../adapters/postgres/server.ts'
import { createQueue, type OpenQueue } from '../adapters/queue/create-queue.ts'
import type { StoreConfig } from '../config.ts'
import { ConfigError } from '../domain/errors.ts'
import type { Clock, Ledger, Log } from '../workflows/ports.ts'

type Fetch = (request: Request) => Response | Promise<Response>

export interface Store {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly queue: OpenQueue
  /** For people: what it is and where. */
  readonly description: string
  /** Opens the admin channel. Does nothing where the database is a server that the command line reaches by itself. */
  serveAdmin(fetch: Fetch): void
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
  close(deadlineMs: number): Promise<void>
}

export interface StoreOptions {
  /** Turned by tests; the database's own time unless given. */
  readonly clock?: Clock
}

type Opened = Awaited<ReturnType<typeof openEmbedded>> | ReturnType<typeof openServer>

export async function openStore(
  config: StoreConfig,
  log: Log,
  options: StoreOptions = {},
): Promise<Store> {
  if (config.kind === 'postgres') {
    const { redisUrl } = config
    return assemble(await openAnswering(config.databaseUrl), log, {
      ...options,
      redisUrl,
      description: redisUrl === undefined ? 'Postgres' : 'Postgres, queue on Redis',
    })
  }
  const { directory } = config
  const owner = await acquireOwner(directory)
  if (owner.kind === 'held')
    throw new ConfigError(
      `Another Hallpass${owner.pid === undefined ? '' : ` (process ${owner.pid})`} is running on ${directory}. The embedded database serves one process: stop that one, or set DATABASE_URL.`,
    )
  try {
    return await assemble(await openEmbedded(directory), log, {
      ...options,
      alone: true,
      description: `embedded in ${directory}`,
      serveAdmin: (fetch) => owner.serve(fetch),
      release: () => owner.release(),
    })
  } catch (error) {
    await owner.release()
    throw error
  }
}

/** NB: what the driver says names host and user at most, never the password. */
async function openAnswering(databaseUrl: string): Promise<Opened> {
  const database = openServer(databaseUrl)
  try {
    await database.pool.query('select 1')
    return database
  } catch (error) {
    await database.close()
    throw new ConfigError(
      `The database of DATABASE_URL cannot be used: ${wordsOf(error)}. Check the address, and that the server is up and lets this machine in.`,
      { cause: error },
    )
  }
}

/** An address that leads to several places fails with all of their errors and no message. */
export function wordsOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error && first.message !== '' ? first.message : 'it does not answer'
}

/** Leases do not depend on it, but what is signed for GitHub and clouds has to be corrected, and not all of that can be. */
function tellOfWrongClock(clock: OwnClock, log: Log): void {
  const aheadSeconds = Math.round(clock.aheadMs() / 1000)
  if (Math.abs(aheadSeconds) > clockSecondsMax) log.warn('clock.differs', { aheadSeconds })
}

const clockSecondsMax = 60

interface Parts extends StoreOptions {
  readonly description: string
  readonly redisUrl?: string | undefined
  /** This process has the database to itself. */
  readonly alone?: boolean
  readonly serveAdmin?: (fetch: Fetch) => void
  readonly release?: () => Promise<void>
}

async function assemble(database: Opened, log: Log, parts: Parts): Promise<Store> {
  const { pool } = database
  try {
    const clock = await createClock(pool)
    tellOfWrongClock(clock, log)
    const salts = () => randomBytes(16).toString('hex')
    const ledger = await createLedger({
      pool,
      salts,
      now: (parts.clock ?? clock).now(),
      clock: () => (parts.clock ?? clock).now(),
      place: database.place,
      inspected: 'inspected' in database ? database.inspected : undefined,
      alone: parts.alone ?? false,
    })
    const queue = await createQueue(
      parts.redisUrl === undefined ? { pool } : { redisUrl: parts.redisUrl },
      log,
    )
    return {
      ledger,
      clock: parts.clock ?? clock,
      queue,
      description: parts.description,
      serveAdmin: parts.serveAdmin ?? (() => undefined),
      async ping() {
        await pool.query('select 1')
      },
      async close(deadlineMs) {
        await queue.close(deadlineMs)
        clock.stop()
        await database.close()
        await parts.release?.()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

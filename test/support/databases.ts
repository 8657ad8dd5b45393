// Where a test can keep what Hallpass stores: always inside its own process, and on servers that the environment names.
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { administer, emptyRedis } from '../../drill/servers.ts'
import { openServer } from '../../src/adapters/postgres/server.ts'
import { embeddedInMemory } from './embedded-template.ts'

export interface TestStore {
  readonly name: 'embedded' | 'postgres' | 'postgres+redis'
  /** A database of its own, empty. Close it when the file's tests are over. */
  fresh(): Promise<FreshDatabase>
}

export interface FreshDatabase {
  readonly pool: pg.Pool
  /** Undefined when embedded. */
  readonly databaseUrl: string | undefined
  /** An empty numbered database of that server; undefined unless there is one. */
  readonly redisUrl: string | undefined
  /** The pool of one more process on the same database; the same pool when embedded, which serves one process. */
  another(): pg.Pool
  /** Drops what `fresh` made. */
  close(): Promise<void>
}

/** Those that this environment has. The suites that are left out for want of a server are told by `left-out.ts`. */
export function stores(): readonly TestStore[] {
  const databaseUrl = process.env['TEST_DATABASE_URL']
  const redisUrl = process.env['TEST_REDIS_URL']
  return [
    { name: 'embedded', fresh: embedded },
    ...(databaseUrl ? [{ name: 'postgres', fresh: () => server(databaseUrl) } as const] : []),
    ...(databaseUrl && redisUrl
      ? [{ name: 'postgres+redis', fresh: () => serverAndRedis(databaseUrl, redisUrl) } as const]
      : []),
  ]
}

/** The ways of keeping a ledger: a queue elsewhere makes no difference to it. */
export const ledgerStores = (): readonly TestStore[] =>
  stores().filter(({ name }) => name !== 'postgres+redis')

/** For tests of what every store does alike: a Postgres where there is one, which is ten times as quick. */
export function usualStore(): TestStore {
  const [embedded, postgres] = stores()
  const usual = postgres ?? embedded
  if (usual === undefined) throw new Error('there is no store')
  return usual
}

async function embedded(): Promise<FreshDatabase> {
  const { pool, close } = await embeddedInMemory()
  return { pool, databaseUrl: undefined, redisUrl: undefined, another: () => pool, close }
}

async function server(root: string): Promise<FreshDatabase> {
  const name = `hallpass_test_${randomBytes(6).toString('hex')}`
  await administer(root, `create database ${name}`)
  const url = new URL(root)
  url.pathname = `/${name}`
  const opened: ReturnType<typeof openServer>[] = []
  const open = () => {
    const database = openServer(url.href)
    opened.push(database)
    return database.pool
  }
  return {
    pool: open(),
    databaseUrl: url.href,
    redisUrl: undefined,
    another: open,
    async close() {
      await Promise.all(opened.map((database) => database.close()))
      await administer(root, `drop database ${name} with (force)`)
    },
  }
}

/** Numbered by vitest's worker, so that files that run side by side do not meet. */
async function serverAndRedis(databaseUrl: string, redisRoot: string): Promise<FreshDatabase> {
  const url = new URL(redisRoot)
  url.pathname = `/${(Number(process.env['VITEST_POOL_ID'] ?? 0) % 15) + 1}`
  await emptyRedis(url.href)
  const database = await server(databaseUrl)
  return {
    ...database,
    redisUrl: url.href,
    async close() {
      await database.close()
      await emptyRedis(url.href)
    },
  }
}

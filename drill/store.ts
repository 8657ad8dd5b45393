// Where a drill keeps its ledger: in a database made anew, or in one that was given for it and holds nothing.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '../src/domain/errors.ts'
import { administer, cutOthers, emptyRedis, refuseUsedRedis } from './servers.ts'

export type StoreKind = 'embedded' | 'postgres' | 'postgres-redis'
export const storeKinds: readonly StoreKind[] = ['embedded', 'postgres', 'postgres-redis']

export interface DrillStore {
  readonly kind: StoreKind
  /** What Hallpass is told in its environment. */
  readonly settings: Readonly<Record<string, string>>
  /** Cuts every connection to the database. */
  cut(): Promise<void>
  /** Empties the queue's Redis. */
  flush(): Promise<void>
  /** Leaves nothing behind. */
  close(): Promise<void>
}

/** Servers for drills, as the environment names them. */
export interface Servers {
  /** A server in which databases may be made. */
  readonly databaseServer: string | undefined
  /** A database of the drill's own, which has to be empty. */
  readonly database: string | undefined
  readonly redis: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** NB: a server that drills may make databases in has a name of its own: `DATABASE_URL` is one database, which must be empty. */
export function serversIn(environment: Environment): Servers {
  const set = (name: string) => environment[name]?.trim() || undefined
  const databaseServer = set('DRILL_DATABASE_URL')
  return databaseServer === undefined
    ? { databaseServer, database: set('DATABASE_URL'), redis: set('REDIS_URL') }
    : { databaseServer, database: undefined, redis: set('DRILL_REDIS_URL') }
}

/** As much as there are servers for. */
export function usualKind({ databaseServer, database, redis }: Servers): StoreKind {
  if ((databaseServer ?? database) === undefined) return 'embedded'
  return redis === undefined ? 'postgres' : 'postgres-redis'
}

export async function openStore(kind: StoreKind, servers: Servers): Promise<DrillStore> {
  if (kind === 'embedded') return embedded()
  const redisUrl = kind === 'postgres-redis' ? servers.redis : undefined
  if (kind === 'postgres-redis' && redisUrl === undefined)
    throw new ConfigError(
      'A drill on postgres-redis needs a Redis: set DRILL_REDIS_URL beside DRILL_DATABASE_URL, or REDIS_URL beside DATABASE_URL.',
    )
  if (redisUrl !== undefined) await refuseUsedRedis(redisUrl, 'The Redis database for the drill')
  if (servers.databaseServer !== undefined) return madeAnew(servers.databaseServer, redisUrl)
  if (servers.database !== undefined) return given(servers.database, redisUrl)
  throw new ConfigError(
    `A drill on ${kind} needs a Postgres: set DRILL_DATABASE_URL to a server in which it may make a database, or DATABASE_URL to a database that is empty.`,
  )
}

async function embedded(): Promise<DrillStore> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-drill-data-'))
  return {
    kind: 'embedded',
    settings: { HALLPASS_DATA_DIR: join(directory, 'data') },
    cut: async () => undefined,
    flush: async () => undefined,
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

async function madeAnew(root: string, redisUrl: string | undefined): Promise<DrillStore> {
  const name = `hallpass_drill_${randomBytes(6).toString('hex')}`
  const url = new URL(root)
  url.pathname = `/${name}`
  await administer(root, `create database ${name}`)
  return onServer(url.href, redisUrl, () => administer(root, `drop database ${name} with (force)`))
}

const anythingThere = `
  select n.nspname || '.' || c.relname as what
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' limit 1`

async function given(url: string, redisUrl: string | undefined): Promise<DrillStore> {
  const [found] = await administer(url, anythingThere)
  if (found !== undefined)
    throw new ConfigError(
      `The database of DATABASE_URL is not empty (${String(found['what'])}). A drill is played on an empty one: everything in it would be lost.`,
    )
  return onServer(url, redisUrl, async () => {
    await administer(url, cutOthers)
    await administer(url, 'drop schema if exists hallpass, bullmq cascade')
  })
}

const onServer = (
  databaseUrl: string,
  redisUrl: string | undefined,
  remove: () => Promise<unknown>,
): DrillStore => ({
  kind: redisUrl === undefined ? 'postgres' : 'postgres-redis',
  settings: {
    DATABASE_URL: databaseUrl,
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
  },
  async cut() {
    await administer(databaseUrl, cutOthers)
  },
  async flush() {
    if (redisUrl !== undefined) await emptyRedis(redisUrl)
  },
  async close() {
    await remove()
    // Nudges that nobody took would wake whoever uses it next.
    if (redisUrl !== undefined) await emptyRedis(redisUrl)
  },
})

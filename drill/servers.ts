// The servers that a drill, a bench or a test keeps its data on: what is done to them from beside Hallpass.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import pg from 'pg'
import { ConfigError } from '../src/domain/errors.ts'

/** A port of 127.0.0.1 that nothing listens on, to be kept over restarts. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** One statement on a connection of its own. */
export async function administer(
  url: string,
  statement: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement)
    return rows
  } finally {
    await client.end()
  }
}

/** Ends every other connection to this database. */
export const cutOthers =
  'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'

async function onRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url)
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}

export const emptyRedis = (url: string): Promise<unknown> =>
  onRedis(url, (redis) => redis.flushdb())

/** `which`: as people call it. NB: what it holds would be lost. */
export async function refuseUsedRedis(url: string, which: string): Promise<void> {
  if ((await onRedis(url, (redis) => redis.dbsize())) > 0)
    throw new ConfigError(
      `${which} is not empty: name another one, such as redis://127.0.0.1:6379/15. What it holds would be lost.`,
    )
}

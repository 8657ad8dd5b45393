// Where a bench keeps its ledger: a database of its own on the servers that the environment names, or else embedded.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { administer, emptyRedis, refuseUsedRedis } from '../drill/servers.ts'
import type { StoreConfig } from '../src/config.ts'

export interface BenchStore {
  readonly name: string
  readonly config: StoreConfig
  close(): Promise<void>
}

/** NB: it makes and drops a database, and empties the Redis database that it was given, which has to be empty. */
export async function freshStore(): Promise<BenchStore> {
  const root = process.env['BENCH_DATABASE_URL']
  return root === undefined ? embedded() : onServer(root, process.env['BENCH_REDIS_URL'])
}

async function embedded(): Promise<BenchStore> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-bench-'))
  return {
    name: 'embedded',
    config: { kind: 'embedded', directory, cloudAccepted: false },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

async function onServer(root: string, redisUrl: string | undefined): Promise<BenchStore> {
  if (redisUrl !== undefined)
    await refuseUsedRedis(redisUrl, 'The Redis database of BENCH_REDIS_URL')
  const name = `hallpass_bench_${randomBytes(6).toString('hex')}`
  const url = new URL(root)
  url.pathname = `/${name}`
  await administer(root, `create database ${name}`)
  return {
    name: redisUrl === undefined ? 'Postgres' : 'Postgres and Redis',
    config: { kind: 'postgres', databaseUrl: url.href, redisUrl },
    async close() {
      await drop(root, name)
      // Nudges that nobody took would wake whoever uses it next.
      if (redisUrl !== undefined) await emptyRedis(redisUrl)
    },
  }
}

const dropTriesMax = 10

/** NB: a machine that is busy takes longer to end the sessions of a process that has just ended than Postgres waits. */
async function drop(root: string, name: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await administer(root, `drop database if exists ${name} with (force)`)
      return
    } catch (error) {
      const inUse = error instanceof pg.DatabaseError && error.code === '55006'
      if (!inUse || tries === dropTriesMax) throw error
    }
  }
}

/** What its Postgres says of itself: without it nothing is durable, and the figures say less. */
export async function fsyncOf({ config }: BenchStore): Promise<string> {
  // In a directory it is for the machine to write to the disk.
  if (config.kind === 'embedded') return 'off'
  const [row] = await administer(config.databaseUrl, 'show fsync')
  return String(row?.['fsync'])
}

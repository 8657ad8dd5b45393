// BullMQ as anybody would use it, for baselines: on the Redis that the bench's ledger has, or else in a database of its own.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Queue, Worker, type Job } from 'bullmq'
import type { StoreConfig } from '../src/config.ts'
import { openEmbedded } from '../src/adapters/postgres/embedded.ts'
import { openServer } from '../src/adapters/postgres/server.ts'
import { openPostgres } from '../src/adapters/queue/postgres-store.ts'
import { openRedis } from '../src/adapters/queue/redis-store.ts'
import type { Store } from '../src/adapters/queue/store.ts'

type Handle = (job: Job) => Promise<void>

export interface Bull {
  /** For people: which BullMQ. */
  readonly name: string
  readonly queue: ReturnType<typeof openQueue>
  work(handle: Handle, concurrency: number): void
  close(): Promise<void>
}

const options = {
  connection: {},
  prefix: 'hallpass-bench',
  skipVersionCheck: true,
  defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
} as const

const openQueue = (store: Store) => new Queue('baseline', options, store.producer)
const openWorker = (store: Store, handle: Handle, concurrency: number) =>
  new Worker('baseline', handle, { ...options, concurrency }, store.worker)

export async function openBull(config: StoreConfig): Promise<Bull> {
  const opened = await openFor(config)
  const { name, store } = opened
  const queue = openQueue(store)
  const workers: ReturnType<typeof openWorker>[] = []
  return {
    name,
    queue,
    work(handle, concurrency) {
      workers.push(openWorker(store, handle, concurrency))
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
      await queue.close()
      store.destroy()
      await opened.release()
    },
  }
}

interface Opened {
  readonly name: string
  readonly store: Store
  release(): Promise<void>
}

async function openFor(config: StoreConfig): Promise<Opened> {
  if (config.kind === 'embedded') return inDirectory()
  if (config.redisUrl === undefined) return inPostgres(config.databaseUrl)
  return { name: 'BullMQ 6 on the same Redis', store: openRedis(config.redisUrl), release: nothing }
}

async function inDirectory(): Promise<Opened> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-bench-'))
  const database = await openEmbedded(directory)
  return {
    name: 'BullMQ 6 on an embedded Postgres',
    store: await openPostgres(database.pool),
    async release() {
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function inPostgres(url: string): Promise<Opened> {
  const database = openServer(url)
  return {
    name: 'BullMQ 6 on the same Postgres',
    store: await openPostgres(database.pool),
    release: () => database.close(),
  }
}

const nothing = async (): Promise<void> => undefined

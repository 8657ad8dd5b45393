import { Queue as BullQueue, Worker, type Job, type QueueOptions, type WorkerOptions } from 'bullmq'
import type { Pool } from 'pg'
import type { Log, Queue, Work } from '../../workflows/ports.ts'
import { createOutage, type Outage } from './outage.ts'
import { openPostgres } from './postgres-store.ts'
import { openRedis } from './redis-store.ts'
import { inTime, type Store } from './store.ts'

export type Handlers = { readonly [kind in Work['kind']]: (id: string) => Promise<void> }

export interface OpenQueue {
  readonly queue: Queue
  /** Starts working. Rejects only when the store refuses for good; a store that is down is waited for. */
  consume(handlers: Handlers, concurrency: number): Promise<void>
  /** Nudges that wait for a worker. Rejects while the queue is down. */
  depth(): Promise<number>
  /** Rejects while the queue is down. */
  ping(): Promise<void>
  /** Lets running handlers end, until the deadline; then leaves them behind. Never rejects. */
  close(deadlineMs: number): Promise<void>
}

const name = 'hallpass'
/** How many nudges may be on their way to a queue that is slow to answer. */
const pendingMax = 1_000
/** How many things one job may name: the rest is for other processes. */
const perJobMax = 16

export async function createQueue(
  options: { redisUrl: string } | { pool: Pool },
  log: Log,
): Promise<OpenQueue> {
  const store = 'pool' in options ? await openPostgres(options.pool) : openRedis(options.redisUrl)
  const outage = createOutage(() => store.ping(), log)
  const down = (error: unknown): void => outage.suspect(error)
  store.onFault(down)

  const bull = openBull(store)
  bull.on('error', down)
  let worker: Consumer | undefined
  let closing: Promise<void> | undefined

  async function closeAll(deadlineMs: number): Promise<void> {
    outage.stop()
    await before(deadlineMs, closeInTurn(worker, bull))
    // What did not close in time gives its connections back all the same.
    void Promise.allSettled([worker?.disconnect(), bull.disconnect()])
    store.destroy()
  }

  return {
    queue: { nudge: nudger(bull, outage) },
    async consume(handlers, concurrency) {
      if (worker !== undefined) throw new Error('the queue is consumed already')
      worker = openWorker(store, (job) => handle(job, handlers, log), concurrency)
      worker.on('error', (error) => {
        store.rest()
        down(error)
      })
    },
    depth: () => inTime(bull.getWaitingCount()),
    ping: () => store.ping(),
    close(deadlineMs) {
      closing ??= closeAll(deadlineMs)
      return closing
    },
  }
}

const queueOptions: QueueOptions = {
  connection: {},
  prefix: name,
  skipVersionCheck: true,
  defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  // Nobody reads BullMQ's own event stream.
  streams: { events: { maxLen: 100 } },
}

const openBull = (store: Store) => new BullQueue(name, queueOptions, store.producer)
type Bull = ReturnType<typeof openBull>

const workerOptions: WorkerOptions = {
  connection: {},
  prefix: name,
  skipVersionCheck: true,
  // A killed worker's jobs are thrown away, not given to the next: the sweep has long found their work.
  maxStalledCount: 0,
  runRetryDelay: 1_000,
}

const openWorker = (store: Store, work: (job: Job) => Promise<void>, concurrency: number) =>
  new Worker(name, work, { ...workerOptions, concurrency }, store.worker)
type Consumer = ReturnType<typeof openWorker>

/**
 * What comes while a nudge is on its way to the store leaves together, as one job for each kind: in a flood the store's
 * work on nudges would cost more than what they are about.
 */
function nudger(bull: Bull, outage: Outage): Queue['nudge'] {
  const waiting = new Map<Work['kind'], string[]>()
  let pending = 0
  let leaving = false

  async function leave(): Promise<void> {
    leaving = true
    // Those of the same turn leave together as well.
    await Promise.resolve()
    for (let next = takeFrom(waiting); next !== undefined; next = takeFrom(waiting)) {
      const { kind, ids } = next
      if (!outage.ongoing)
        await bull.add(kind, { ids }).catch((error: unknown) => outage.suspect(error))
      pending -= ids.length
    }
    leaving = false
  }

  return ({ kind, id }) => {
    if (outage.ongoing || pending >= pendingMax) return
    pending += 1
    const ids = waiting.get(kind)
    if (ids === undefined) waiting.set(kind, [id])
    else ids.push(id)
    if (!leaving) void leave()
  }
}

function takeFrom(
  waiting: Map<Work['kind'], string[]>,
): { readonly kind: Work['kind']; readonly ids: readonly string[] } | undefined {
  for (const [kind, ids] of waiting) {
    waiting.delete(kind)
    if (ids.length > perJobMax) waiting.set(kind, ids.slice(perJobMax))
    return { kind, ids: ids.slice(0, perJobMax) }
  }
  return undefined
}

async function handle(job: Job, handlers: Handlers, log: Log): Promise<void> {
  const { ids } = job.data as { ids?: unknown }
  if (!isKind(job.name, handlers) || !isTexts(ids)) {
    log.warn('queue.unknown_work')
    return
  }
  const kind = job.name
  await Promise.all(ids.map((id) => handleOne(kind, id, handlers, log)))
}

/** NB: never rejects. What a handler throws would be written into the store by BullMQ, message and stack. */
async function handleOne(
  kind: Work['kind'],
  id: string,
  handlers: Handlers,
  log: Log,
): Promise<void> {
  try {
    await handlers[kind](id)
  } catch (error) {
    log.error('queue.work_failed', { kind, id, error })
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

const isKind = (kind: string, handlers: Handlers): kind is Work['kind'] =>
  Object.hasOwn(handlers, kind)

async function closeInTurn(worker: Consumer | undefined, bull: Bull): Promise<void> {
  // Nothing is left to mend at this point, and a store that is gone makes both of them fail.
  await Promise.allSettled([worker?.close()])
  await Promise.allSettled([bull.close()])
}

async function before(deadlineMs: number, work: Promise<void>): Promise<void> {
  const { promise: deadline, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, deadlineMs)
  await Promise.race([work, deadline])
  clearTimeout(timer)
}

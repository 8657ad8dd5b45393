import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openEmbedded, type EmbeddedDatabase } from '../../src/adapters/postgres/embedded.ts'
import { openServer } from '../../src/adapters/postgres/server.ts'
import {
  createQueue,
  type Handlers,
  type OpenQueue,
} from '../../src/adapters/queue/create-queue.ts'
import { recordedLog } from './queue.log.ts'
import { hasRedisServer, redisServer, type RedisServer } from './queue.redis.ts'

let log: ReturnType<typeof recordedLog>
const open: OpenQueue[] = []

beforeEach(() => {
  log = recordedLog()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close(2_000)))
})

async function opened(options: Parameters<typeof createQueue>[0]): Promise<OpenQueue> {
  const queue = await createQueue(options, log)
  open.push(queue)
  return queue
}

/** Handlers that keep what arrived, as `kind id`, and let a test wait for it. */
function recorder(): { handlers: Handlers; arrived: string[]; next(): Promise<string> } {
  const arrived: string[] = []
  const waiting: ((what: string) => void)[] = []
  let read = 0
  const take = (kind: string) => async (id: string) => {
    arrived.push(`${kind} ${id}`)
    waiting.shift()?.(`${kind} ${id}`)
  }
  return {
    arrived,
    handlers: { delivery: take('delivery'), lane: take('lane'), report: take('report') },
    next() {
      const there = arrived[read++]
      if (there !== undefined) return Promise.resolve(there)
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
}

type Backend = () => Parameters<typeof createQueue>[0]

function behavesAsAQueue(options: Backend): void {
  test('a nudge arrives with its kind and id', async () => {
    const { queue, consume } = await opened(options())
    const { handlers, next } = recorder()
    await consume(handlers, 2)
    queue.nudge({ kind: 'lane', id: 'aws:111122223333:alice' })
    expect(await next()).toBe('lane aws:111122223333:alice')
    queue.nudge({ kind: 'report', id: '7#12' })
    expect(await next()).toBe('report 7#12')
  })

  test('the same nudge twice arrives twice: no job id swallows it', async () => {
    const { queue, consume } = await opened(options())
    const { handlers, next } = recorder()
    await consume(handlers, 1)
    queue.nudge({ kind: 'lane', id: 'x' })
    queue.nudge({ kind: 'lane', id: 'x' })
    expect([await next(), await next()]).toEqual(['lane x', 'lane x'])
  })

  test('a handler that rejects is logged, and the next nudge arrives', async () => {
    const { queue, consume } = await opened(options())
    const { handlers, next } = recorder()
    const fails = async (): Promise<void> => {
      throw new Error('the handler broke')
    }
    await consume({ ...handlers, delivery: fails }, 1)
    queue.nudge({ kind: 'delivery', id: 'd-1' })
    const line = await log.seen('queue.work_failed')
    expect(line).toMatchObject({ level: 'error', fields: { kind: 'delivery', id: 'd-1' } })
    queue.nudge({ kind: 'lane', id: 'y' })
    expect(await next()).toBe('lane y')
  })

  test('nudges wait for a consumer and are counted', async () => {
    const producer = await opened(options())
    const before = await producer.depth()
    producer.queue.nudge({ kind: 'lane', id: 'z' })
    await expect.poll(() => producer.depth()).toBe(before + 1)
    const { handlers, next } = recorder()
    await producer.consume(handlers, 1)
    expect(await next()).toBe('lane z')
    await expect.poll(() => producer.depth()).toBe(0)
  })

  test('close waits for the handler that runs', async () => {
    const one = await opened(options())
    const started = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    let finished = false
    const slow = async (): Promise<void> => {
      started.resolve()
      await finish.promise
      finished = true
    }
    await one.consume({ delivery: slow, lane: slow, report: slow }, 1)
    one.queue.nudge({ kind: 'lane', id: 'slow' })
    await started.promise
    const closed = one.close(60_000)
    finish.resolve()
    await closed
    expect(finished).toBe(true)
  })

  test('close leaves a handler behind that does not end before the deadline', async () => {
    const one = await opened(options())
    const started = Promise.withResolvers<void>()
    const never = async (): Promise<void> => {
      started.resolve()
      await new Promise(() => {})
    }
    await one.consume({ delivery: never, lane: never, report: never }, 1)
    one.queue.nudge({ kind: 'lane', id: 'stuck' })
    await started.promise
    await one.close(50)
  })
}

describe.skipIf(process.env['TEST_REDIS_URL'] === undefined && !hasRedisServer)('on Redis', () => {
  let own: RedisServer | undefined
  let redisUrl: string
  beforeAll(async () => {
    if (process.env['TEST_REDIS_URL'] === undefined) own = redisServer()
    await own?.start()
    redisUrl = own?.url ?? process.env['TEST_REDIS_URL'] ?? ''
  })
  afterAll(() => own?.remove())

  behavesAsAQueue(() => ({ redisUrl }))
})

describe.skipIf(!hasRedisServer)('when Redis fails', () => {
  let redis: RedisServer
  beforeEach(async () => {
    redis = redisServer()
    await redis.start()
  })
  afterEach(() => redis.remove())

  test('nothing is left in it after the work', async () => {
    const { queue, consume } = await opened({ redisUrl: redis.url })
    const { handlers, next } = recorder()
    await consume({ ...handlers, lane: () => Promise.reject(new Error('secret')) }, 1)
    queue.nudge({ kind: 'lane', id: 'a' })
    queue.nudge({ kind: 'report', id: 'b' })
    await next()
    const client = new Redis(redis.url.slice('unix://'.length))
    await expect.poll(() => client.keys('*:hallpass:[0-9]*')).toEqual([])
    for (const key of await client.keys('*')) {
      if ((await client.type(key)) === 'stream')
        expect(JSON.stringify(await client.xrange(key, '-', '+'))).not.toContain('secret')
    }
    client.disconnect()
  })

  test('flushed: later nudges arrive', async () => {
    const { queue, consume } = await opened({ redisUrl: redis.url })
    const { handlers, next } = recorder()
    await consume(handlers, 1)
    queue.nudge({ kind: 'lane', id: 'before' })
    await next()
    const client = new Redis(redis.url.slice('unix://'.length))
    await client.flushall()
    client.disconnect()
    queue.nudge({ kind: 'lane', id: 'after' })
    expect(await next()).toBe('lane after')
  })

  test('killed and back: one line for each, and nudges arrive again', async () => {
    const { queue, consume, ping } = await opened({ redisUrl: redis.url })
    const { handlers, next, arrived } = recorder()
    await consume(handlers, 2)
    queue.nudge({ kind: 'lane', id: 'one' })
    await next()

    await redis.kill()
    await log.seen('queue.down')
    for (let n = 0; n < 100; n += 1) queue.nudge({ kind: 'lane', id: `lost ${n}` })
    await expect(ping()).rejects.toThrow()

    await redis.start()
    await log.seen('queue.back')
    queue.nudge({ kind: 'lane', id: 'two' })
    expect(await next()).toBe('lane two')
    expect(arrived).toEqual(['lane one', 'lane two'])
    expect(log.lines.map((line) => line.id)).toEqual(['queue.down', 'queue.back'])
  })

  test('down at the start: opens, consumes, and works once Redis is there', async () => {
    await redis.kill()
    const { queue, consume } = await opened({ redisUrl: redis.url })
    const { handlers, arrived } = recorder()
    await consume(handlers, 1)
    queue.nudge({ kind: 'lane', id: 'early' })
    await log.seen('queue.down')
    await redis.start()
    await log.seen('queue.back')
    queue.nudge({ kind: 'lane', id: 'late' })
    await expect.poll(() => arrived, { timeout: 10_000 }).toContain('lane late')
  })

  test('close ends although Redis is gone, also in the middle of a job', async () => {
    const one = await opened({ redisUrl: redis.url })
    const started = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const slow = (): Promise<void> => {
      started.resolve()
      return finish.promise
    }
    await one.consume({ delivery: slow, lane: slow, report: slow }, 1)
    one.queue.nudge({ kind: 'lane', id: 'a' })
    await started.promise
    await redis.kill()
    await log.seen('queue.down')
    const closed = one.close(300)
    finish.resolve()
    await closed
  })

  test('close ends although Redis was never there', async () => {
    await redis.kill()
    const one = await opened({ redisUrl: redis.url })
    await one.consume(recorder().handlers, 1)
    await one.close(300)
  })
})

describe('embedded', () => {
  let database: EmbeddedDatabase
  beforeAll(async () => {
    database = await openEmbedded(undefined)
  }, 60_000)
  afterAll(() => database.close())

  behavesAsAQueue(() => ({ pool: database.pool }))

  test('an idle consumer leaves the database to others', async () => {
    const { consume } = await opened({ pool: database.pool })
    await consume(recorder().handlers, 4)
    const { rows } = await database.pool.query<{ one: number }>('select 1 as one')
    expect(rows).toEqual([{ one: 1 }])
  })
})

const databaseUrl = process.env['TEST_DATABASE_URL']

describe.skipIf(databaseUrl === undefined)('on Postgres', () => {
  const database = `queue_${randomUUID().replaceAll('-', '')}`
  let admin: pg.Client
  let pool: pg.Pool
  const poolOn = (searchPath: string): pg.Pool => {
    const url = new URL(databaseUrl ?? '')
    url.pathname = `/${database}`
    const made = new pg.Pool({
      connectionString: url.href,
      options: `-c search_path=${searchPath}`,
      keepAlive: true,
    })
    made.on('error', () => {})
    return made
  }
  beforeAll(async () => {
    admin = new pg.Client({ connectionString: databaseUrl })
    await admin.connect()
    await admin.query(`CREATE DATABASE ${database}`)
    const url = new URL(databaseUrl ?? '')
    url.pathname = `/${database}`
    pool = openServer(url.href).pool
  })
  afterAll(async () => {
    await pool.end()
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`)
    await admin.end()
  })

  behavesAsAQueue(() => ({ pool }))

  test('a pool with another search path is refused', async () => {
    const other = poolOn('public')
    await expect(createQueue({ pool: other }, log)).rejects.toThrow(/search_path/)
    await other.end()
  })

  test('connections cut: works again, and the pool can be ended', async () => {
    const cut = poolOn('bullmq')
    const one = await createQueue({ pool: cut }, log)
    const { handlers, next, arrived } = recorder()
    await one.consume(handlers, 1)
    one.queue.nudge({ kind: 'lane', id: 'one' })
    await next()
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      database,
    ])
    const again = (): string[] => {
      one.queue.nudge({ kind: 'lane', id: 'two' })
      return arrived
    }
    await expect.poll(again, { timeout: 20_000, interval: 100 }).toContain('lane two')
    await one.close(2_000)
    await cut.end()
  }, 30_000)
})

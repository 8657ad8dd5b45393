import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EmbeddedDatabase } from '../../src/adapters/postgres/embedded.ts'
import { openServer } from '../../src/adapters/postgres/server.ts'
import { createQueue } from '../../src/adapters/queue/create-queue.ts'
import { embeddedInMemory } from '../support/embedded-template.ts'
import { behavesAsAQueue, log, opened, queueForEachTest, recorder } from './queue.behaviour.ts'
import { hasRedisServer, redisServer, type RedisServer } from './queue.redis.ts'

queueForEachTest()

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

describe('embedded', () => {
  let database: EmbeddedDatabase
  beforeAll(async () => {
    database = await embeddedInMemory()
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

  test('a database that goes away as work begins is waited for, and holds up nobody meanwhile', async () => {
    let tries = 0
    let isAway = false
    const away = () =>
      Object.assign(new Error('terminating connection due to administrator command'), {
        code: '57P01',
      })
    const refusing = new Proxy(pool, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        if (name !== 'connect' && name !== 'query') return value.bind(target) as unknown
        return (...parts: readonly unknown[]) => {
          if (!isAway) return value.apply(target, parts) as unknown
          tries += 1
          return Promise.reject(away())
        }
      },
    })
    const { queue, consume } = await opened({ pool: refusing })
    const { handlers, next } = recorder()
    isAway = true
    await consume(handlers, 4)
    await log.seen('queue.down')
    isAway = false
    await log.seen('queue.back')
    // Whoever hammers tries thousands of times before.
    expect(tries).toBeLessThan(20)
    queue.nudge({ kind: 'lane', id: 'x' })
    expect(await next()).toBe('lane x')
  })

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

import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../drill/servers.ts'
import { log, opened, queueForEachTest, recorder } from './queue.behaviour.ts'
import { hasRedisServer, redisServer, type RedisServer } from './queue.redis.ts'

queueForEachTest()

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

  const password = 'planted-password-of-redis'
  type Trouble = (admin: Redis) => Promise<unknown>
  const troubles: readonly (readonly [string, 'queue.fault' | 'queue.down', Trouble, Trouble])[] = [
    [
      'is out of memory',
      'queue.fault',
      (admin) => admin.config('SET', 'maxmemory', '1'),
      (admin) => admin.config('SET', 'maxmemory', '0'),
    ],
    [
      'became a replica, which is only read',
      'queue.fault',
      (admin) => admin.replicaof('127.0.0.1', 1),
      (admin) => admin.replicaof('NO', 'ONE'),
    ],
    [
      'lets us write nothing any more',
      'queue.fault',
      (admin) => admin.acl('SETUSER', 'default', '-@write', '-@scripting'),
      (admin) => admin.acl('SETUSER', 'default', '+@all'),
    ],
    [
      'asks for another password',
      'queue.down',
      async (admin) => {
        await admin.config('SET', 'requirepass', password)
        await admin.auth(password)
        await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      },
      (admin) => admin.config('SET', 'requirepass', ''),
    ],
  ]

  test.each(troubles)(
    'one that %s: it is told, and nudges arrive again',
    async (_, id, begin, end) => {
      const { queue, consume } = await opened({ redisUrl: redis.url })
      const { handlers, next, arrived } = recorder()
      await consume(handlers, 1)
      queue.nudge({ kind: 'lane', id: 'one' })
      await next()

      const admin = new Redis(redis.url.slice('unix://'.length))
      await begin(admin)
      for (let n = 0; n < 100; n += 1) queue.nudge({ kind: 'lane', id: `lost ${n}` })
      await log.seen(id)
      await end(admin)
      admin.disconnect()
      const again = (): readonly string[] => {
        queue.nudge({ kind: 'lane', id: 'two' })
        return arrived
      }
      await expect.poll(again, { timeout: 10_000 }).toContain('lane two')
      expect(log.lines.filter((line) => line.id === id)).toHaveLength(1)
      expect(JSON.stringify(log.lines)).not.toContain(password)
    },
  )

  test('a password that was wrong from the start: it opens, and says so without it', async () => {
    const [port, wrong] = [await freePort(), 'planted-wrong-password']
    const admin = new Redis(redis.url.slice('unix://'.length))
    await admin.config('SET', 'port', port)
    await admin.config('SET', 'requirepass', password)
    admin.disconnect()
    const { consume, ping } = await opened({ redisUrl: `redis://:${wrong}@127.0.0.1:${port}` })
    await consume(recorder().handlers, 1)
    await log.seen('queue.down')
    await expect(ping()).rejects.toThrow()
    expect(JSON.stringify(log.lines)).not.toContain(wrong)
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

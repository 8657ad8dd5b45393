import { Redis, type RedisOptions } from 'ioredis'
import { createRedisBackend } from 'bullmq'
import { inTime, type Store } from './store.ts'
import { redisOptions } from './redis-url.ts'

const reconnectMsMax = 2_000

/** Every connection reconnects for ever by itself. */
export function openRedis(redisUrl: string): Store {
  const where = redisOptions(redisUrl)
  const all: Redis[] = []
  let tell: ((error: Error) => void) | undefined

  function connect(options: RedisOptions): Redis {
    const redis = new Redis({ ...options, replyMapping: 'legacy' })
    redis.on('error', (error: Error) => tell?.(error))
    // BullMQ copies a worker's connection for its blocking reads: the copy has to be known here to be ended in time.
    redis.duplicate = (override) => connect({ ...redis.options, ...override })
    all.push(redis)
    return redis
  }

  const shared: RedisOptions = {
    ...where,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(times * 100, reconnectMsMax),
  }
  const producer = connect({
    ...shared,
    // A nudge that cannot leave now is dropped, not kept in memory until Redis is back.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 5_000,
  })
  // BullMQ demands null here: a worker's blocking read outlives any number of reconnects.
  const worker = connect({ ...shared, maxRetriesPerRequest: null })

  return {
    producer: (name, opts, more) =>
      createRedisBackend(name, { ...opts, connection: producer }, more),
    worker: (name, opts, more) => createRedisBackend(name, { ...opts, connection: worker }, more),
    onFault(listener) {
      tell = listener
    },
    // Its connections wait by themselves.
    rest() {},
    async ping() {
      await inTime(settled(producer).then(() => producer.ping()))
    },
    destroy() {
      for (const redis of all) redis.disconnect()
    },
  }
}

/** A first connection that is only just being made is waited for; one that was lost is not. */
async function settled(redis: Redis): Promise<void> {
  if (redis.status !== 'connecting' && redis.status !== 'connect') return
  const { promise, resolve } = Promise.withResolvers<void>()
  redis.once('ready', resolve).once('close', resolve)
  await promise
  redis.off('ready', resolve).off('close', resolve)
}

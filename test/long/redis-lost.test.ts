// Redis only carries nudges: emptied or gone in the middle of the job, access opens and ends all the same, only later.
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRedisServer, redisServer, type RedisServer } from '../adapters/queue.redis.ts'
import { serverStore, serverStores, type ServerStore } from '../support/child-store.ts'
import { closeAccess, expectConverged, newJob, openAccess } from './job.ts'
import { openStage, type Stage } from './stage.ts'

// Its own Redis, as it is killed; the queue on Redis is left out, like all others, where none is named.
const kind = serverStores().find(({ name }) => name === 'postgres+redis')

describe.runIf(kind !== undefined && hasRedisServer)('without its Redis', () => {
  let redis: RedisServer
  let stage: Stage<ServerStore>
  beforeAll(async () => {
    if (kind === undefined) return
    redis = redisServer()
    await redis.start()
    stage = await openStage(await serverStore(kind), { settings: { REDIS_URL: redis.url } })
    await stage.boot()
  })
  afterAll(async () => {
    await stage.close()
    await redis.remove()
  })

  /** Does it at the first such call of the job, before the call is carried out. */
  function at(operation: string, what: () => Promise<void>): void {
    stage.ambush = async (call, phase) => {
      if (phase !== 'before' || call.operation !== operation) return
      stage.ambush = undefined
      await what()
    }
  }

  async function flush(): Promise<void> {
    const client = new Redis(redis.url)
    await client.flushall()
    client.disconnect()
  }

  test('emptied in each act', async () => {
    const job = newJob(stage)
    at('PutUserPolicy', flush)
    await openAccess(stage, job)
    expect(stage.ambush, 'it was emptied').toBeUndefined()
    at('DeleteUserPolicy', flush)
    await closeAccess(stage, job)
    expect(stage.ambush, 'it was emptied').toBeUndefined()
    await stage.quiet()
    await expectConverged(stage, job)
  })

  test('killed in the middle, gone for a whole job, and back', async () => {
    const job = newJob(stage)
    at('PutUserPolicy', redis.kill)
    await openAccess(stage, job)
    expect(stage.ambush, 'it was killed').toBeUndefined()
    await closeAccess(stage, job)
    await stage.quiet()
    await expectConverged(stage, job)

    const without = newJob(stage)
    await openAccess(stage, without)
    await redis.start()
    await closeAccess(stage, without)
    await stage.quiet()
    await expectConverged(stage, without)
  })
})

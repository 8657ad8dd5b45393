// What every queue does, wherever it keeps its jobs.
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createQueue,
  type Handlers,
  type OpenQueue,
} from '../../src/adapters/queue/create-queue.ts'
import { recordedLog } from './queue.log.ts'

export let log: ReturnType<typeof recordedLog>
const open: OpenQueue[] = []

/** A new log for each test of the file that calls this, and what it opened is closed. */
export function queueForEachTest(): void {
  beforeEach(() => {
    log = recordedLog()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close(2_000)))
  })
}

export async function opened(options: Parameters<typeof createQueue>[0]): Promise<OpenQueue> {
  const queue = await createQueue(options, log)
  open.push(queue)
  return queue
}

/** Handlers that keep what arrived, as `kind id`, and let a test wait for it. */
export function recorder(): { handlers: Handlers; arrived: string[]; next(): Promise<string> } {
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

export function behavesAsAQueue(options: Backend): void {
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

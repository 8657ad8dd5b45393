import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startWorker, type WorkerDeps } from '../../src/entrypoints/worker/worker.ts'
import { fakeLog } from '../support/fakes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const sweepMs = 500
type Found = Awaited<ReturnType<WorkerDeps['due']>>
const nothing: Found = {
  deliveries: [],
  lanes: [],
  subjects: [],
  grants: [],
  standing: [],
  freezes: [],
  reconcile: [],
  recover: [],
  nextAt: undefined,
  nextInMs: undefined,
}

/** A worker whose ledger says what `found` says. */
function world(atFirst: Partial<Found> | Error = {}, concurrency = 8) {
  const log = fakeLog()
  const done: string[] = []
  const found = { due: atFirst }
  const perform = vi.fn<(what: string) => Promise<void>>(async () => undefined)
  const job = (kind: string) => async (id: string) => {
    done.push(`${kind} ${id}`)
    await perform(`${kind} ${id}`)
  }
  const due = vi.fn<WorkerDeps['due']>(async () => {
    if (found.due instanceof Error) throw found.due
    return { ...nothing, ...found.due }
  })
  const jobs = {
    delivery: job('delivery'),
    lane: job('lane'),
    report: job('report'),
    grant: job('grant'),
    standing: job('standing'),
    freeze: job('freeze'),
    reconcile: job('reconcile'),
    recover: job('recover'),
  }
  const both = { clouds: concurrency, github: concurrency, standing: concurrency }
  const worker = startWorker({ jobs, due, log, sweepMs, concurrency: both })
  return { worker, log, done, found, perform, due }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('the sweep', () => {
  it('does what is due although no nudge came, from the first moment on', async () => {
    const { done } = world({
      deliveries: ['d'],
      lanes: ['l'],
      subjects: ['s'],
      grants: ['g'],
      standing: ['t'],
      freezes: ['f'],
    })
    await pass(0)
    expect(done.toSorted()).toEqual([
      'delivery d',
      'freeze f',
      'grant g',
      'lane l',
      'report s',
      'standing t',
    ])
  })

  it('ends leases before it looks at lanes', async () => {
    const all = { deliveries: ['d'], lanes: ['l'], subjects: ['s'], grants: ['g'] }
    const { done } = world(all, 1)
    await pass(0)
    expect(done.indexOf('grant g')).toBeLessThan(done.indexOf('lane l'))
  })

  it('goes on with leases and lanes while what needs GitHub hangs', async () => {
    const hanging = { deliveries: ['d1', 'd2', 'd3'], subjects: ['s'], standing: ['t'] }
    const { worker, done, found, perform } = world({}, 2)
    perform.mockImplementation((what) =>
      /^(grant|lane)/.test(what) ? Promise.resolve() : new Promise(() => undefined),
    )
    found.due = hanging
    await pass(sweepMs)
    found.due = { ...hanging, lanes: ['l'], grants: ['g'] }
    await pass(sweepMs)
    void worker.nudged({ kind: 'lane', id: 'nudged' })
    await pass(0)
    const hung = ['delivery d1', 'delivery d2', 'standing t']
    expect(done).toEqual([...hung, 'grant g', 'lane l', 'lane nudged'])
  })

  it('goes on with the lanes of other clouds while one cloud hangs', async () => {
    const hanging = { lanes: ['gcp/1', 'gcp/2', 'gcp/3'] }
    const { worker, done, found, perform } = world({}, 2)
    perform.mockImplementation((what) =>
      /gcp/.test(what) ? new Promise(() => undefined) : Promise.resolve(),
    )
    found.due = hanging
    await pass(sweepMs)
    found.due = { lanes: [...hanging.lanes, 'aws/1'], grants: ['g'] }
    await pass(sweepMs)
    void worker.nudged({ kind: 'lane', id: 'azure/1' })
    await pass(0)
    expect(done).toEqual(['lane gcp/1', 'lane gcp/2', 'grant g', 'lane aws/1', 'lane azure/1'])
  })

  it('looks for lost ends while a pile of deliveries and reports waits', async () => {
    const waiting = Array.from({ length: 50 }, (_, n) => `d${n}`)
    const { found, done, perform } = world()
    perform.mockImplementation((what) =>
      /^(delivery|report)/.test(what) ? new Promise(() => undefined) : Promise.resolve(),
    )
    found.due = {
      deliveries: waiting,
      subjects: waiting,
      standing: ['t'],
      reconcile: ['r'],
      recover: ['o'],
    }
    await pass(sweepMs)
    expect(done).toEqual(expect.arrayContaining(['standing t', 'reconcile r', 'recover o']))
    expect(done).not.toContain('delivery d49')
  })

  it('looks again and again', async () => {
    const { found, done, due } = world()
    await pass(0)
    expect(due).toHaveBeenCalledTimes(1)
    await pass(sweepMs - 1)
    expect(due).toHaveBeenCalledTimes(1)
    found.due = { lanes: ['l'] }
    await pass(1)
    expect(done).toEqual(['lane l'])
  })

  it('wakes when something comes due before its time', async () => {
    const { due } = world({ nextInMs: 120 })
    await pass(119)
    expect(due).toHaveBeenCalledTimes(1)
    await pass(1)
    expect(due).toHaveBeenCalledTimes(2)
  })

  it('sleeps no longer than its time, and a little even when more is due already', async () => {
    const { found, due } = world({ nextInMs: 60_000 })
    await pass(sweepMs)
    expect(due).toHaveBeenCalledTimes(2)
    found.due = { nextInMs: -10 }
    await pass(sweepMs)
    due.mockClear()
    await pass(50)
    expect(due.mock.calls.length).toBeGreaterThan(1)
    expect(due.mock.calls.length).toBeLessThanOrEqual(10)
  })

  it('survives a ledger that does not answer', async () => {
    const { found, done, log, worker } = world(new Error('connection lost'))
    await pass(sweepMs)
    expect(log.lines.map(({ level, id }) => `${level} ${id}`)).toEqual([
      'error sweep.failed',
      'error sweep.failed',
    ])
    expect(worker.lastSweepMs()).toBeUndefined()
    found.due = { lanes: ['l'] }
    await pass(sweepMs)
    expect(done).toEqual(['lane l'])
    expect(worker.lastSweepMs()).toBe(performance.now())
  })

  it('goes on while a piece of work takes its time, and does not do it twice at once', async () => {
    const { perform, due } = world({ lanes: ['l'] })
    const { promise, resolve } = Promise.withResolvers<void>()
    perform.mockImplementation(() => promise)
    await pass(sweepMs * 4)
    expect(due.mock.calls.length).toBe(5)
    expect(perform).toHaveBeenCalledTimes(1)
    resolve()
  })
})

it('goes on with the others when one piece of work fails, and finds that due again', async () => {
  const { perform, log } = world({ lanes: ['l', 'm'] })
  perform.mockImplementation(async (what) => {
    if (what === 'lane l') throw new Error('connection lost')
  })
  await pass(sweepMs)
  expect(perform.mock.calls.flat()).toEqual(['lane l', 'lane m', 'lane l', 'lane m'])
  expect(log.lines.map(({ id }) => id)).toEqual(['work.failed', 'work.failed'])
})

it('tells of no failure when a stop cuts a piece of work off', async () => {
  const { perform, log, worker } = world({ recover: ['recover'] })
  const { promise, reject } = Promise.withResolvers<void>()
  perform.mockImplementation(() => promise)
  await pass(0)
  const stopped = worker.stop()
  reject(new Error('The claim on recover is over'))
  await stopped
  expect(perform).toHaveBeenCalledTimes(1)
  expect(log.lines).toEqual([])
})

describe('a nudge', () => {
  it('is answered when its work has ended', async () => {
    const { worker, perform } = world()
    const { promise, resolve } = Promise.withResolvers<void>()
    perform.mockImplementation(() => promise)
    let answered = false
    void worker.nudged({ kind: 'delivery', id: 'd' }).then(() => (answered = true))
    await pass(0)
    expect(perform).toHaveBeenCalledWith('delivery d')
    expect(answered).toBe(false)
    resolve()
    await pass(0)
    expect(answered).toBe(true)
  })
})

describe('stop', () => {
  it('waits for what is in hand', async () => {
    const { worker, perform } = world()
    const { promise, resolve } = Promise.withResolvers<void>()
    perform.mockImplementation(() => promise)
    void worker.nudged({ kind: 'lane', id: 'l' })
    await pass(0)
    let stopped = false
    void worker.stop().then(() => (stopped = true))
    await pass(60_000)
    expect(stopped).toBe(false)
    resolve()
    await pass(0)
    expect(stopped).toBe(true)
  })

  it('sweeps no more, and takes no nudge', async () => {
    const { worker, found, due, done } = world()
    await pass(0)
    await worker.stop()
    found.due = { lanes: ['l'] }
    due.mockClear()
    await pass(60_000)
    await worker.nudged({ kind: 'lane', id: 'l' })
    expect(due).not.toHaveBeenCalled()
    expect(done).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('begins nothing that waited for its turn', async () => {
    const { worker, perform, done } = world({ lanes: ['aws/l', 'aws/m', 'aws/n'] }, 1)
    const { promise, resolve } = Promise.withResolvers<void>()
    perform.mockImplementation(() => promise)
    await pass(0)
    expect(done).toEqual(['lane aws/l'])
    const stopped = worker.stop()
    resolve()
    await stopped
    expect(done).toEqual(['lane aws/l'])
  })

  it('begins nothing that a sweep finds only afterwards', async () => {
    const { worker, due, done } = world()
    await pass(0)
    const { promise, resolve } = Promise.withResolvers<Found>()
    due.mockImplementation(() => promise)
    await pass(sweepMs)
    const stopped = worker.stop()
    resolve({ ...nothing, lanes: ['l'] })
    await stopped
    expect(done).toEqual([])
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { createCrew } from '../../src/entrypoints/worker/crew.ts'
import { fakeLog } from '../support/fakes.ts'

/** Pieces of work that begin when the crew lets them and end when the test does. */
function stage(size: number) {
  const log = fakeLog()
  const crew = createCrew(size, log)
  const running: string[] = []
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()
  const begin = (key: string, name = key) =>
    crew.run(key, async () => {
      begun.push(name)
      running.push(name)
      const end = Promise.withResolvers<void>()
      ends.set(name, end)
      await end.promise.finally(() => running.splice(running.indexOf(name), 1))
    })
  return {
    crew,
    log,
    running,
    begun,
    begin,
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string) => ends.get(name)?.reject(new Error(`${name} is broken`)),
  }
}

/** Lets everything happen that waits for nothing else. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve))

let stand = stage(2)
beforeEach(() => {
  stand = stage(2)
})

describe('a crew of two', () => {
  it('works on two things at once, and on the others in the order they came', async () => {
    for (const key of ['a', 'b', 'c', 'd']) void stand.begin(key)
    await settled()
    expect(stand.running).toEqual(['a', 'b'])
    stand.end('b')
    await settled()
    expect(stand.running).toEqual(['a', 'c'])
    stand.end('c')
    stand.end('a')
    await settled()
    expect(stand.running).toEqual(['d'])
  })

  it('works on one thing once at a time', async () => {
    void stand.begin('a', 'first')
    void stand.begin('a', 'second')
    void stand.begin('b')
    await settled()
    expect(stand.running).toEqual(['first', 'b'])
  })

  it('runs once more what came meanwhile, however often it came', async () => {
    const first = stand.begin('a')
    await settled()
    const ended = [first, stand.begin('a'), stand.begin('a'), stand.begin('a')]
    stand.end('a')
    await settled()
    expect(stand.begun).toEqual(['a', 'a'])
    stand.end('a')
    await Promise.all(ended)
    expect(stand.begun).toHaveLength(2)
  })

  it('runs only once what came before its turn', async () => {
    void stand.begin('a')
    void stand.begin('b')
    const waiting = [stand.begin('c'), stand.begin('c')]
    stand.end('a')
    await settled()
    stand.end('a')
    await settled()
    stand.end('c')
    await Promise.all(waiting)
    expect(stand.begun.filter((name) => name === 'c')).toHaveLength(1)
  })

  it('tells each of them only when the last run has ended', async () => {
    let told = false
    void stand.begin('a').then(() => (told = true))
    await settled()
    void stand.begin('a')
    stand.end('a')
    await settled()
    expect(told).toBe(false)
    stand.end('a')
    await settled()
    expect(told).toBe(true)
  })

  it('logs a failure, and goes on with the others and with what came meanwhile', async () => {
    const first = stand.begin('a')
    void stand.begin('b')
    void stand.begin('c')
    await settled()
    void stand.begin('a')
    stand.fail('a')
    await settled()
    expect(stand.begun).toEqual(['a', 'b', 'a'])
    stand.end('a')
    await first
    await settled()
    expect(stand.running).toEqual(['b', 'c'])
    expect(stand.log.lines).toMatchObject([
      {
        level: 'error',
        id: 'work.failed',
        fields: { work: 'a', error: { message: 'a is broken' } },
      },
    ])
  })

  it('works again on what has ended', async () => {
    const first = stand.begin('a')
    await settled()
    stand.end('a')
    await first
    void stand.begin('a')
    await settled()
    expect(stand.running).toEqual(['a'])
  })
})

describe('idle', () => {
  it('is told at once where nothing is in hand', async () => {
    await expect(stand.crew.idle()).resolves.toBeUndefined()
  })

  it('waits for what runs, what waits for its turn, and what came meanwhile', async () => {
    for (const key of ['a', 'b', 'c']) void stand.begin(key)
    await settled()
    void stand.begin('a')
    let idle = false
    void stand.crew.idle().then(() => (idle = true))
    void stand.begin('d')
    for (const name of ['a', 'b', 'c', 'a']) {
      stand.end(name)
      await settled()
      expect(idle).toBe(false)
    }
    stand.end('d')
    await settled()
    expect(idle).toBe(true)
  })
})

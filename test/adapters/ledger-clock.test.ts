import type { Pool } from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClock, databaseTime } from '../../src/adapters/postgres/clock.ts'
import { ledgerStores } from '../support/databases.ts'

const noon = Date.UTC(2026, 10, 22, 12)

describe.each(ledgerStores())('The database’s time, $name', ({ fresh }) => {
  it('is whole milliseconds that go on', async () => {
    const database = await fresh()
    const first = await databaseTime(database.pool)
    const clock = await createClock(database.pool)
    const [now, last] = [clock.now(), await databaseTime(database.pool)]
    clock.stop()
    await database.close()
    expect([first, now, last].every(Number.isSafeInteger)).toBe(true)
    expect(first).toBeLessThanOrEqual(last)
    // Between two readings of the database's own: give or take a round trip.
    expect(Math.abs(now - last)).toBeLessThan(60_000)
  })
})

describe('A clock', () => {
  let answer: () => Promise<number>
  let asked = 0
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'performance'] })
    answer = async () => noon
    asked = 0
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const client = {
    async query() {
      asked += 1
      return { command: 'SELECT', rows: [{ at: await answer() }] }
    },
    release() {},
  }
  const pool = { connect: async () => client, end: async () => {} } as unknown as Pool
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  it('goes on from what it heard, and takes up what it hears later', async () => {
    const clock = await createClock(pool)
    expect(clock.now()).toBe(noon)
    await pass(9_999)
    expect(clock.now()).toBe(noon + 9_999)
    answer = async () => noon + 9_700
    await pass(1)
    expect(clock.now()).toBe(noon + 9_700)
    answer = async () => noon + 30_000
    await pass(10_000)
    expect(clock.now()).toBe(noon + 30_000)
    clock.stop()
  })

  it('goes on while the database is away', async () => {
    const clock = await createClock(pool)
    answer = async () => {
      throw new Error('away')
    }
    await pass(25_000)
    expect(clock.now()).toBe(noon + 25_000)
    answer = async () => noon + 1
    await pass(5_000)
    expect(clock.now()).toBe(noon + 1)
    clock.stop()
  })

  it('takes an answer to be half a round trip old, and none that took too long', async () => {
    const clock = await createClock(pool)
    const after = (ms: number) => async () => {
      await new Promise((resolve) => setTimeout(resolve, ms))
      return noon
    }
    answer = after(1_000)
    await pass(11_000)
    expect(clock.now()).toBe(noon + 500)
    answer = after(3_000)
    await pass(12_000)
    expect(clock.now()).toBe(noon + 12_500)
    clock.stop()
  })

  it('asks no more once it is stopped', async () => {
    const clock = await createClock(pool)
    await pass(10_000)
    const before = asked
    clock.stop()
    await pass(60_000)
    expect(asked).toBe(before)
    expect(before).toBe(3)
  })

  it('is none when the database cannot be asked', async () => {
    answer = async () => {
      throw new Error('away')
    }
    await expect(createClock(pool)).rejects.toThrow('away')
  })
})

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sparing } from '../../src/entrypoints/worker/sparing.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('leaves alone for a while what failed, and only that', async () => {
  const done: string[] = []
  const job = sparing(async (id) => {
    done.push(id)
    if (id === 'bad') throw new Error('GitHub is down')
  }, 30_000)
  await expect(job('bad')).rejects.toThrow('GitHub is down')
  await job('bad')
  await job('good')
  await job('good')
  expect(done).toEqual(['bad', 'good', 'good'])
  vi.advanceTimersByTime(30_000)
  await expect(job('bad')).rejects.toThrow('GitHub is down')
})

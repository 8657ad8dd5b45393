// Waits, within bounds, for what a real cloud takes its time for. In a twin everything is looked at once.
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import type { Binding } from '../../src/domain/lanes/types.ts'
import { floorToSecond, type Instant } from '../../src/domain/time.ts'
import type { CloudUnderTest } from './cloud-under-test.ts'

const [firstWaitMs, longestWaitMs] = [500, 10_000]

/** Looks until it is so. Fails with what was seen last. */
export async function shows<T>(
  t: CloudUnderTest,
  look: () => T | Promise<T>,
  wanted: NoInfer<T>,
): Promise<void> {
  const until = t.now() + (t.lags?.settleMs ?? 0)
  let seen = await persist(t, look)
  for (let ms = firstWaitMs; !isDeepStrictEqual(seen, wanted) && t.now() < until; ms *= 2) {
    await t.lags?.wait(Math.min(ms, longestWaitMs))
    seen = await persist(t, look)
  }
  expect(seen).toEqual(wanted)
}

/** As a lane is: what is a matter of time is asked again, when the cloud said, and not for ever. */
export async function persist<T>(t: CloudUnderTest, work: () => T | Promise<T>): Promise<T> {
  const until = t.now() + (t.lags?.settleMs ?? 0)
  for (let ms = firstWaitMs; ; ms *= 2)
    try {
      return await work()
    } catch (error) {
      const inTime = error instanceof CloudError && ['transient', 'conflict'].includes(error.kind)
      if (t.lags === undefined || !inTime || t.now() >= until) throw error
      await t.lags.wait(error.retryAfterMs ?? Math.min(ms, longestWaitMs))
    }
}

/** Until it is that time in the cloud. */
export async function passTo(t: CloudUnderTest, at: Instant): Promise<void> {
  if (t.lags === undefined) t.advance?.(at - t.now())
  else while (t.now() < at) await t.lags.wait(Math.min(at - t.now(), longestWaitMs))
}

/** Whose end can be waited for. */
export function briefly(t: CloudUnderTest, binding: Binding): Binding {
  if (t.lags === undefined) return binding
  return { ...binding, endsAt: floorToSecond(t.now()) + t.lags.windowMs }
}

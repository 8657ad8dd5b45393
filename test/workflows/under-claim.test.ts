import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import { defaultTiming } from '../../src/workflows/deps.ts'
import { underClaim, type Held } from '../../src/workflows/under-claim.ts'
import { fakeDeps } from '../support/fakes.ts'

const key = 'lane:a'
const { claimMs } = defaultTiming
/** Calls must be over before the claim is. */
const marginMs = claimMs / 8

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) }))
afterEach(() => void vi.useRealTimers())

const clock = { now: () => Date.now() }

/** Work that goes on until the test ends it. */
function working(deps: ReturnType<typeof fakeDeps>['deps']) {
  const begun = Promise.withResolvers<Held>()
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const ended = underClaim(deps, key, (held) => {
    begun.resolve(held)
    return promise
  })
  return { begun: begun.promise, finish: resolve, fail: reject, ended }
}

describe('whoever comes second', () => {
  it('is told that it is busy, and runs nothing', async () => {
    const { deps } = fakeDeps({ clock })
    const first = working(deps)
    await first.begun
    const second = vi.fn<() => Promise<string>>(async () => 'done')
    expect(await underClaim({ ...deps, owner: 'another' }, key, second)).toBe('busy')
    expect(second).not.toHaveBeenCalled()
    first.finish('done')
    expect(await first.ended).toBe('done')
  })

  it('waits for as long as the first one lives', async () => {
    const { deps } = fakeDeps({ clock })
    const first = working(deps)
    await first.begun
    await vi.advanceTimersByTimeAsync(claimMs * 10)
    expect(await underClaim({ ...deps, owner: 'another' }, key, async () => 'done')).toBe('busy')
    first.finish('done')
    await first.ended
  })

  it('is told that it takes over from one that died', async () => {
    const { deps, ledger } = fakeDeps({ clock })
    await ledger.claim(key, 'dead', Date.now(), claimMs)
    await vi.advanceTimersByTimeAsync(claimMs)
    expect(await underClaim(deps, key, async (held) => held.current().takenOver)).toBe(true)
    expect(await underClaim(deps, key, async (held) => held.current().takenOver)).toBe(false)
  })
})

describe('whoever comes after a call that was cut off', () => {
  const takenOver = (deps: ReturnType<typeof fakeDeps>['deps']) =>
    underClaim(deps, key, async (held) => held.current().takenOver)

  it('is told so when the claim was lost, and need not wait', async () => {
    const { deps } = fakeDeps({ clock })
    await underClaim(deps, key, async (held) => {
      vi.setSystemTime(Date.now() + claimMs - marginMs)
      expect(() => held.guard.check()).toThrow(CloudError)
    })
    expect(await takenOver(deps)).toBe(true)
  })

  it('is told so when the process was asked to stop', async () => {
    const stop = new AbortController()
    const { deps, ledger } = fakeDeps({ clock })
    await underClaim({ ...deps, stopping: stop.signal }, key, async () => stop.abort())
    expect(ledger.claims.get(key)).toMatchObject({ held: true, until: Date.now() })
    expect(await takenOver(deps)).toBe(true)
  })

  it('is told so when the first to take over failed before it could say so', async () => {
    const { deps, ledger } = fakeDeps({ clock })
    await ledger.claim(key, 'dead', Date.now(), claimMs)
    vi.setSystemTime(Date.now() + claimMs)
    const fails = underClaim(deps, key, async () => Promise.reject(new Error('no database')))
    await expect(fails).rejects.toThrow('no database')
    expect(await takenOver(deps)).toBe(true)
    expect(await takenOver(deps)).toBe(false)
  })
})

describe('a claim in hand', () => {
  it('is the renewed one', async () => {
    const { deps } = fakeDeps({ clock })
    const work = working(deps)
    const held = await work.begun
    const { until } = held.current()
    await vi.advanceTimersByTimeAsync(claimMs / 2)
    expect(held.current().until).toBe(until + claimMs / 2)
    work.finish('done')
    await work.ended
  })

  it('aborts what is under way once the ledger refuses to renew it', async () => {
    const { deps, ledger } = fakeDeps({ clock })
    const work = working(deps)
    const held = await work.begun
    ledger.claims.set(key, { ...held.current(), fence: 99, held: true })
    expect(held.guard.signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(claimMs / 4)
    expect(held.guard.signal.aborted).toBe(true)
    expect(held.guard.signal.reason).toMatchObject({ kind: 'transient' })
    expect(() => held.guard.check()).toThrow(CloudError)
    await expect(held.renew()).rejects.toThrow(CloudError)
    work.finish('done')
    await work.ended
    expect(ledger.claims.get(key)).toMatchObject({ fence: 99, held: true })
  })

  it('outlives a ledger that is away for a moment', async () => {
    const { deps, ledger, log } = fakeDeps({ clock })
    const work = working(deps)
    const held = await work.begun
    let away = true
    ledger.beforeRenew = () => {
      if (away) throw new Error('connection lost')
    }
    await vi.advanceTimersByTimeAsync(claimMs / 4)
    expect(log.lines.map(({ id }) => id)).toEqual(['claim.not-renewed'])
    away = false
    await vi.advanceTimersByTimeAsync(claimMs * 2)
    expect(held.guard.signal.aborted).toBe(false)
    work.finish('done')
    await work.ended
  })

  it('aborts what is under way before its end, when the ledger stays away', async () => {
    const { deps, ledger } = fakeDeps({ clock })
    const work = working(deps)
    const held = await work.begun
    ledger.beforeRenew = () => {
      throw new Error('connection lost')
    }
    await vi.advanceTimersByTimeAsync(claimMs - marginMs - 1)
    expect(held.guard.signal.aborted).toBe(false)
    expect(() => held.guard.check()).not.toThrow()
    await vi.advanceTimersByTimeAsync(1)
    expect(held.guard.signal.aborted).toBe(true)
    expect(() => held.guard.check()).toThrow(CloudError)
    work.finish('done')
    await work.ended
  })

  it('refuses calls near its end and after it, also when no timer fired', async () => {
    const { deps, ledger } = fakeDeps({ clock })
    const work = working(deps)
    const held = await work.begun
    const { until } = held.current()
    // The whole process stood still: its timers come only after this look at the clock.
    vi.setSystemTime(until - marginMs - 1)
    expect(() => held.guard.check()).not.toThrow()
    vi.setSystemTime(until - marginMs)
    expect(() => held.guard.check()).toThrow('The claim on lane:a is over')
    expect(held.guard.signal.aborted).toBe(true)
    vi.setSystemTime(until + 1)
    expect(() => held.guard.check()).toThrow(CloudError)
    work.finish('done')
    await work.ended
    expect(ledger.claims.get(key)?.until).toBeLessThanOrEqual(Date.now())
  })
})

describe('the end of the work', () => {
  it('gives the claim back', async () => {
    const { deps, ledger } = fakeDeps({ clock })
    expect(await underClaim(deps, key, async () => 7)).toBe(7)
    expect(ledger.claims.get(key)?.held).toBe(false)
  })

  it('gives it back after a failure too, and passes that on', async () => {
    const { deps, ledger } = fakeDeps({ clock })
    const work = underClaim(deps, key, async () => {
      throw new Error('broken')
    })
    await expect(work).rejects.toThrow('broken')
    expect(ledger.claims.get(key)?.held).toBe(false)
  })

  it('stands although the claim could not be given back, which is told', async () => {
    const { deps, ledger, log } = fakeDeps({ clock })
    ledger.release = () => Promise.reject(new Error('connection lost'))
    expect(await underClaim(deps, key, async () => 7)).toBe(7)
    expect(log.lines.map(({ id }) => id)).toEqual(['claim.not-released'])
  })

  it('leaves no timer behind, not even by a renewal that was on its way', async () => {
    const { deps, ledger } = fakeDeps({ clock })
    const answer = Promise.withResolvers<void>()
    const { renew } = ledger
    ledger.renew = async (...asked) => {
      const renewed = await renew.apply(ledger, asked)
      await answer.promise
      return renewed
    }
    const work = working(deps)
    await work.begun
    await vi.advanceTimersByTimeAsync(claimMs / 4)
    work.finish('done')
    await work.ended
    answer.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a process that is asked to stop', () => {
  it('aborts what is under way, and gives the claim back', async () => {
    const { deps, ledger, stop } = fakeDeps({ clock })
    const work = working(deps)
    const held = await work.begun
    stop.abort()
    expect(held.guard.signal.aborted).toBe(true)
    expect(() => held.guard.check()).toThrow(CloudError)
    work.fail(new Error('aborted'))
    await expect(work.ended).rejects.toThrow('aborted')
    expect(ledger.claims.get(key)?.until).toBeLessThanOrEqual(Date.now())
  })

  it('begins nothing any more', async () => {
    const { deps, ledger, stop } = fakeDeps({ clock })
    stop.abort()
    const work = vi.fn<() => Promise<string>>(async () => 'done')
    expect(await underClaim(deps, key, work)).toBe('busy')
    expect(work).not.toHaveBeenCalled()
    expect(ledger.claims.size).toBe(0)
  })

  it('gives back at once a claim that it got while being asked to', async () => {
    const { deps, ledger, stop } = fakeDeps({ clock })
    const { claim } = ledger
    ledger.claim = (...asked) => {
      stop.abort()
      return claim.apply(ledger, asked)
    }
    const work = vi.fn<() => Promise<string>>(async () => 'done')
    expect(await underClaim(deps, key, work)).toBe('busy')
    expect(work).not.toHaveBeenCalled()
    expect(ledger.claims.get(key)?.held).toBe(false)
  })
})

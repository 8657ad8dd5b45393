// What every cloud and its simulated twin must do alike. A cloud's own tests call `cloudContract` with a way to set one up.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import type { Binding, Change, Evidence, Lane, Observation } from '../../src/domain/lanes/types.ts'
import type { Instant } from '../../src/domain/time.ts'
import type { CallGuard, Cloud } from '../../src/workflows/ports.ts'

/** One lane in one simulated cloud, and what a test does to it behind the adapter's back. */
export interface CloudUnderTest {
  readonly cloud: Cloud
  readonly lane: Lane
  /** The cloud's own time, which is not the machine's. Whole seconds. */
  now(): Instant
  advance(ms: number): void
  /** Bindings 1, 2, 3 … of the lane: their window is open for an hour from the cloud's time at set-up. */
  binding(n: number): Binding
  /** Whether the cloud itself would let the principal use it, now. */
  usable(binding: Binding): boolean
  /** Puts access of somebody else's on the same lane. */
  putForeign(): void
  /** Everything on the lane that bears none of our names. */
  foreign(): unknown
  /** Changes the binding in the cloud, and takes it away there. */
  tamper(binding: Binding): void
  takeAway(binding: Binding): void
  /** The name is given to another immutable id; nothing has the name. */
  replacePrincipal(): void
  /** The principal gets another name and keeps what it has. Returns the lane by that name. */
  renamePrincipal(): Lane
  removePrincipal(): void
  /** How many bindings of this lane the cloud takes. */
  readonly capacity: number
  throttleOnce(): void
  failOnce(): void
  /** The next write is carried out and answered with a server's error. */
  writeThenFailOnce(): void
  /** How many calls of any kind, and how many writes, have arrived. */
  calls(): number
  writes(): number
  close(): Promise<void>
}

export const freeGuard = (): CallGuard => ({
  signal: new AbortController().signal,
  check: () => undefined,
})

/** Lets `n` requests go and then says that the claim is over. */
function guardFor(n: number): CallGuard {
  let left = n
  return {
    signal: new AbortController().signal,
    check() {
      left -= 1
      if (left < 0) throw new CloudError('transient', 'the claim is over')
    },
  }
}

/** The kind of CloudError that it throws; `none` when it throws nothing. Anything else is thrown on. */
export async function kindOfFailure(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    if (error instanceof CloudError) return error.kind
    throw error
  }
}

/** One change by itself. Throws what it came to. */
export async function changeOne(
  cloud: Pick<Cloud, 'apply'>,
  lane: Lane,
  change: Change,
  guard: CallGuard,
): Promise<Evidence> {
  const applied = (await cloud.apply(lane, [change], guard)).get(change.binding.id)
  if (applied === undefined) throw new Error('Nothing was told of the change')
  if (!applied.ok) throw applied.error
  return applied.evidence
}

export function cloudContract(name: string, setUp: () => Promise<CloudUnderTest>): void {
  describe(`${name}: the contract of a cloud`, () => {
    let t: CloudUnderTest
    beforeEach(async () => {
      t = await setUp()
    })
    afterEach(() => t.close())

    const put = (binding: Binding, guard = freeGuard()) =>
      changeOne(t.cloud, t.lane, { do: 'put', binding }, guard)
    const remove = (binding: Binding, guard = freeGuard()) =>
      changeOne(t.cloud, t.lane, { do: 'remove', binding }, guard)
    const observe = (...bindings: Binding[]): Promise<Observation> =>
      t.cloud.observe(t.lane, bindings, freeGuard())
    const stateOf = async (binding: Binding) =>
      (await observe(binding)).bindings.get(binding.id)?.state

    test('what was never put is absent', async () => {
      expect(await stateOf(t.binding(1))).toBe('absent')
      expect(t.usable(t.binding(1))).toBe(false)
    })

    test('what is put is present and can be used, and nothing else is', async () => {
      await put(t.binding(1))
      const seen = await observe(t.binding(1), t.binding(2))
      expect(seen.principal).toBe('same')
      expect([...seen.bindings].map(([id, b]) => [id, b.state])).toEqual([
        [t.binding(1).id, 'present'],
        [t.binding(2).id, 'absent'],
      ])
      expect([t.usable(t.binding(1)), t.usable(t.binding(2))]).toEqual([true, false])
    })

    test('to put it twice is the same as once', async () => {
      await put(t.binding(1))
      await put(t.binding(1))
      expect(await stateOf(t.binding(1))).toBe('present')
      await remove(t.binding(1))
      expect(t.usable(t.binding(1))).toBe(false)
    })

    test('what is removed is absent, and to remove it again is a success', async () => {
      await put(t.binding(1))
      await put(t.binding(2))
      await remove(t.binding(1))
      expect(await stateOf(t.binding(1))).toBe('absent')
      await remove(t.binding(1))
      expect([t.usable(t.binding(1)), t.usable(t.binding(2))]).toEqual([false, true])
    })

    test('the cloud itself ends it: usable from its start and not from its end on', async () => {
      const binding = t.binding(1)
      await put(binding)
      t.advance(binding.endsAt - t.now() - 1000)
      expect(t.usable(binding)).toBe(true)
      t.advance(1000)
      expect(t.usable(binding)).toBe(false)
      expect(await stateOf(binding)).toBe('present')
    })

    test('to put it with a later end replaces it', async () => {
      const first = t.binding(1)
      const extended = { ...first, endsAt: first.endsAt + 60_000 }
      await put(first)
      expect(await stateOf(extended)).toBe('different')
      await put(extended)
      expect([await stateOf(extended), await stateOf(first)]).toEqual(['present', 'different'])
      t.advance(first.endsAt - t.now())
      expect(t.usable(extended)).toBe(true)
    })

    test('what somebody changed is different, and what somebody took away is absent', async () => {
      await put(t.binding(1))
      await put(t.binding(2))
      t.tamper(t.binding(1))
      t.takeAway(t.binding(2))
      expect(await stateOf(t.binding(1))).toBe('different')
      expect(await stateOf(t.binding(2))).toBe('absent')
    })

    test("others' access stays as they left it", async () => {
      t.putForeign()
      const before = t.foreign()
      await put(t.binding(1))
      await put(t.binding(2))
      expect(t.foreign()).toEqual(before)
      await remove(t.binding(1))
      await remove(t.binding(2))
      expect(t.foreign()).toEqual(before)
    })

    test('whoever took the name of the principal gets nothing', async () => {
      await put(t.binding(1))
      t.replacePrincipal()
      const writes = t.writes()
      expect(await kindOfFailure(put(t.binding(2)))).toBe('missing')
      expect(t.writes()).toBe(writes)
      const seen = await observe(t.binding(1))
      expect(seen.principal).toBe('replaced')
      expect(seen.bindings.get(t.binding(1).id)?.state).toBe('absent')
      expect(await kindOfFailure(remove(t.binding(1)))).toBe('missing')
    })

    test('nothing is put on a principal that is gone, nor said to be removed from it', async () => {
      await put(t.binding(1))
      t.removePrincipal()
      expect(await kindOfFailure(put(t.binding(2)))).toBe('missing')
      const seen = await observe(t.binding(1))
      expect(seen.principal).toBe('missing')
      expect(seen.bindings.get(t.binding(1).id)?.state).toBe('absent')
      expect(await kindOfFailure(remove(t.binding(1)))).toBe('missing')
    })

    test('a principal that is renamed keeps its bindings, which are reached by the new name', async () => {
      await put(t.binding(1))
      const lane = t.renamePrincipal()
      expect((await observe(t.binding(1))).principal).toBe('missing')
      expect(await kindOfFailure(remove(t.binding(1)))).toBe('missing')
      expect(t.usable(t.binding(1))).toBe(true)

      const seen = await t.cloud.observe(lane, [t.binding(1)], freeGuard())
      expect(seen.principal).toBe('same')
      expect(seen.bindings.get(t.binding(1).id)?.state).toBe('present')
      await changeOne(t.cloud, lane, { do: 'put', binding: t.binding(2) }, freeGuard())
      await changeOne(t.cloud, lane, { do: 'remove', binding: t.binding(1) }, freeGuard())
      expect([t.usable(t.binding(1)), t.usable(t.binding(2))]).toEqual([false, true])
    })

    test("what is another principal's than the lane's is neither put nor removed", async () => {
      if (t.lane.cloud !== 'aws') throw new Error('This is about users of IAM')
      const { principal } = t.lane
      const lane = { ...t.lane, principal: { ...principal, userId: `${principal.userId}X` } }
      const writes = t.writes()
      for (const act of ['put', 'remove'] as const) {
        const change = changeOne(t.cloud, lane, { do: act, binding: t.binding(1) }, freeGuard())
        expect(await kindOfFailure(change)).toBe('invalid')
      }
      expect(t.writes()).toBe(writes)
    })

    test('one more than the cloud takes is a matter of quota, and leaves the others', async () => {
      const all = Array.from({ length: t.capacity }, (_, i) => t.binding(i + 1))
      for (const binding of all) await put(binding)
      const calls = t.writes()
      expect(await kindOfFailure(put(t.binding(t.capacity + 1)))).toBe('quota')
      expect(t.writes()).toBe(calls + 1)
      expect(all.every((binding) => t.usable(binding))).toBe(true)
    })

    test('a cloud that is throttling, or down, is a matter of time', async () => {
      t.throttleOnce()
      expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
      t.failOnce()
      expect(await kindOfFailure(observe(t.binding(1)))).toBe('transient')
      expect(await kindOfFailure(put(t.binding(1)))).toBe('none')
    })

    test('a write that was carried out and not acknowledged is found, and can be repeated', async () => {
      t.writeThenFailOnce()
      expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
      expect(await stateOf(t.binding(1))).toBe('present')
      expect(await kindOfFailure(put(t.binding(1)))).toBe('none')
      t.writeThenFailOnce()
      expect(await kindOfFailure(remove(t.binding(1)))).toBe('transient')
      expect(await kindOfFailure(remove(t.binding(1)))).toBe('none')
      expect(await stateOf(t.binding(1))).toBe('absent')
    })

    test('nothing leaves once the claim is over', async () => {
      const calls = t.calls()
      expect(await kindOfFailure(put(t.binding(1), guardFor(0)))).toBe('transient')
      const aborted = { ...freeGuard(), signal: AbortSignal.abort() }
      expect(await kindOfFailure(put(t.binding(1), aborted))).toBe('transient')
      expect(await kindOfFailure(t.cloud.observe(t.lane, [], guardFor(0)))).toBe('transient')
      expect(t.calls()).toBe(calls)
    })

    test('each request asks for itself whether it may still leave', async () => {
      await put(t.binding(1))
      const free = t.calls()
      await remove(t.binding(1))
      const requests = t.calls() - free
      await put(t.binding(1))
      for (let allowed = 0; allowed < requests; allowed += 1) {
        const before = { calls: t.calls(), writes: t.writes() }
        expect(await kindOfFailure(remove(t.binding(1), guardFor(allowed)))).toBe('transient')
        expect(t.calls() - before.calls).toBe(allowed)
        expect(t.writes()).toBe(before.writes)
      }
      expect(t.usable(t.binding(1))).toBe(true)
    })

    test("evidence carries the cloud's own time and a name to look it up by", async () => {
      t.advance(365 * 24 * 3_600_000)
      const seen = await observe(t.binding(1))
      const { evidence } = await put(t.binding(1)).then((e) => ({ evidence: e }))
      const removed = await remove(t.binding(1))
      for (const e of [
        seen.evidence,
        evidence,
        removed,
        seen.bindings.get(t.binding(1).id)?.evidence,
      ]) {
        expect(e?.cloudAt).toBe(t.now())
        expect(e?.requestId).toMatch(/./)
      }
    })
  })
}

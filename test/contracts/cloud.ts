// What every cloud and its simulated twin must do alike, in each mode. A cloud's own tests call `cloudContract` with a way to set one up.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isSelfExpiring } from '../../src/domain/lanes/modes.ts'
import type { Binding, Change, Observation } from '../../src/domain/lanes/types.ts'
import { testUnderFaults } from './cloud-faults.ts'
import {
  changeOne,
  freeGuard,
  guardFor,
  kindOfFailure,
  someOf,
  type CloudUnderTest,
} from './cloud-under-test.ts'

export function cloudContract(name: string, setUp: () => Promise<CloudUnderTest>): void {
  describe(`${name}: the contract of a cloud`, () => {
    let t: CloudUnderTest
    beforeEach(async () => {
      t = await setUp()
    })
    afterEach(() => t.close())
    testUnderFaults(() => t)

    const put = (binding: Binding, guard = freeGuard()) =>
      changeOne(t.cloud, t.lane, { do: 'put', binding }, guard)
    const remove = (binding: Binding, guard = freeGuard()) =>
      changeOne(t.cloud, t.lane, { do: 'remove', binding }, guard)
    const observe = (...bindings: Binding[]): Promise<Observation> =>
      t.cloud.observe(t.lane, bindings, freeGuard())
    /** As many bindings as there are, up to `n`. */
    const some = (n = 2): readonly Binding[] => someOf(t, n)
    const stateOf = async (binding: Binding) =>
      (await observe(binding)).bindings.get(binding.id)?.state

    test('what was never put is absent', async () => {
      expect(await stateOf(t.binding(1))).toBe('absent')
      expect(t.usable(t.binding(1))).toBe(false)
    })

    test('what is put is present and can be used, and nothing else is', async () => {
      await put(t.binding(1))
      const seen = await observe(...some())
      expect(seen.principal).toBe('same')
      expect([...seen.bindings].map(([id, b]) => [id, b.state])).toEqual(
        some().map(({ id }, index) => [id, index === 0 ? 'present' : 'absent']),
      )
      expect(some().map((binding) => t.usable(binding))).toEqual(
        some().map((_, index) => index === 0),
      )
    })

    test('to put it twice is the same as once', async () => {
      await put(t.binding(1))
      await put(t.binding(1))
      expect(await stateOf(t.binding(1))).toBe('present')
      await remove(t.binding(1))
      expect(t.usable(t.binding(1))).toBe(false)
    })

    test('what is removed is absent, and to remove it again is a success', async () => {
      for (const binding of some()) await put(binding)
      await remove(t.binding(1))
      expect(await stateOf(t.binding(1))).toBe('absent')
      await remove(t.binding(1))
      expect(some().map((binding) => t.usable(binding))).toEqual(
        some().map((_, index) => index > 0),
      )
    })

    test('the cloud itself ends it, where it can: usable from its start and not from its end on', async () => {
      const binding = t.binding(1)
      await put(binding)
      t.advance(binding.endsAt - t.now() - 1000)
      expect(t.usable(binding)).toBe(true)
      t.advance(1000)
      expect(t.usable(binding)).toBe(!isSelfExpiring(binding.role))
      expect(isSelfExpiring(binding.role) || (await stateOf(binding)) === 'present').toBe(true)
    })

    test('to put it with a later end replaces it', async () => {
      const first = t.binding(1)
      const extended = { ...first, endsAt: first.endsAt + 60_000 }
      const otherwise = isSelfExpiring(first.role) ? 'different' : 'present'
      await put(first)
      expect(await stateOf(extended)).toBe(otherwise)
      await put(extended)
      expect([await stateOf(extended), await stateOf(first)]).toEqual(['present', otherwise])
      t.advance(first.endsAt - t.now())
      expect(t.usable(extended)).toBe(true)
    })

    test('what somebody changed is different, and what somebody took away is absent', async () => {
      await put(t.binding(1))
      t.tamper?.(t.binding(1))
      expect(await stateOf(t.binding(1))).toBe(t.tamper === undefined ? 'present' : 'different')
      if (t.tamper !== undefined) await put(t.binding(1))
      expect(await stateOf(t.binding(1))).toBe('present')
      t.takeAway(t.binding(1))
      expect(await stateOf(t.binding(1))).toBe('absent')
    })

    test("others' access stays as they left it", async () => {
      t.putForeign()
      const before = t.foreign()
      for (const binding of some()) await put(binding)
      expect(t.foreign()).toEqual(before)
      for (const binding of some()) await remove(binding)
      expect(t.foreign()).toEqual(before)
      expect(t.foreignTouched()).toEqual([])
    })

    test('all that is asked for at once is told of, whatever comes of each', async () => {
      const all = some(t.cloud.changesAtOnce)
      const puts = all.map((binding): Change => ({ do: 'put', binding }))
      const applied = await t.cloud.apply(t.lane, puts, freeGuard())
      expect([...applied.keys()].toSorted()).toEqual(all.map(({ id }) => id).toSorted())
      expect([...applied.values()].every(({ ok }) => ok)).toBe(true)
      expect(all.every((binding) => t.usable(binding))).toBe(true)
    })

    test('whoever took the name of the principal gets nothing', async () => {
      const { names } = t
      if (names === undefined) return
      await put(t.binding(1))
      names.replacePrincipal()
      await isGone(names)
    })

    test('nothing is put on a principal that is gone, nor said to be removed from it', async () => {
      const { names } = t
      if (names === undefined) return
      await put(t.binding(1))
      names.removePrincipal()
      await isGone(names)
    })

    const isGone = async ({ outlived }: NonNullable<CloudUnderTest['names']>) => {
      const writes = t.writes()
      expect(await kindOfFailure(put(t.binding(2)))).toBe('missing')
      expect(t.writes()).toBe(writes)
      expect(t.usable(t.binding(1))).toBe(false)
      const seen = await observe(t.binding(1))
      expect(seen.principal).toBe('deleted')
      const state = seen.bindings.get(t.binding(1).id)?.state
      expect(state).toBe(outlived === true ? 'different' : 'absent')
      const removal = await kindOfFailure(remove(t.binding(1)))
      expect(removal).toBe(outlived === true ? 'none' : 'missing')
      expect(await stateOf(t.binding(1))).toBe('absent')
    }

    test('a principal that is renamed keeps its bindings, which are reached by either name', async () => {
      const { names } = t
      if (names === undefined) return
      await put(t.binding(1))
      const renamed = names.renamePrincipal()
      for (const lane of [t.lane, renamed]) {
        const seen = await t.cloud.observe(lane, [t.binding(1)], freeGuard())
        expect(seen.principal).toBe('same')
        expect(seen.bindings.get(t.binding(1).id)?.state).toBe('present')
        await changeOne(t.cloud, lane, { do: 'put', binding: t.binding(2) }, freeGuard())
        await changeOne(t.cloud, lane, { do: 'remove', binding: t.binding(1) }, freeGuard())
        expect([t.usable(t.binding(1)), t.usable(t.binding(2))]).toEqual([false, true])
        await changeOne(t.cloud, lane, { do: 'put', binding: t.binding(1) }, freeGuard())
      }
    })

    test("what is another principal's than the lane's is neither put nor removed", async () => {
      const { names } = t
      if (names === undefined) return
      const lane = names.ofAnother()
      const writes = t.writes()
      for (const act of ['put', 'remove'] as const) {
        const change = changeOne(t.cloud, lane, { do: act, binding: t.binding(1) }, freeGuard())
        expect(await kindOfFailure(change)).toBe('invalid')
      }
      expect(t.writes()).toBe(writes)
    })

    test('one more than the cloud takes is a matter of quota, and leaves the others', async () => {
      const { capacity } = t
      if (capacity === undefined) return
      const all = Array.from({ length: capacity }, (_, i) => t.binding(i + 1))
      for (const binding of all) await put(binding)
      const calls = t.writes()
      expect(await kindOfFailure(put(t.binding(capacity + 1)))).toBe('quota')
      expect(t.writes() - calls).toBeLessThanOrEqual(1)
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
      // From the write on it may have been carried out, whatever is asked after it.
      const requests = t.calls() - free - (t.followUps ?? 0)
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
      // Clouds may refuse what is over before it begins.
      const binding = { ...t.binding(1), startsAt: t.now(), endsAt: t.now() + 3_600_000 }
      const seen = await observe(binding)
      const { evidence } = await put(binding).then((e) => ({ evidence: e }))
      const removed = await remove(binding)
      for (const e of [seen.evidence, evidence, removed, seen.bindings.get(binding.id)?.evidence]) {
        expect(e?.cloudAt).toBe(t.now())
        expect(e?.requestId).toMatch(/./)
      }
    })
  })
}

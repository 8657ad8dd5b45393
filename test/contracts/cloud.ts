// What every cloud must do in each mode: in a real account as in its simulated twin, whose further tests are in twin.ts.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isSelfExpiring } from '../../src/domain/lanes/modes.ts'
import type { Binding, Change, Observation } from '../../src/domain/lanes/types.ts'
import {
  changeOne,
  freeGuard,
  guardFor,
  kindOfFailure,
  someOf,
  type CloudUnderTest,
} from './cloud-under-test.ts'
import { briefly, passTo, persist, shows } from './waiting.ts'

/** `more` adds tests of the same set-up. */
export function cloudContract<T extends CloudUnderTest>(
  name: string,
  setUp: () => Promise<T>,
  more: (current: () => T) => void = () => undefined,
): void {
  describe(`${name}: the contract of a cloud`, () => {
    let t: T
    beforeEach(async () => {
      t = await setUp()
    })
    afterEach(() => t.close())
    more(() => t)

    const put = (binding: Binding, guard = freeGuard()) =>
      persist(t, () => changeOne(t.cloud, t.lane, { do: 'put', binding }, guard))
    const remove = (binding: Binding, guard = freeGuard()) =>
      persist(t, () => changeOne(t.cloud, t.lane, { do: 'remove', binding }, guard))
    const observe = (...bindings: Binding[]): Promise<Observation> =>
      t.cloud.observe(t.lane, bindings, freeGuard())
    /** As many bindings as there are, up to `n`. */
    const some = (n = 2): readonly Binding[] => someOf(t, n)
    const stateOf = async (binding: Binding) =>
      (await observe(binding)).bindings.get(binding.id)?.state
    const statesOf = (bindings: readonly Binding[]) => async () => {
      const seen = await observe(...bindings)
      expect(seen.principal).toBe('same')
      return [...seen.bindings].map(([id, { state }]) => [id, state])
    }
    const areUsable = (bindings: readonly Binding[]) => async () => {
      const answers: boolean[] = []
      for (const binding of bindings) answers.push(await t.usable(binding))
      return answers
    }
    const showsState = (binding: Binding, state: string) =>
      shows<string | undefined>(t, () => stateOf(binding), state)
    const showsUsable = (binding: Binding, wanted: boolean) =>
      shows(t, () => t.usable(binding), wanted)

    test('what was never put is absent', async () => {
      await showsState(t.binding(1), 'absent')
      await showsUsable(t.binding(1), false)
    })

    test('what is put is present and can be used, and nothing else is', async () => {
      await put(t.binding(1))
      await shows(
        t,
        statesOf(some()),
        some().map(({ id }, index) => [id, index === 0 ? 'present' : 'absent']),
      )
      await shows(
        t,
        areUsable(some()),
        some().map((_, index) => index === 0),
      )
    })

    test('to put it twice is the same as once', async () => {
      await put(t.binding(1))
      await put(t.binding(1))
      await showsState(t.binding(1), 'present')
      await remove(t.binding(1))
      await showsUsable(t.binding(1), false)
    })

    test('what is removed is absent, and to remove it again is a success', async () => {
      for (const binding of some()) await put(binding)
      await remove(t.binding(1))
      await showsState(t.binding(1), 'absent')
      await remove(t.binding(1))
      await shows(
        t,
        areUsable(some()),
        some().map((_, index) => index > 0),
      )
    })

    test('the cloud itself ends it, where it can: usable from its start and not from its end on', async () => {
      const binding = briefly(t, t.binding(1))
      await put(binding)
      await passTo(t, binding.endsAt - (t.lags === undefined ? 1000 : t.lags.windowMs / 2))
      await showsUsable(binding, true)
      await passTo(t, binding.endsAt)
      await showsUsable(binding, !isSelfExpiring(binding.role))
      if (!isSelfExpiring(binding.role)) await showsState(binding, 'present')
    })

    test('to put it with a later end replaces it', async () => {
      const first = briefly(t, t.binding(1))
      const extended = { ...first, endsAt: first.endsAt + (t.lags?.windowMs ?? 60_000) }
      const otherwise = isSelfExpiring(first.role) ? 'different' : 'present'
      await put(first)
      await showsState(extended, otherwise)
      await put(extended)
      await showsState(extended, 'present')
      await showsState(first, otherwise)
      await passTo(t, first.endsAt)
      await showsUsable(extended, true)
    })

    test('what somebody changed is different, and what somebody took away is absent', async () => {
      await put(t.binding(1))
      await showsState(t.binding(1), 'present')
      await t.tamper?.(t.binding(1))
      await showsState(t.binding(1), t.tamper === undefined ? 'present' : 'different')
      if (t.tamper !== undefined) await put(t.binding(1))
      await showsState(t.binding(1), 'present')
      await t.takeAway(t.binding(1))
      await showsState(t.binding(1), 'absent')
    })

    test("others' access stays as they left it", async () => {
      await t.putForeign()
      const before = await t.foreign()
      for (const binding of some()) await put(binding)
      await shows(t, () => t.foreign(), before)
      for (const binding of some()) await remove(binding)
      await shows(t, () => t.foreign(), before)
      expect(t.foreignTouched?.() ?? []).toEqual([])
    })

    test('all that is asked for at once is told of, whatever comes of each', async () => {
      const all = some(t.cloud.changesAtOnce)
      const puts = all.map((binding): Change => ({ do: 'put', binding }))
      const told = async () => {
        const applied = await t.cloud.apply(t.lane, puts, freeGuard())
        return all.map(({ id }) => [applied.size, applied.get(id)?.ok])
      }
      await shows(
        t,
        told,
        all.map(() => [all.length, true]),
      )
      await shows(
        t,
        areUsable(all),
        all.map(() => true),
      )
    })

    test('nothing leaves once the claim is over', async () => {
      const change: Change = { do: 'put', binding: t.binding(1) }
      const putBy = (guard: ReturnType<typeof freeGuard>) =>
        kindOfFailure(changeOne(t.cloud, t.lane, change, guard))
      // A real cloud is signed in to first.
      await persist(t, () => observe(t.binding(1)))
      const calls = t.calls()
      expect(await putBy(guardFor(0))).toBe('transient')
      expect(await putBy({ ...freeGuard(), signal: AbortSignal.abort() })).toBe('transient')
      expect(await kindOfFailure(t.cloud.observe(t.lane, [], guardFor(0)))).toBe('transient')
      expect(t.calls()).toBe(calls)
    })

    test("evidence carries the cloud's own time and a name to look it up by", async () => {
      t.advance?.(365 * 24 * 3_600_000)
      // Clouds may refuse what is over before it begins.
      const binding = { ...t.binding(1), startsAt: t.now(), endsAt: t.now() + 3_600_000 }
      const near = t.lags?.clockMs ?? 0
      const expectNow = (e: { cloudAt: number; requestId: string | undefined } | undefined) => {
        expect(Math.abs((e?.cloudAt ?? 0) - t.now())).toBeLessThanOrEqual(near)
        expect(e?.requestId).toMatch(/./)
      }
      const seen = await persist(t, () => observe(binding))
      expectNow(seen.evidence)
      expectNow(seen.bindings.get(binding.id)?.evidence)
      expectNow(await put(binding))
      expectNow(await remove(binding))
    })
  })
}

// What a simulated cloud must do alike besides the contract of every cloud: what only a twin can be put through.
import { expect, test } from 'vitest'
import type { Binding } from '../../src/domain/lanes/types.ts'
import { cloudContract } from './cloud.ts'
import { testUnderFaults, underFaults } from './cloud-faults.ts'
import {
  changeOne,
  freeGuard,
  guardFor,
  kindOfFailure,
  type TwinUnderTest,
} from './cloud-under-test.ts'

type TwinTest = (t: TwinUnderTest) => Promise<void>

const put = (t: TwinUnderTest, binding: Binding, guard = freeGuard()) =>
  changeOne(t.cloud, t.lane, { do: 'put', binding }, guard)
const remove = (t: TwinUnderTest, binding: Binding, guard = freeGuard()) =>
  changeOne(t.cloud, t.lane, { do: 'remove', binding }, guard)
const observe = (t: TwinUnderTest, binding: Binding) =>
  t.cloud.observe(t.lane, [binding], freeGuard())
const stateOf = async (t: TwinUnderTest, binding: Binding) =>
  (await observe(t, binding)).bindings.get(binding.id)?.state

const isGone = async (
  t: TwinUnderTest,
  { outlived }: NonNullable<TwinUnderTest['names']>,
): Promise<void> => {
  const writes = t.writes()
  expect(await kindOfFailure(put(t, t.binding(2)))).toBe('missing')
  expect(t.writes()).toBe(writes)
  expect(t.usable(t.binding(1))).toBe(false)
  const seen = await observe(t, t.binding(1))
  expect(seen.principal).toBe('deleted')
  const state = seen.bindings.get(t.binding(1).id)?.state
  expect(state).toBe(outlived === true ? 'different' : 'absent')
  const removal = await kindOfFailure(remove(t, t.binding(1)))
  expect(removal).toBe(outlived === true ? 'none' : 'missing')
  expect(await stateOf(t, t.binding(1))).toBe('absent')
}

const twinTests: Readonly<Record<string, TwinTest>> = {
  'whoever took the name of the principal gets nothing': async (t) => {
    const { names } = t
    if (names === undefined) return
    await put(t, t.binding(1))
    names.replacePrincipal()
    await isGone(t, names)
  },

  'nothing is put on a principal that is gone, nor said to be removed from it': async (t) => {
    const { names } = t
    if (names === undefined) return
    await put(t, t.binding(1))
    names.removePrincipal()
    await isGone(t, names)
  },

  'a principal that is renamed keeps its bindings, which are reached by either name': async (t) => {
    const { names } = t
    if (names === undefined) return
    await put(t, t.binding(1))
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
  },

  "what is another principal's than the lane's is neither put nor removed": async (t) => {
    const { names } = t
    if (names === undefined) return
    const lane = names.ofAnother()
    const writes = t.writes()
    for (const act of ['put', 'remove'] as const) {
      const change = changeOne(t.cloud, lane, { do: act, binding: t.binding(1) }, freeGuard())
      expect(await kindOfFailure(change)).toBe('invalid')
    }
    expect(t.writes()).toBe(writes)
  },

  'one more than the cloud takes is a matter of quota, and leaves the others': async (t) => {
    const { capacity } = t
    if (capacity === undefined) return
    const all = Array.from({ length: capacity }, (_, i) => t.binding(i + 1))
    for (const binding of all) await put(t, binding)
    const calls = t.writes()
    expect(await kindOfFailure(put(t, t.binding(capacity + 1)))).toBe('quota')
    expect(t.writes() - calls).toBeLessThanOrEqual(1)
    expect(all.every((binding) => t.usable(binding))).toBe(true)
  },

  'a look that fails for a moment is made again at once': async (t) => {
    t.failOnce()
    expect(await kindOfFailure(observe(t, t.binding(1)))).toBe('none')
  },

  'a cloud that is throttling, or down, is a matter of time': async (t) => {
    const throttled = t.whileThrottling(() => kindOfFailure(put(t, t.binding(1))))
    expect(await throttled).toBe('transient')
    const down = t.whileDown(() => kindOfFailure(observe(t, t.binding(1))))
    expect(await down).toBe('transient')
    expect(await kindOfFailure(put(t, t.binding(1)))).toBe('none')
  },

  'a write that was carried out and not acknowledged is found, and can be repeated': async (t) => {
    t.writeThenFailOnce()
    expect(await kindOfFailure(put(t, t.binding(1)))).toBe('transient')
    expect(await stateOf(t, t.binding(1))).toBe('present')
    expect(await kindOfFailure(put(t, t.binding(1)))).toBe('none')
    t.writeThenFailOnce()
    expect(await kindOfFailure(remove(t, t.binding(1)))).toBe('transient')
    expect(await kindOfFailure(remove(t, t.binding(1)))).toBe('none')
    expect(await stateOf(t, t.binding(1))).toBe('absent')
  },

  'each request asks for itself whether it may still leave': async (t) => {
    await put(t, t.binding(1))
    const free = t.calls()
    await remove(t, t.binding(1))
    // From the write on it may have been carried out, whatever is asked after it.
    const requests = t.calls() - free - (t.followUps ?? 0)
    await put(t, t.binding(1))
    for (let allowed = 0; allowed < requests; allowed += 1) {
      const before = { calls: t.calls(), writes: t.writes() }
      expect(await kindOfFailure(remove(t, t.binding(1), guardFor(allowed)))).toBe('transient')
      expect(t.calls() - before.calls).toBe(allowed)
      expect(t.writes()).toBe(before.writes)
    }
    expect(t.usable(t.binding(1))).toBe(true)
  },
}

/** The tests that a real account is spared, by their titles. */
export const onlyInTwins: readonly string[] = [...Object.keys(twinTests), underFaults]

export const twinContract = (name: string, setUp: () => Promise<TwinUnderTest>): void =>
  cloudContract(name, setUp, (current) => {
    test.each(Object.entries(twinTests))('%s', (_title, run) => run(current()))
    testUnderFaults(current)
  })

// A cloud in which three of ten calls go wrong: what is wanted is reached all the same, and nothing else is touched.
import { expect, test } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import type { Binding, Change } from '../../src/domain/lanes/types.ts'
import { freeGuard, someOf, type TwinUnderTest } from './cloud-under-test.ts'

export const underFaults = 'with three of ten calls failing it gets there'
const seeds = [1, 2, 3]
const roundsMax = 60

export function testUnderFaults(current: () => TwinUnderTest): void {
  test.each(seeds)(`${underFaults}, seed %i`, async (seed) => {
    const t = current()
    t.putForeign()
    const before = t.foreign()
    t.unreliable(0.3, seed)
    const all = someOf(t)
    for (const wanted of [all, all.slice(1), all, []]) await getTo(t, all, new Set(wanted))
    t.unreliable(0, seed)
    expect(all.filter((binding) => t.usable(binding))).toEqual([])
    expect(t.foreign()).toEqual(before)
    expect(t.foreignTouched()).toEqual([])
  })
}

/** As a lane is converged, without the ledger: whatever fails is asked again, and removals whatever a read says. */
async function getTo(
  t: TwinUnderTest,
  all: readonly Binding[],
  wanted: ReadonlySet<Binding>,
): Promise<void> {
  const changes = all.map((binding): Change => ({
    do: wanted.has(binding) ? 'put' : 'remove',
    binding,
  }))
  for (let round = 0; round < roundsMax; round += 1) {
    await applyAll(t, changes)
    const seen = await t.cloud.observe(t.lane, all, freeGuard()).catch(onlyInTime)
    const isThere = all.every((binding) => t.usable(binding) === wanted.has(binding))
    const isSeen = all.every(
      (binding) => (seen?.bindings.get(binding.id)?.state === 'present') === wanted.has(binding),
    )
    if (seen !== undefined && isThere && isSeen) return
  }
  throw new Error(`It did not get there in ${roundsMax} rounds`)
}

async function applyAll({ cloud, lane }: TwinUnderTest, changes: readonly Change[]) {
  for (let from = 0; from < changes.length; from += cloud.changesAtOnce) {
    const batch = changes.slice(from, from + cloud.changesAtOnce)
    const applied = await cloud.apply(lane, batch, freeGuard()).catch(onlyInTime)
    for (const each of applied?.values() ?? []) if (!each.ok) onlyInTime(each.error)
  }
}

/** What is not a matter of time is a fault of the adapter. */
function onlyInTime(error: unknown): undefined {
  if (error instanceof CloudError && ['transient', 'conflict'].includes(error.kind))
    return undefined
  throw error
}

// Changes of one scope: one look for all of them, then each by itself, some at a time.
import { outcomeOf } from '../../domain/lanes/outcome-of.ts'
import type { Applied, BindingId, Change, Evidence, LaneOf } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AzureApi } from './api.ts'
import { lookAtAssignments, putAssignment, removeAssignment } from './assignments.ts'
import { putPim, removePim } from './pim-change.ts'
import { lookAtPim } from './pim-look.ts'
import { wantedOf } from './wanted.ts'

export interface Context {
  readonly api: AzureApi
  readonly instance: string
  readonly lagMs: number
  readonly pollWaitsMs: readonly number[] | undefined
}

/** How many requests are under way at once: Azure counts writes by the second. */
const sideBySide = 8

export async function applyChanges(
  context: Context,
  lane: LaneOf<'azure'>,
  changes: readonly Change[],
  guard: CallGuard,
): Promise<ReadonlyMap<BindingId, Applied>> {
  const place = { ...context, scope: lane.scope }
  const assignments = once(() => lookAtAssignments(place, guard))
  const pim = once(() => lookAtPim(place, guard))
  const carryOut = async ({ do: act, binding }: Change): Promise<Evidence> => {
    const wanted = wantedOf(binding, lane)
    if (wanted.mode === 'pim') {
      const about = { look: await pim(), wanted }
      return (act === 'put' ? putPim : removePim)(context, about, guard)
    }
    return act === 'put'
      ? putAssignment(await assignments(), wanted, guard)
      : removeAssignment(context, wanted, guard)
  }
  const applied = new Map<BindingId, Applied>()
  await someAtATime(changes, async (change) => {
    applied.set(
      change.binding.id,
      await outcomeOf(carryOut(change).then((evidence) => ({ evidence }))),
    )
  })
  return applied
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

async function someAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>) {
  const left = [...items]
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: sideBySide }, worker))
}

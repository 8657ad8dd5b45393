import type {
  Binding,
  BindingId,
  LaneOf,
  Observation,
  ObservedBinding,
} from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { byTitle, givenIn, stateOf } from './policy.ts'
import type { PolicyCalls } from './policy-calls.ts'

/** One read of a resource's policy. NB: nobody is looked up: whoever was deleted shows in the bindings alone, as `different`. */
export async function observeLane(
  calls: PolicyCalls,
  { resource }: LaneOf<'gcp'>,
  bindings: readonly Binding[],
  guard: CallGuard,
): Promise<Observation> {
  const { value: policy, evidence } = await calls.read(resource, guard)
  const found = byTitle(policy)
  const observed = bindings.map((binding): [BindingId, ObservedBinding] => {
    const state = stateOf(givenIn(resource, binding), found.get(binding.name) ?? [])
    return [binding.id, { state, evidence }]
  })
  return { principal: 'same', bindings: new Map(observed), evidence }
}

import type {
  Binding,
  BindingId,
  LaneOf,
  Observation,
  ObservedBinding,
} from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { documentOf, sameDocument } from './documents.ts'
import { readPrincipal, type PrincipalReading } from './principals.ts'

type Present = Exclude<PrincipalReading, { state: 'missing' }>

/**
 * NB: a policy of ours that got onto a replaced user (the user changed between our look and our write) is told as
 * `different`, so that it is removed: that principal was never meant to have it.
 */
async function observeOne(
  api: AwsApi,
  binding: Binding,
  reading: Present,
  guard: CallGuard,
): Promise<ObservedBinding> {
  const { found, evidence } = await api.getUserPolicy(reading.user.name, binding.name, guard)
  if (found === undefined) return { state: 'absent', evidence }
  const wanted = reading.state === 'same' && sameDocument(found, documentOf(binding))
  return { state: wanted ? 'present' : 'different', evidence }
}

/** One read of a user: who it is, which inline policies it has, and what is in those that are asked about. */
export async function observeLane(
  api: AwsApi,
  lane: LaneOf<'aws'>,
  bindings: readonly Binding[],
  guard: CallGuard,
): Promise<Observation> {
  const reading = await readPrincipal(api, lane.principal, guard)
  const gone = (evidence: Observation['evidence']): Observation => ({
    principal: 'missing',
    bindings: new Map(bindings.map(({ id }) => [id, { state: 'absent', evidence }])),
    evidence,
  })
  if (reading.state === 'missing') return gone(reading.evidence)
  const { found: names, evidence } = await api.listUserPolicies(reading.user.name, guard)
  if (!names) return gone(evidence)

  const observed = new Map<BindingId, ObservedBinding>()
  for (const binding of bindings)
    observed.set(
      binding.id,
      names.has(binding.name)
        ? await observeOne(api, binding, reading, guard)
        : { state: 'absent', evidence },
    )
  return { principal: reading.state, bindings: observed, evidence }
}

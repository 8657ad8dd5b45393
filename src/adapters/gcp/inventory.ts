// What bears a Hallpass's mark in a policy, whether or not any lane knows it.
import { laneOf } from '../../domain/lanes/lane-of.ts'
import { endless, type Found, type Listing, type PlaceOf } from '../../domain/lanes/places.ts'
import type { GcpConditionalBinding, GcpPrincipal } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { endOf } from './condition.ts'
import { byTitle, membersOf, type GcpBinding } from './policy.ts'
import type { PolicyCalls } from './policy-calls.ts'

const marked = /^hallpass-(?<instance>[a-z0-9]+)-(?<grant>[A-Za-z0-9]+)(-\d+)?$/

export async function listPlace(
  calls: PolicyCalls,
  { resource }: PlaceOf<'gcp'>,
  guard: CallGuard,
): Promise<Listing> {
  const { value: policy, evidence } = await calls.read(resource, guard)
  const found = [...byTitle(policy)].flatMap(([title, same]) => foundOf(resource, title, same))
  return { found, evidence }
}

/** NB: one for all that bears the same title: to remove it removes them all. */
function foundOf(resource: string, name: string, same: readonly GcpBinding[]): readonly Found[] {
  const groups = marked.exec(name)?.groups
  const [instance, grant] = [groups?.['instance'], groups?.['grant']]
  if (instance === undefined || grant === undefined) return []
  const role: GcpConditionalBinding = {
    cloud: 'gcp',
    mode: 'conditional-binding',
    resource,
    role: same[0]?.role ?? '',
    only: undefined,
  }
  const principal: GcpPrincipal = { cloud: 'gcp', member: same.flatMap(membersOf)[0] ?? '' }
  const lane = laneOf({ role, principal })
  const ends = same.map((it) => endOf(it.condition?.expression ?? '') ?? endless)
  const binding = {
    id: name,
    laneId: lane.id,
    name,
    sessionName: `hallpass-${grant}`,
    principal,
    role,
    startsAt: 0,
    endsAt: Math.max(...ends),
    residualSeconds: 0,
  }
  return [{ kind: 'marked', instance, binding, lane }]
}

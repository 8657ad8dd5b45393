// One resource's whole IAM policy as it is decoded, and which of its bindings bear our names.
import type { protos } from '@google-cloud/resource-manager'
import { CloudError } from '../../domain/errors.ts'
import type {
  Binding,
  GcpConditionalBinding,
  GcpPrincipal,
  ObservedBinding,
} from '../../domain/lanes/types.ts'
import { conditionOf } from './condition.ts'

export type GcpPolicy = protos.google.iam.v1.IPolicy
export type GcpBinding = protos.google.iam.v1.IBinding

export const bindingsIn = (policy: GcpPolicy): readonly GcpBinding[] => policy.bindings ?? []
export const membersOf = (binding: GcpBinding): readonly string[] => binding.members ?? []
export const titleOf = (binding: GcpBinding): string => binding.condition?.title ?? ''

/** A binding of a lane of Google's, with the narrower types of its parts. */
export interface Given {
  readonly binding: Binding
  readonly role: GcpConditionalBinding
  readonly principal: GcpPrincipal
}

/** Throws CloudError('invalid') for what is not of this lane: another policy is another lane's to write. */
export function givenIn(resource: string, binding: Binding): Given {
  const { role, principal } = binding
  if (role.cloud === 'gcp' && principal.cloud === 'gcp' && role.resource === resource)
    return { binding, role, principal }
  throw new CloudError('invalid', `Google Cloud: ${binding.name} does not belong to ${resource}`)
}

/** NB: one member, whose title is the binding's name: Google merges bindings of the same role and condition. */
export const wantedOf = ({ binding, role, principal }: Given): GcpBinding => ({
  role: role.role,
  members: [principal.member],
  condition: { ...conditionOf(binding, role), location: '' },
})

/** Google keeps addresses in lower case. */
export const sameMember = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** How Google calls somebody whose account was deleted, wherever they stood: the address may be another's by now. */
export const isDeletedFormOf = (member: string, of: string): boolean =>
  member.toLowerCase().startsWith(`deleted:${of.toLowerCase()}?uid=`)

/** Whether it gives just what is wanted. Its description gives nothing. */
function gives(found: GcpBinding, wanted: GcpBinding): boolean {
  const [member, ...more] = membersOf(found)
  return (
    found.role === wanted.role &&
    found.condition?.expression === wanted.condition?.expression &&
    more.length === 0 &&
    sameMember(member ?? '', membersOf(wanted)[0] ?? '')
  )
}

/** NB: whatever bears our name counts, also under another role: what somebody put under our title is not left behind. */
export function stateOf(given: Given, found: readonly GcpBinding[]): ObservedBinding['state'] {
  const [first, ...more] = found
  if (first === undefined) return 'absent'
  return more.length === 0 && gives(first, wantedOf(given)) ? 'present' : 'different'
}

export function byTitle(policy: GcpPolicy): ReadonlyMap<string, readonly GcpBinding[]> {
  const found = new Map<string, GcpBinding[]>()
  for (const binding of bindingsIn(policy)) {
    const title = titleOf(binding)
    const same = found.get(title)
    if (same) same.push(binding)
    else found.set(title, [binding])
  }
  return found
}

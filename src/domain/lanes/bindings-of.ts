import type { GrantId, Offer } from '../grants/types.ts'
import { floorToSecond, type Instant } from '../time.ts'
import type { AwsRolePerGrant, CloudRole, Principal } from './clouds.ts'
import { laneOf } from './lane-of.ts'
import { residualSecondsOf } from './modes.ts'
import { principalId } from './principals.ts'
import type { Binding, BindingId } from './types.ts'

/** The ids of the bindings an offer brings, in its order; known before it is approved. */
export const bindingIdsOf = (
  offer: Pick<Offer, 'bindings'>,
  grantId: GrantId,
  instance: string,
): readonly BindingId[] =>
  offer.bindings.map(
    ({ role, principal }, index) =>
      sharedIdOf(role, principal) ?? bindingName(grantId, instance, index),
  )

/** The bindings an approved offer brings, with the window that the cloud itself enforces where it can. */
export const bindingsOf = (
  offer: Pick<Offer, 'bindings' | 'residualSeconds'>,
  grantId: GrantId,
  instance: string,
  approvedAt: Instant,
  endsAt: Instant,
): readonly Binding[] =>
  offer.bindings.map(({ role, principal }, index) => {
    const shared = sharedIdOf(role, principal)
    const id = shared ?? bindingName(grantId, instance, index)
    return {
      id,
      laneId: laneOf({ role, principal }).id,
      name: id,
      sessionName: sessionNameOf(grantId),
      principal,
      role,
      // Clouds compare whole seconds: rounding up would shut the recipient out for a moment.
      startsAt: floorToSecond(approvedAt),
      endsAt: floorToSecond(endsAt),
      residualSeconds: residualSecondsOf(role, offer.residualSeconds),
    }
  })

/** What mode A pins: the cloud's trail then names the grant. */
export const sessionNameOf = (grantId: GrantId): string => `hallpass-${grantId}`

/** The role that is made for one binding of mode C, in the partition that its policies are of. */
export const madeRoleArn = ({ account, policies }: AwsRolePerGrant, name: string): string =>
  `arn:${policies[0]?.split(':')[1] ?? 'aws'}:iam::${account}:role/hallpass/${name}`

/**
 * The id of what the cloud keeps once, whoever asked for it: several grants may hold it. Undefined where each grant has
 * its own.
 */
export function sharedIdOf(role: CloudRole, principal: Principal): BindingId | undefined {
  const lane = laneOf({ role, principal }).id
  switch (role.mode) {
    // NB: to IAM names are the same whatever their case, and a parameter's value may come in any.
    case 'group':
      return `${lane}/group/${role.group.toLowerCase()}`
    case 'managed-policy':
      return `${lane}/policy/${role.policyArn.toLowerCase()}`
    case 'account-assignment':
      return lane
    case 'assignment':
    case 'by-licence':
      return `${lane}/role/${role.roleId ?? role.role}/${principalId(principal)}`
    // NB: Azure keeps one schedule for each role of each person at a scope, and refuses another one.
    case 'pim':
      return `${lane}/pim/${role.roleId ?? role.role}/${principalId(principal)}`
    case 'assume-role':
    case 'inline-permissions':
    case 'role-per-grant':
    case 'conditional-binding':
      return undefined
    default:
      return role satisfies never
  }
}

/** In most clouds a name or a title is the only mark it can carry, so it serves as the id too. */
const bindingName = (grantId: GrantId, instance: string, index: number): string =>
  `hallpass-${instance}-${grantId}${index === 0 ? '' : `-${index + 1}`}`

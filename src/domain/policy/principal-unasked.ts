// Who somebody is in a cloud that does not answer, as far as the policy's map and what was offered before tell it.
import type { AzureRoleAssignment, CloudRole, Principal } from '../lanes/types.ts'
import { canonicalJson } from '../log/canonical.ts'
import type { Offer } from '../grants/types.ts'
import type { Identity } from './types.ts'

type Offered = Offer['bindings'][number]

export interface Unasked {
  readonly principal: Principal
  /** As the cloud would give it. */
  readonly given: CloudRole
}

/**
 * Undefined where only the cloud can tell. NB: nothing is given on this alone: whoever writes in the cloud looks there
 * first whether the id is still that person's.
 */
export function principalUnasked(
  role: CloudRole,
  identity: Identity,
  offered: readonly Offered[],
): Unasked | undefined {
  const former = offered.find((each) => isSame(each.role, role))
  switch (role.cloud) {
    case 'aws': {
      const entry = identity.aws.find(({ account }) => account === role.account)
      if (entry === undefined) return undefined
      const { account, user, id } = entry
      const before = former?.principal
      if (before?.cloud === 'aws' && names(entry, before)) return { principal: before, given: role }
      if (id === undefined) return undefined
      return { principal: { cloud: 'aws', account, userName: user, userId: id }, given: role }
    }
    case 'identity-center': {
      const before = former?.principal
      const entry = identity.identityCenter
      if (entry === undefined || before?.cloud !== 'identity-center') return undefined
      return names(entry, before) ? { principal: before, given: role } : undefined
    }
    case 'gcp':
      return identity.gcp === undefined
        ? undefined
        : { principal: { cloud: 'gcp', member: `user:${identity.gcp.email}` }, given: role }
    case 'azure': {
      const given = former?.role ?? role
      if (identity.azure === undefined || !isSettled(given)) return undefined
      return { principal: { cloud: 'azure', ...identity.azure }, given }
    }
    default:
      return role satisfies never
  }
}

/** An id that is written out has to be theirs; without one the name has. */
const names = (
  { user, id }: { readonly user: string; readonly id: string | undefined },
  { userName, userId }: { readonly userName: string; readonly userId: string },
): boolean => (id === undefined ? user.toLowerCase() === userName.toLowerCase() : id === userId)

const isSettled = (role: CloudRole): boolean =>
  role.cloud !== 'azure' || (role.mode !== 'by-licence' && role.roleId !== undefined)

/** However it was written down: what was offered is what is asked for, where it settles what the policy leaves open too. */
const isSame = (offered: CloudRole, role: CloudRole): boolean =>
  canonicalJson({ role: offered }) === canonicalJson({ role }) ||
  (offered.cloud === 'azure' && role.cloud === 'azure' && settles(offered, role))

const settles = (offered: AzureRoleAssignment, role: AzureRoleAssignment): boolean =>
  offered.scope === role.scope &&
  offered.role.toLowerCase() === role.role.toLowerCase() &&
  (role.mode === 'by-licence' || role.mode === offered.mode) &&
  (role.roleId === undefined || role.roleId === offered.roleId)

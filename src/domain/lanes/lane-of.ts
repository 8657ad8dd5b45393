import type { Binding, Lane } from './types.ts'

/** The cloud resource that one writer at a time reads and writes for this. Throws when role and principal are of two clouds. */
export function laneOf({ role, principal }: Pick<Binding, 'role' | 'principal'>): Lane {
  if (role.cloud === 'aws' && principal.cloud === 'aws')
    return {
      id: `aws/${principal.account}/user/${principal.userId}`,
      cloud: 'aws',
      principal,
    }
  if (role.cloud === 'identity-center' && principal.cloud === 'identity-center') {
    const set = role.permissionSet.split('/').slice(1).join('/')
    return {
      id: `identity-center/${set}/${role.account}/${principal.userId}`,
      cloud: 'identity-center',
      role,
      principal,
    }
  }
  if (role.cloud === 'gcp' && principal.cloud === 'gcp')
    return { id: `gcp/${role.resource}`, cloud: 'gcp', resource: role.resource }
  if (role.cloud === 'azure' && principal.cloud === 'azure')
    return { id: `azure${role.scope}`, cloud: 'azure', scope: role.scope }
  throw new Error(`A role in ${role.cloud} cannot be given to somebody in ${principal.cloud}`)
}

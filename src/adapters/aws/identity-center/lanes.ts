// Which assignment a lane or a role is, and whether the credentials administer the instance that it is in.
import { CloudError } from '../../../domain/errors.ts'
import type { Binding, IdentityCenterAssignment, LaneOf } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import type { IdentityCenterApi } from './api.ts'
import { keyOf, type Assignment } from './assignment-calls.ts'
import type { Instance } from './directory-calls.ts'

/** A permission set's ARN names its instance. */
export const instanceArnOf = ({ permissionSet }: Pick<IdentityCenterAssignment, 'permissionSet'>) =>
  permissionSet.slice(0, permissionSet.lastIndexOf('/')).replace(':permissionSet/', ':instance/')

export const assignmentOf = (role: IdentityCenterAssignment, userId: string): Assignment => ({
  instanceArn: instanceArnOf(role),
  permissionSet: role.permissionSet,
  account: role.account,
  userId,
})

/** Throws CloudError('invalid') for what is another assignment than the lane's. */
export function assertOnLane(
  { role, principal }: LaneOf<'identity-center'>,
  binding: Pick<Binding, 'name' | 'role' | 'principal'>,
): void {
  const on = { ...role, userId: principal.userId }
  const { role: other, principal: who } = binding
  if (
    other.cloud === 'identity-center' &&
    who.cloud === 'identity-center' &&
    keyOf({ ...other, userId: who.userId }) === keyOf(on)
  )
    return
  throw new CloudError('invalid', `AWS: ${binding.name} is another assignment than its lane's`)
}

/**
 * NB: in the wrong region, or with somebody else's credentials, everything is missing, and nothing may be concluded
 * from that: before an absence is believed, the instance is looked for. Throws CloudError('denied').
 */
export async function requireInstance(
  api: IdentityCenterApi,
  instanceArn: string,
  guard: CallGuard,
): Promise<Instance> {
  const found = (await api.instances(guard)).find(({ arn }) => arn === instanceArn)
  if (found) return found
  throw new CloudError('denied', `AWS: ${noInstance(instanceArn)}`)
}

export const noInstance = (instanceArn: string): string =>
  `Hallpass's credentials do not administer the Identity Center ${instanceArn} in the region that it is set to`

export const noPermissionSet = ({ permissionSet }: Pick<Assignment, 'permissionSet'>): CloudError =>
  new CloudError('missing', `AWS: there is no permission set ${permissionSet}`)

// What IAM keeps once for a user, whoever asked for it, and without a mark: membership in a group (mode D), and a managed
// policy on the user (mode E).
import { CloudError } from '../../domain/errors.ts'
import type {
  AwsGroup,
  AwsManagedPolicy,
  AwsPrincipal,
  AwsRole,
  Binding,
  Evidence,
} from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { readPrincipal, requirePrincipal } from './principals.ts'

export type Membership = AwsGroup | AwsManagedPolicy

export const isMembership = (role: AwsRole): role is Membership =>
  role.mode === 'group' || role.mode === 'managed-policy'

/** Whether it is among those that a user has. IAM knows no two names that differ in case alone. */
export function isAmong(names: ReadonlySet<string>, role: Membership): boolean {
  const key = (role.mode === 'group' ? role.group : role.policyArn).toLowerCase()
  return [...names].some((name) => name.toLowerCase() === key)
}

const join = (api: AwsApi, role: Membership, user: string, guard: CallGuard): Promise<Evidence> =>
  role.mode === 'group'
    ? api.addToGroup(user, role.group, guard)
    : api.attachToUser(user, role.policyArn, guard)

const leave = (api: AwsApi, role: Membership, user: string, guard: CallGuard) =>
  role.mode === 'group'
    ? api.removeFromGroup(user, role.group, guard)
    : api.detachFromUser(user, role.policyArn, guard)

/**
 * NB: nothing that stands there tells whom it was meant for. Who has the name is looked at before the write and after
 * it, so that nobody keeps what a predecessor was granted.
 */
export async function putMembership(
  api: AwsApi,
  principal: AwsPrincipal,
  role: Membership,
  guard: CallGuard,
): Promise<Evidence> {
  const { user } = await requirePrincipal(api, principal, guard)
  const evidence = await join(api, role, user.name, guard)
  const { found: after } = await api.getUser(user.name, guard)
  if (after === undefined || after.userId === user.userId) return evidence
  await leave(api, role, user.name, guard)
  throw new CloudError(
    'missing',
    `AWS: the IAM user ${user.name} was replaced while they were given access: it was taken back`,
  )
}

export async function removeMembership(
  api: AwsApi,
  principal: AwsPrincipal,
  { role, binding }: { readonly role: Membership; readonly binding: Binding },
  guard: CallGuard,
): Promise<Evidence> {
  const reading = await readPrincipal(api, principal, guard)
  if (reading.state === 'same') return (await leave(api, role, reading.user.name, guard)).evidence
  throw notRemoved(binding, principal)
}

export const notRemoved = ({ name }: Binding, { account, userName }: AwsPrincipal): CloudError =>
  new CloudError(
    'missing',
    `AWS: ${name} was not removed: the user it was made for is not ${userName} any more in account ${account}`,
  )

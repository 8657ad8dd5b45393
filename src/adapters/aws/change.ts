// One change of a lane, in whichever mode.
import { CloudError } from '../../domain/errors.ts'
import { keyOfPrincipal } from '../../domain/lanes/principals.ts'
import type {
  AwsAssumeRole,
  AwsInlinePermissions,
  AwsPrincipal,
  AwsRole,
  Binding,
  Change,
  Done,
  Evidence,
  LaneOf,
} from '../../domain/lanes/types.ts'
import type { CallGuard, Log } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { documentOf } from './documents.ts'
import { putGrantedRole, removeGrantedRole } from './granted-role.ts'
import { isMembership, notRemoved, putMembership, removeMembership } from './memberships.ts'
import { readPrincipal, requirePrincipal } from './principals.ts'
import { requireShortSessions } from './roles.ts'
import { denialIn, endSessions, roleNameIn } from './sessions.ts'

type Inline = AwsAssumeRole | AwsInlinePermissions

export interface ChangeContext {
  readonly instance: string
  readonly enforcementMs: number
  readonly log: Log
}

/** NB: by the lane's name for the user: a binding keeps the one of its offer, and users are renamed. */
export async function carryOut(
  api: AwsApi,
  { principal }: LaneOf<'aws'>,
  change: Change,
  context: ChangeContext,
  guard: CallGuard,
): Promise<Done> {
  const { binding } = change
  const { role } = binding
  if (keyOfPrincipal(principal) !== keyOfPrincipal(binding.principal))
    throw new CloudError('invalid', `AWS: ${binding.name} belongs to another user than its lane`)
  if (role.cloud !== 'aws') throw new CloudError('invalid', `AWS: this is for ${role.cloud}`)
  const asked = { principal, role, binding }
  return change.do === 'put' ? put(api, asked, context, guard) : remove(api, asked, context, guard)
}

interface Asked<R = AwsRole> {
  readonly principal: AwsPrincipal
  readonly role: R
  readonly binding: Binding
}

async function put(
  api: AwsApi,
  { principal, role, binding }: Asked,
  { instance }: ChangeContext,
  guard: CallGuard,
): Promise<Done> {
  if (isMembership(role)) return { evidence: await putMembership(api, principal, role, guard) }
  if (role.mode !== 'role-per-grant')
    return { evidence: await putInline(api, principal, binding, guard) }
  const tags = { 'hallpass:instance': instance, 'hallpass:grant': grantOf(binding) }
  return { evidence: await putGrantedRole(api, { principal, role, binding, tags }, guard) }
}

const grantOf = ({ sessionName }: Binding): string => sessionName.replace(/^hallpass-/, '')

async function remove(
  api: AwsApi,
  { principal, role, binding }: Asked,
  context: ChangeContext,
  guard: CallGuard,
): Promise<Done> {
  if (isMembership(role))
    return { evidence: await removeMembership(api, principal, { role, binding }, guard) }
  if (role.mode === 'role-per-grant') {
    const asked = { account: principal.account, role, name: binding.name }
    return { evidence: await removeGrantedRole(api, asked, guard) }
  }
  if (role.mode === 'assume-role' && denialIn(binding.name) !== undefined) {
    const name = roleNameIn(role.roleArn)
    return { evidence: (await api.deleteRolePolicy(name, binding.name, guard)).evidence }
  }
  return removeInline(api, { principal, role, binding }, context, guard)
}

/** IAM addresses users by name: the id is looked at first, so that nobody gets what a predecessor was granted. */
async function putInline(
  api: AwsApi,
  principal: AwsPrincipal,
  binding: Binding,
  guard: CallGuard,
): Promise<Evidence> {
  await requireShortSessions(api, binding, guard)
  const { user } = await requirePrincipal(api, principal, guard)
  const document = documentOf(binding)
  return api.putUserPolicy({ user: user.name, policy: binding.name, document }, guard)
}

/**
 * On a user that took the name there can only be one by our name if the user changed between our look and our write:
 * it is ours by its mark, and is removed. NB: otherwise nothing was removed while nobody has the principal's id, and
 * that is said: where the users may not be listed, a renamed one keeps their policies.
 */
async function removeInline(
  api: AwsApi,
  { principal, role, binding }: Asked<Inline>,
  context: ChangeContext,
  guard: CallGuard,
): Promise<Done> {
  const reading = await readPrincipal(api, principal, guard)
  const holder = reading.state === 'same' ? reading.user : reading.namesake
  if (holder === undefined) throw notRemoved(binding, principal)
  const { found, evidence } = await api.deleteUserPolicy(holder.name, binding.name, guard)
  if (found === undefined && reading.state !== 'same') throw notRemoved(binding, principal)
  if (role.mode !== 'assume-role' || role.endSessions === undefined) return { evidence }
  // NB: after the removal, and as of its time: no session begins that the denial does not name.
  const ending = { ...context, role, binding, removedAt: evidence.cloudAt }
  return (await endSessions(api, ending, guard)) ? { evidence, sessionsEnded: true } : { evidence }
}

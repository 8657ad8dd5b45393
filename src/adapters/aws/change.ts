import { CloudError } from '../../domain/errors.ts'
import { keyOfPrincipal } from '../../domain/lanes/principals.ts'
import type { AwsPrincipal, Binding, Change, Evidence, LaneOf } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { documentOf } from './documents.ts'
import { readPrincipal, requirePrincipal } from './principals.ts'
import { requireShortSessions } from './roles.ts'

/** IAM addresses users by name: the id is looked at first, so that nobody gets what a predecessor was granted. */
async function put(
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
 * it is ours by its mark, and is removed. NB: otherwise nothing was removed while the principal is not there by its
 * name, and that is said: a renamed user keeps their policies.
 */
async function remove(
  api: AwsApi,
  principal: AwsPrincipal,
  { name }: Binding,
  guard: CallGuard,
): Promise<Evidence> {
  const reading = await readPrincipal(api, principal, guard)
  if (reading.state !== 'missing') {
    const { found, evidence } = await api.deleteUserPolicy(reading.user.name, name, guard)
    if (found || reading.state === 'same') return evidence
  }
  const { account, userName } = principal
  throw new CloudError(
    'missing',
    `AWS: ${name} was not removed: the user it was made for is not ${userName} any more in account ${account}`,
  )
}

/** NB: by the lane's name for the user: a binding keeps the one of its offer, and users are renamed. */
export async function carryOut(
  api: AwsApi,
  { principal }: LaneOf<'aws'>,
  change: Change,
  guard: CallGuard,
): Promise<Evidence> {
  const { binding } = change
  if (keyOfPrincipal(principal) !== keyOfPrincipal(binding.principal))
    throw new CloudError('invalid', `AWS: ${binding.name} belongs to another user than its lane`)
  return change.do === 'put'
    ? put(api, principal, binding, guard)
    : remove(api, principal, binding, guard)
}

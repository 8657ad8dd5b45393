import type { Binding, Change, Evidence } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { documentOf } from './documents.ts'
import { readPrincipal, requirePrincipal } from './principals.ts'
import { requireShortSessions } from './roles.ts'

/** IAM addresses users by name: the id is looked at first, so that nobody gets what a predecessor was granted. */
async function put(api: AwsApi, binding: Binding, guard: CallGuard): Promise<Evidence> {
  await requireShortSessions(api, binding, guard)
  const { user } = await requirePrincipal(api, binding.principal, guard)
  const document = documentOf(binding)
  return api.putUserPolicy({ user: user.name, policy: binding.name, document }, guard)
}

/**
 * The binding goes with its user. On a user that took the name there can only be one by our name if the user changed
 * between our look and our write: it is ours by its mark, and is removed as well.
 */
async function remove(api: AwsApi, binding: Binding, guard: CallGuard): Promise<Evidence> {
  const reading = await readPrincipal(api, binding.principal, guard)
  if (reading.state === 'missing') return reading.evidence
  const { evidence } = await api.deleteUserPolicy(reading.user.name, binding.name, guard)
  return evidence
}

export const carryOut = (api: AwsApi, change: Change, guard: CallGuard): Promise<Evidence> =>
  change.do === 'put' ? put(api, change.binding, guard) : remove(api, change.binding, guard)

// Roles that are assumed: their sessions outlive whatever allowed them to begin.
import { CloudError } from '../../domain/errors.ts'
import type { Binding } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { requirePrincipal } from './principals.ts'
import type { IamRole } from './calls/role-calls.ts'
import { roleNameIn } from './sessions.ts'

/** Undefined without such a role in the account that is asked. */
export async function readRole(
  api: AwsApi,
  roleArn: string,
  guard: CallGuard,
): Promise<IamRole | undefined> {
  const { found } = await api.getRole(roleNameIn(roleArn), guard)
  return found
}

export const noSuchRole = (roleArn: string): CloudError =>
  new CloudError('missing', `AWS: there is no role ${roleArn}`)

/**
 * NB: what Hallpass says about the last session rests on this. A role whose sessions may last longer than the policy
 * says would still be in use when its access is told to be over. Throws CloudError('invalid').
 */
export async function requireShortSessions(
  api: AwsApi,
  { role, principal, residualSeconds }: Binding,
  guard: CallGuard,
): Promise<void> {
  if (role.mode !== 'assume-role') return
  const found = await readRole(api, role.roleArn, guard)
  if (found === undefined) {
    // NB: in the wrong account every role is missing, and it is that which has to be told.
    if (principal.cloud === 'aws') await requirePrincipal(api, principal, guard)
    throw noSuchRole(role.roleArn)
  }
  const { sessionSecondsMax } = found
  if (sessionSecondsMax <= residualSeconds) return
  throw new CloudError(
    'invalid',
    `AWS: sessions of ${role.roleArn} may last ${sessionSecondsMax} s, and the policy says \`residual\` ${residualSeconds} s: lower the role's MaxSessionDuration, or write a longer \`residual\``,
  )
}

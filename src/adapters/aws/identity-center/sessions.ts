// Sessions that a permission set opens outlive its assignment.
import { CloudError } from '../../../domain/errors.ts'
import type { Binding } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import type { IdentityCenterApi } from './api.ts'
import type { Assignment } from './assignment-calls.ts'
import { noPermissionSet, requireInstance } from './lanes.ts'

/** ISO 8601, as far as AWS writes it: `PT8H`, `PT1H30M`, `P1D`. Undefined for anything else. */
export function secondsOf(duration: string): number | undefined {
  const found = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration)
  if (!found) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found
    .slice(1)
    .map((it) => Number(it ?? 0))
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
}

/**
 * NB: what Hallpass says about the last session rests on this. A permission set whose sessions may last longer than
 * the policy says would still be in use when its access is told to be over. Throws CloudError('invalid').
 */
export async function requireShortSessions(
  api: IdentityCenterApi,
  of: Assignment,
  { residualSeconds }: Pick<Binding, 'residualSeconds'>,
  guard: CallGuard,
): Promise<void> {
  const { found } = await api.permissionSet(of, guard)
  if (found === undefined) {
    await requireInstance(api, of.instanceArn, guard)
    throw noPermissionSet(of)
  }
  const { name, sessionDuration } = found
  const seconds = secondsOf(sessionDuration)
  if (seconds !== undefined && seconds <= residualSeconds) return
  throw new CloudError(
    'invalid',
    `AWS: sessions of the permission set ${name} may last ${seconds === undefined ? sessionDuration : `${seconds} s`}, and the policy says \`residual\` ${residualSeconds} s: lower the permission set's session duration, or write a longer \`residual\``,
  )
}

// What one role of the catalog says must fit together.
import { leavesSessions } from '../lanes/modes.ts'
import type { CloudRole } from '../lanes/types.ts'
import { valueAt, type Finding } from './issues.ts'
import { formatDuration } from './durations.ts'
import { bindingFindings } from './checks-bindings.ts'
import { parameterFindings } from './checks-parameters.ts'
import { approvalFindings } from './checks-approval.ts'
import { reviewerFindings } from './checks-people.ts'
import type { RoleDocument } from './schema.ts'
import { toCloudRole } from './to-binding.ts'

/** A day: whoever needs it longer asks again, or holds it by other means than a review. */
const leaseSecondsMax = 86_400
/** The shortest and the longest session that AWS STS gives for an assumed role. */
const residualSeconds = { min: 15 * 60, max: 12 * 3_600 }

export function roleFindings(
  name: string,
  role: RoleDocument,
  onCall: ReadonlySet<string>,
): readonly Finding[] {
  const at = ['roles', name]
  return [
    ...bindingFindings(role.bindings, [...at, 'bindings']),
    ...parameterFindings(role, at),
    ...leaseFindings(role, at),
    ...residualFindings(role, at),
    ...approvalFindings(role, [...at, 'approval'], onCall),
    ...dailyFindings(role, at),
    ...breakGlassFindings(role, [...at, 'break_glass']),
  ]
}

function leaseFindings({ lease }: RoleDocument, at: readonly string[]): readonly Finding[] {
  const found: Finding[] = []
  if (lease.max > leaseSecondsMax)
    found.push(valueAt([...at, 'lease', 'max'], `write at most ${formatDuration(leaseSecondsMax)}`))
  if (lease.default > lease.max)
    found.push(
      valueAt(
        [...at, 'lease', 'default'],
        `write at most the role's \`max\`, ${formatDuration(lease.max)}`,
      ),
    )
  return found
}

function residualFindings(role: RoleDocument, at: readonly string[]): readonly Finding[] {
  const roles = role.bindings.flatMap((binding) => toCloudRole(binding) ?? [])
  // A binding that is two things or none is told as such: which of these rules holds for it is not known yet.
  if (roles.length !== role.bindings.length) return []
  const problem = residualProblem(role.residual, roles.filter(leavesSessions))
  return problem === undefined ? [] : [valueAt([...at, 'residual'], problem)]
}

function residualProblem(
  seconds: number | undefined,
  lasting: readonly CloudRole[],
): string | undefined {
  if (lasting.length === 0)
    return seconds === undefined
      ? undefined
      : 'leave it out: nothing that this role gives outlives the lease'
  if (seconds === undefined) {
    const longest = lasting.some(({ mode }) => mode === 'assume-role')
      ? "the assumed role's MaxSessionDuration"
      : "the permission set's session duration"
    return `write how long a session may outlive the lease: ${longest}, such as \`1h\``
  }
  const { min, max } = residualSeconds
  return seconds < min || seconds > max
    ? `write between ${formatDuration(min)} and ${formatDuration(max)}, as AWS limits sessions`
    : undefined
}

function dailyFindings({ limits, lease }: RoleDocument, at: readonly string[]): readonly Finding[] {
  if (limits?.daily === undefined || limits.daily >= lease.default) return []
  const least = formatDuration(lease.default)
  return [valueAt([...at, 'limits', 'daily'], `write at least the role's default lease, ${least}`)]
}

function breakGlassFindings(role: RoleDocument, at: readonly string[]): readonly Finding[] {
  if (role.break_glass === undefined) return []
  const { eligible, reviewers, lease = role.lease.default } = role.break_glass
  const longest = formatDuration(role.lease.max)
  return [
    ...reviewerFindings(eligible, reviewers, at),
    ...(lease > role.lease.max
      ? [valueAt([...at, 'lease'], `write at most the role's \`max\`, ${longest}`)]
      : []),
  ]
}

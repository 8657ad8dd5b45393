// What the organization's document says must fit together: findings that no single value shows.
import { exclusiveFindings } from './checks-exclusive.ts'
import { identityFindings, sourceFindings } from './checks-identities.ts'
import { onCallFindings, stageFindings } from './checks-people.ts'
import { roleFindings } from './checks-role.ts'
import { ruleFindings } from './checks-rules.ts'
import { hasWildcard } from './globs.ts'
import { repeated, valueAt, type Finding } from './issues.ts'
import type { OrganizationDocument } from './schema.ts'

export function organizationFindings(document: OrganizationDocument): readonly Finding[] {
  const onCall = new Set(Object.keys(document.on_call ?? {}))
  const { widening } = document.policy_changes ?? {}
  return [
    ...Object.entries(document.roles).flatMap(([name, role]) => roleFindings(name, role, onCall)),
    ...exclusiveFindings(document),
    ...ruleFindings(document.rules ?? []),
    ...onCallFindings(document.on_call ?? {}),
    ...identityFindings(document.identities ?? []),
    ...sourceFindings(document.identity_sources ?? {}),
    ...(widening === undefined
      ? []
      : stageFindings(widening, ['policy_changes', 'widening'], onCall)),
    ...enrolledFindings(document.enrolled ?? []),
    ...wildcardFindings(document),
  ]
}

/** NB: whoever may make a repository gives it a name that a wildcard covers: an owner has to say which are meant. */
function wildcardFindings({ roles, enrolled }: OrganizationDocument): readonly Finding[] {
  if (enrolled !== undefined) return []
  return Object.entries(roles).flatMap(([name, { repositories }]) =>
    repositories.flatMap((glob, index) =>
      hasWildcard(glob) ? [valueAt(['roles', name, 'repositories', index], notEnrolled)] : [],
    ),
  )
}

const notEnrolled =
  'it covers repositories that somebody may yet make: write their full names instead, or say which take part in `enrolled`: a list of numeric ids, or a property that owners set'

const enrolledFindings = (
  enrolled: NonNullable<OrganizationDocument['enrolled']>,
): readonly Finding[] =>
  'property' in enrolled
    ? []
    : repeated(enrolled, (index) => ['enrolled', index], 'is already in this list')

// What the organization's document says must fit together: findings that no single value shows.
import { identityFindings, sourceFindings } from './checks-identities.ts'
import { onCallFindings, stageFindings } from './checks-people.ts'
import { roleFindings } from './checks-role.ts'
import { ruleFindings } from './checks-rules.ts'
import { repeated, type Finding } from './issues.ts'
import type { OrganizationDocument } from './schema.ts'

export function organizationFindings(document: OrganizationDocument): readonly Finding[] {
  const onCall = new Set(Object.keys(document.on_call ?? {}))
  const { widening } = document.policy_changes ?? {}
  return [
    ...Object.entries(document.roles).flatMap(([name, role]) => roleFindings(name, role, onCall)),
    ...ruleFindings(document.rules ?? []),
    ...onCallFindings(document.on_call ?? {}),
    ...identityFindings(document.identities ?? []),
    ...sourceFindings(document.identity_sources ?? {}),
    ...(widening === undefined
      ? []
      : stageFindings(widening, ['policy_changes', 'widening'], onCall)),
    ...enrolledFindings(document.enrolled ?? []),
  ]
}

const enrolledFindings = (
  enrolled: NonNullable<OrganizationDocument['enrolled']>,
): readonly Finding[] =>
  'property' in enrolled
    ? []
    : repeated(enrolled, (index) => ['enrolled', index], 'is already in this list')

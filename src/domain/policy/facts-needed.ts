import { teamsOf } from './eligible.ts'
import { isEnrolled, namesRepository } from './offered.ts'
import type { FactsNeeded, Policy, RoleDefinition } from './types.ts'
import type { ReviewRequested } from '../signals.ts'

/** What must be read before `evaluate` can decide: for the roles that the catalog offers to this repository and some rule gives. */
export function factsNeeded(
  policy: Policy,
  signal: ReviewRequested,
  repositoryName: string,
): FactsNeeded {
  if (!isEnrolled(signal.subject.repositoryId, policy))
    return { teams: [], changedPaths: false, roles: [] }
  const roles = new Map<string, RoleDefinition>()
  let changedPaths = false
  for (const rule of policy.rules) {
    const role = policy.roles.get(rule.give)
    if (role === undefined || !namesRepository(role, repositoryName)) continue
    roles.set(role.name, role)
    changedPaths ||= rule.when.reviewRequested.paths !== undefined
  }
  return { teams: teamsOf(roles.values()), changedPaths, roles: [...roles.values()] }
}

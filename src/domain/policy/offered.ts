import { globMatches } from './globs.ts'
import type { Policy, RepositoryFacts, RoleDefinition } from './types.ts'

type Enrolling = Pick<Policy, 'enrolled' | 'enrolledBy'>

/** Whether the catalog offers this role to that repository: one of the role's globs covers its name, and it is enrolled. */
export const isOfferedIn = (
  role: RoleDefinition,
  repository: Pick<RepositoryFacts, 'id' | 'name'>,
  policy: Enrolling,
  property: string | undefined,
): boolean => isEnrolled(repository.id, policy, property) && namesRepository(role, repository.name)

/**
 * By its id in the list, or by the property that organization owners set, whose live value `property` is. Without
 * either in the policy, names alone decide: no role has a wildcard then.
 */
export function isEnrolled(
  repositoryId: number,
  { enrolled, enrolledBy }: Enrolling,
  property: string | undefined,
): boolean {
  if (enrolled === undefined && enrolledBy === undefined) return true
  if (enrolled?.has(repositoryId) === true) return true
  return enrolledBy !== undefined && property === enrolledBy.value
}

/** GitHub's repository names are unique whatever their case. */
export const namesRepository = (role: RoleDefinition, name: string): boolean =>
  role.repositories.some((glob) => globMatches(glob, name, { nocase: true }))

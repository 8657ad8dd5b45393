import { globMatches } from './globs.ts'
import type { Policy, RepositoryFacts, RoleDefinition } from './types.ts'

/** Whether the catalog offers this role to that repository: one of the role's globs covers its name, and it is enrolled. */
export const isOfferedIn = (
  role: RoleDefinition,
  repository: Pick<RepositoryFacts, 'id' | 'name'>,
  policy: Pick<Policy, 'enrolled'>,
): boolean => isEnrolled(repository.id, policy) && namesRepository(role, repository.name)

/** Without a list of enrolled repositories, globs alone decide. */
export const isEnrolled = (repositoryId: number, { enrolled }: Pick<Policy, 'enrolled'>): boolean =>
  enrolled?.has(repositoryId) ?? true

/** GitHub's repository names are unique whatever their case. */
export const namesRepository = (role: RoleDefinition, name: string): boolean =>
  role.repositories.some((glob) => globMatches(glob, name, { nocase: true }))

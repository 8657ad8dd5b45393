import type { Facts, RoleDefinition } from './types.ts'

/** Whether this person may hold this role. Empty means nobody; a team that is not found is nobody's. */
export const isEligible = (
  { eligible }: RoleDefinition,
  personId: number,
  teams: Facts['teams'],
): boolean =>
  eligible.some((entry) =>
    entry.kind === 'user' ? entry.id === personId : teams.get(entry.slug) === 'member',
  )

/** The slugs of the teams that these roles name. */
export function teamsOf(roles: Iterable<RoleDefinition>): readonly string[] {
  const eligible = [...roles].flatMap((role) => role.eligible)
  const slugs = eligible.flatMap((entry) => (entry.kind === 'team' ? [entry.slug] : []))
  return [...new Set(slugs)].toSorted()
}

// A team that is asked for a review: each of its members who may hold what a rule gives is a recipient of their own.
import type { Policy, RoleDefinition, Rule, SubjectFacts } from '../domain/policy/types.ts'
import { teamsAmong } from '../domain/policy/eligible.ts'
import type { Person, Subject, Team } from '../domain/subjects.ts'
import type { ReadingDeps } from './deps.ts'

/** The members who may hold one of the roles that these rules give. Never the author: nobody reviews their own. */
export async function eligibleMembers(
  deps: ReadingDeps,
  subject: Subject,
  team: Team,
  current: SubjectFacts,
  policy: Policy,
  rules: readonly Rule[],
): Promise<readonly Person[]> {
  const roles = rules.flatMap(({ give }) => policy.roles.get(give) ?? [])
  const members = (await deps.github.teamMembers(subject, team.slug)) ?? []
  const named = await namedBy(deps, subject, roles, { team, members })
  return members.filter(({ id }) => id !== current.author.id && named.has(id))
}

/** Numeric ids of everybody whom the roles name, by id or as a member of a team. */
async function namedBy(
  deps: ReadingDeps,
  subject: Subject,
  roles: readonly RoleDefinition[],
  known: { readonly team: Team; readonly members: readonly Person[] },
): Promise<ReadonlySet<number>> {
  const eligible = roles.flatMap((role) => role.eligible)
  const lists = teamsAmong(eligible).map(async (slug) =>
    slug === known.team.slug
      ? known.members
      : ((await deps.github.teamMembers(subject, slug)) ?? []),
  )
  const inTeams = (await Promise.all(lists)).flat().map(({ id }) => id)
  const byId = eligible.flatMap((entry) => (entry.kind === 'user' ? [entry.id] : []))
  return new Set([...inTeams, ...byId])
}

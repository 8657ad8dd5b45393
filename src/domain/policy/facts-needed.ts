import { teamsAmong } from './eligible.ts'
import { isOfferedIn } from './offered.ts'
import { isStartedBy } from './rule-steps.ts'
import type { Ask, FactsNeeded, Policy, RepositoryFacts, RoleDefinition, Rule } from './types.ts'

/** What must be read before `evaluate` can decide: for the roles that the catalog offers to this repository and that this act may give. */
export function factsNeeded(
  policy: Policy,
  ask: Ask,
  repository: Pick<RepositoryFacts, 'id' | 'name'>,
  property: string | undefined,
): FactsNeeded {
  const rules = policy.rules.filter((rule) => isStartedBy(rule, ask))
  return factsOfRules(policy, ask, rules, repository, property)
}

/** The same for rules that are chosen otherwise, such as all those that give one role. */
export function factsOfRules(
  policy: Policy,
  ask: Pick<Ask, 'team'>,
  rules: readonly Rule[],
  repository: Pick<RepositoryFacts, 'id' | 'name'>,
  property: string | undefined,
): FactsNeeded {
  const roles = new Map<string, RoleDefinition>()
  const offered = rules.filter(({ give }) => {
    const role = policy.roles.get(give)
    if (role === undefined || !isOfferedIn(role, repository, policy, property)) return false
    roles.set(give, role)
    return true
  })
  const all = [...roles.values()]
  const glass = all.flatMap(({ breakGlass }) => breakGlass?.eligible ?? [])
  const asked = ask.team === undefined ? [] : [{ kind: 'team', slug: ask.team.slug }]
  const conditions = (of: 'actor' | 'author') => offered.flatMap(({ when }) => when[of] ?? [])
  return {
    rules,
    roles: all,
    teams: {
      actor: teamsAmong([...conditions('actor'), ...glass]),
      author: teamsAmong(conditions('author')),
      recipient: teamsAmong([...all.flatMap(({ eligible }) => eligible), ...glass, ...asked]),
    },
    changedPaths: offered.some(({ when }) => when.paths !== undefined),
    separation: all.some(({ approval }) => approval !== 'none' && approval.separate),
  }
}

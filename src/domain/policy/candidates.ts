// Which rules a review request is about, before anybody is judged.
import { globMatcher, type Steps } from './globs.ts'
import { isOfferedIn } from './offered.ts'
import type { Facts, Policy, Refusal, RoleDefinition, Rule } from './types.ts'
import { code } from './quote.ts'
import { unheard } from './refuse.ts'

export interface Candidate {
  readonly rule: Rule
  /** Undefined when the catalog lacks it. */
  readonly role: RoleDefinition | undefined
  /** Whether a rule on changed paths has the paths it needs: `unknown` when there are too many to be sure. */
  readonly paths: 'any' | 'matched' | 'unknown'
}

/**
 * The organization's rules are for all its repositories, so where their role is not offered they say nothing. A
 * repository's own rule that names such a role was meant to work: it stays, to be refused with a reason.
 */
export function candidatesOf(policy: Policy, facts: Facts): readonly Candidate[] {
  const steps = { left: stepsMax }
  return policy.rules.flatMap((rule) => {
    const role = policy.roles.get(rule.give)
    const offered = role !== undefined && isOfferedIn(role, facts.repository, policy)
    if (rule.from === 'organization' && !offered) return []
    const paths = pathsOf(rule, facts, steps)
    return paths === 'unmatched' ? [] : [{ rule, role, paths }]
  })
}

/** Of matching, for one request: up to a second, in which this process does nothing else. Others chose globs and paths. */
const stepsMax = 10_000_000

function pathsOf(
  rule: Rule,
  { changedPaths }: Facts,
  steps: Steps,
): Candidate['paths'] | 'unmatched' {
  const globs = rule.when.reviewRequested.paths
  if (globs === undefined) return 'any'
  if (changedPaths === undefined || changedPaths.truncated) return 'unknown'
  const covers = globMatcher(globs)
  if (changedPaths.paths.some((path) => covers(path, steps))) return 'matched'
  return steps.left < 0 ? 'unknown' : 'unmatched'
}

/** Forks and public repositories get nothing unless the catalog says so for this role, and no answer either. */
export function originRefusal({ rule, role }: Candidate, facts: Facts): Refusal | undefined {
  const { pull, repository } = facts
  const where = { rule: rule.name, role: rule.give }
  const name = code(rule.give)
  if (pull.headRepositoryId !== repository.id && role?.forks !== true)
    return unheard(
      'from-fork',
      `The pull request comes from a fork, and ${name} is not given there. The organization's policy can allow it with \`forks: true\`.`,
      where,
    )
  if (repository.visibility === 'public' && role?.publicRepositories !== true)
    return unheard(
      'repository-public',
      `The repository is public, and ${name} is not given there. The organization's policy can allow it with \`public: true\`.`,
      where,
    )
  return undefined
}

import { catalogFindings } from './checks-catalog.ts'
import { toProblems } from './issues.ts'
import type { OrganizationPolicy, RepositoryPolicy } from './parse.ts'
import type { Policy, PolicyProblem, PolicySource } from './types.ts'

export type Merged =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

/**
 * One policy of two documents. A repository's rule that names a role the catalog lacks, or lasts longer than the role
 * may, is a problem at its line. Whether the catalog offers the role to that repository is left to `evaluate`, which
 * knows the repository: a glob that stops matching is then a refusal of one rule, not of the whole document.
 */
export function mergePolicy(
  organization: OrganizationPolicy,
  repository: RepositoryPolicy | undefined,
  source: PolicySource,
): Merged {
  const findings = (repository?.rules ?? []).flatMap((rule) =>
    catalogFindings(rule, organization.roles),
  )
  if (repository !== undefined && findings.length > 0)
    return { ok: false, problems: toProblems(repository.document, findings) }
  const rules = [...organization.rules, ...(repository?.rules ?? []).map(({ rule }) => rule)]
  return { ok: true, policy: { ...organization, rules, source } }
}

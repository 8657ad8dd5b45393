// What a pull request would make of a repository's own document, merged with what the organization offers there.
import type { Compared } from '../../domain/access-diff/policies.ts'
import type { DocumentChange } from '../../domain/messages/policy-check.ts'
import { repositoryDocumentPath } from '../../domain/policy/document-path.ts'
import { mergePolicy } from '../../domain/policy/merge.ts'
import { isOfferedIn } from '../../domain/policy/offered.ts'
import { parseRepositoryPolicy, type RepositoryPolicy } from '../../domain/policy/parse.ts'
import { code } from '../../domain/policy/quote.ts'
import type { Policy, PolicyProblem, PullRequestFacts } from '../../domain/policy/types.ts'
import { readProperty } from '../gather-facts.ts'
import { understand } from '../understand-document.ts'
import type { Publishing } from './publishing.ts'

export async function judgeRepositoryChange(
  publishing: Publishing,
  pull: PullRequestFacts,
): Promise<DocumentChange> {
  const { deps, view, repository } = publishing
  const { subject } = view
  const reading = await deps.documents.at(subject, pull.headSha, repositoryDocumentPath)
  const head = reading.kind === 'missing' ? undefined : understand(reading, parseRepositoryPolicy)
  if (head?.kind === 'broken') return { ...nothingWrong, problems: head.problems }
  const catalog = await deps.policy.readCatalog(subject, repository)
  if (catalog.kind !== 'policy') return { ...nothingWrong, notes: [noCatalog] }
  const { policy } = catalog
  const merged = mergePolicy(policy, head?.value, policy.source)
  if (!merged.ok)
    return {
      ...nothingWrong,
      problems: view.public ? merged.problems.map(silent) : merged.problems,
    }
  const property = await readProperty(deps, subject, policy)
  const offered = (role: Policy['roles'] extends ReadonlyMap<string, infer R> ? R : never) =>
    isOfferedIn(role, repository, policy, property)
  const here = (whole: Policy): Compared => {
    const roles = new Map([...whole.roles].filter(([, role]) => offered(role)))
    return { ...whole, roles, rules: whole.rules.filter(({ give }) => roles.has(give)) }
  }
  const warnings = head === undefined ? [] : notOffered(head.value, here(policy).roles)
  const before = await rulesNow(publishing, policy)
  const versions = { before: here(before.policy), after: here(merged.policy) }
  return { ...nothingWrong, warnings, versions, notes: before.notes }
}

/** NB: these rules are not guarded: they give only what the organization's document offers here. */
const nothingWrong: DocumentChange = {
  path: repositoryDocumentPath,
  problems: [],
  warnings: [],
  versions: undefined,
  notes: [],
  guard: undefined,
}

const noCatalog =
  "The organization's document cannot be read now, so that nothing is granted and what this changes cannot be told."

/** NB: what is wrong beside the catalog quotes it, and everybody reads a public repository's checks. */
const silent = (problem: PolicyProblem): PolicyProblem => ({
  ...problem,
  message: "the organization's catalog does not offer this as it is written here",
})

/** What holds here now: both documents, as they are on the branches that count. */
async function rulesNow(
  { deps, view, repository }: Publishing,
  catalog: Policy,
): Promise<{ readonly policy: Policy; readonly notes: readonly string[] }> {
  const reading = await deps.documents.repository.read(view.subject, repository)
  if (reading.kind === 'missing') return { policy: catalog, notes: [] }
  const read = understand(reading, parseRepositoryPolicy)
  const merged = read.kind === 'broken' ? read : mergePolicy(catalog, read.value, catalog.source)
  if ('policy' in merged) return { policy: merged.policy, notes: [] }
  const now = `The document on ${code(repository.defaultBranch)} is broken, so that nothing is granted here now. This is compared with what the organization's document gives alone.`
  return { policy: catalog, notes: [now] }
}

function notOffered(
  { document, rules }: RepositoryPolicy,
  offered: Policy['roles'],
): readonly PolicyProblem[] {
  return rules
    .filter(({ rule }) => !offered.has(rule.give))
    .map(({ rule, at }) => ({
      file: document.file,
      ...document.at([...at, 'give'], 'value'),
      message: `${code(rule.give)} is not offered to this repository: the rule gives nothing here. Ask whoever keeps the organization's document, or take the rule out.`,
    }))
}

import { formatProblem } from '../../domain/policy/format-problem.ts'
import { parseOrganizationPolicy, parseRepositoryPolicy } from '../../domain/policy/parse.ts'
import type { PolicyProblem } from '../../domain/policy/types.ts'
import type { Output } from './grants.ts'
import { readText } from './read-policy-files.ts'

/** `hallpass validate`: each problem as `file:line:column message`. Returns the exit status. */
export function validate(files: readonly string[], output: Output): number {
  const outcomes = files.map((file) => {
    const problems = problemsOf(file)
    for (const problem of problems) output.line(formatProblem(problem))
    if (problems.length === 0) output.line(`${file}: valid`)
    return problems.length
  })
  return outcomes.some((count) => count > 0) ? 1 : 0
}

function problemsOf(file: string): readonly PolicyProblem[] {
  const text = readText(file)
  if (typeof text !== 'string') return [text]
  const parsed = isRepositoryDocument(file, text)
    ? parseRepositoryPolicy(text, file)
    : parseOrganizationPolicy(text, file)
  return parsed.ok ? [] : parsed.problems
}

/** The organization's document has a catalog of roles; a repository's is `hallpass.yml` and has only rules. */
const isRepositoryDocument = (file: string, text: string): boolean =>
  /(^|[/\\])hallpass\.ya?ml$/.test(file) && !/^roles\s*:/m.test(text)

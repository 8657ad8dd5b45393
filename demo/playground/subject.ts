// The pull requests and issues of the sample repository.
import type { Issue, PullRequest } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'

export const isPull = (issue: Issue): issue is PullRequest => issue.pull !== undefined

/** By number. */
export const subjectsOf = ({ scene: { repository } }: Stage): readonly Issue[] =>
  [...repository.issues.values()].toSorted((a, b) => a.number - b.number)

export const subjectOf = ({ scene: { repository } }: Stage, number: number): Issue | undefined =>
  repository.issues.get(number)

export const stateOf = (issue: Issue): string => {
  if (isPull(issue) && issue.pull.mergedAt !== null) return 'merged'
  if (issue.state === 'closed') return 'closed'
  return isPull(issue) && issue.pull.draft ? 'draft' : 'open'
}

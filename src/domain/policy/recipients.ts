// Who receives what a rule gives.
import type { Person } from '../subjects.ts'
import type { Ask, Rule, SubjectFacts } from './types.ts'

/** `members` are those of the team whose review was asked for. Each person once, in order of their ids. */
export function recipientsOf(
  { to }: Pick<Rule, 'to'>,
  ask: Ask,
  current: SubjectFacts,
  members: readonly Person[],
): readonly Person[] {
  const byId = new Map(candidates(to, ask, current, members).map((who) => [who.id, who]))
  return [...byId.values()].toSorted((a, b) => a.id - b.id)
}

function candidates(
  to: Rule['to'],
  ask: Ask,
  current: SubjectFacts,
  members: readonly Person[],
): readonly Person[] {
  switch (to) {
    case 'reviewer':
      if (ask.trigger !== 'review_requested')
        return current.kind === 'pull_request' ? current.requestedReviewers : []
      return ask.reviewer === undefined ? members : [ask.reviewer]
    case 'author':
      return [current.author]
    case 'assignees':
      if (ask.trigger !== 'assigned') return current.assignees
      return ask.assignee === undefined ? [] : [ask.assignee]
    case 'sender':
      return [ask.actor]
    case 'commenter':
      return ask.trigger === 'requested' ? [ask.actor] : []
    default:
      return to satisfies never
  }
}

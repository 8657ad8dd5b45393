// Whether GitHub shows now what was done. Of an act that is supposed only: whether somebody did it.
import { askAgain } from './asking.ts'
import { code } from './quote.ts'
import { told } from './refuse.ts'
import { no, not, yes, type Finding, type RuleAsked } from './step.ts'
import type { Ask, Rule, SubjectFacts } from './types.ts'

export const still = ({ ask, rule, supposed, facts: { current } }: RuleAsked): Finding => {
  if (ask.trigger === 'review_requested' && current.kind === 'issue')
    return no(told('not-requested-any-more', 'Nobody reviews an issue.'))
  if (isStill(ask, current)) return yes('GitHub shows it as it was asked')
  if (supposed === true) return not(notDone(ask, rule))
  return no(told('not-requested-any-more', `${whatIsGone(ask)} ${askAgain(ask.trigger)}`))
}

function isStill(ask: Ask, current: SubjectFacts): boolean {
  switch (ask.trigger) {
    case 'review_requested':
      return isReviewer(ask, current)
    case 'labeled':
      return hasLabel(current, ask.label)
    case 'assigned':
      return current.assignees.some(({ id }) => id === ask.assignee?.id)
    case 'requested':
      return true
    default:
      return ask.trigger satisfies never
  }
}

function isReviewer({ reviewer, team }: Ask, current: SubjectFacts): boolean {
  if (current.kind === 'issue') return false
  return reviewer === undefined
    ? current.requestedTeams.some(({ id }) => id === team?.id)
    : current.requestedReviewers.some(({ id }) => id === reviewer.id)
}

/** GitHub's labels are the same whatever their case. */
export const hasLabel = (
  { labels }: Pick<SubjectFacts, 'labels'>,
  label: string | undefined,
): boolean => labels.some((each) => each.toLowerCase() === label?.toLowerCase())

const reviewerOf = ({ reviewer, team }: Ask): string => code(reviewer?.login ?? team?.slug ?? '')

function whatIsGone(ask: Ask): string {
  switch (ask.trigger) {
    case 'review_requested':
      return `A review by ${reviewerOf(ask)} is not requested any more.`
    case 'labeled':
      return `The label ${code(ask.label ?? '')} is not there any more.`
    case 'assigned':
      return `${code(ask.assignee?.login ?? '')} is not assigned any more.`
    case 'requested':
      return 'It is not asked for any more.'
    default:
      return ask.trigger satisfies never
  }
}

/** And what would ask for it. */
function notDone(ask: Ask, { when: { added = [] } }: Rule): string {
  switch (ask.trigger) {
    case 'review_requested':
      return `Nobody asked ${reviewerOf(ask)} for a review; requesting one asks for it.`
    case 'labeled':
      return `None of the labels ${added.map(code).join(', ')} is there; adding one asks for it.`
    case 'assigned':
      return `${code(ask.assignee?.login ?? '')} is not assigned; assigning them asks for it.`
    case 'requested':
      return 'Nobody asked for it.'
    default:
      return ask.trigger satisfies never
  }
}

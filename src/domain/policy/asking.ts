// What people do to ask, in words.
import type { Ask, SubjectFacts, Trigger } from './types.ts'
import { code } from './quote.ts'

/** What to do in order to ask once more. */
export function askAgain(trigger: Trigger): string {
  switch (trigger) {
    case 'review_requested':
      return 'Request the review again to ask for access.'
    case 'labeled':
      return 'Take the label away and add it again to ask for access.'
    case 'assigned':
      return 'Assign them again to ask for access.'
    case 'requested':
      return 'Ask again with a new comment.'
    default:
      return trigger satisfies never
  }
}

/** Who did what, for the reason of an offer. */
export function whatWasAsked(ask: Ask): string {
  const actor = code(ask.actor.login)
  switch (ask.trigger) {
    case 'review_requested':
      return ask.reviewer === undefined
        ? `${actor} asked the team ${code(ask.team?.slug ?? '')} for a review`
        : `${actor} asked ${code(ask.reviewer.login)} for a review`
    case 'labeled':
      return `${actor} added the label ${code(ask.label ?? '')}`
    case 'assigned':
      return `${actor} assigned ${code(ask.assignee?.login ?? '')}`
    case 'requested':
      return `${actor} asked for ${code(ask.wanted?.role ?? '')}`
    default:
      return ask.trigger satisfies never
  }
}

export const kindOf = ({ kind }: Pick<SubjectFacts, 'kind'>): string =>
  kind === 'issue' ? 'issue' : 'pull request'

import type { Offer } from '../grants/types.ts'
import type { Until } from '../policy/types.ts'

/** The acts that end it before its lease does. Never none: closing ends everything. */
export function until({ until: given, boundHead }: Offer): string {
  const acts = new Set([
    ...given.map((each) => endingActs[each]),
    endingActs.closed,
    ...(boundHead === undefined ? [] : [endingActs.pushed]),
  ])
  return [...acts].join(', or with ')
}

const endingActs: Readonly<Record<Until, string>> = {
  reviewed: 'the review',
  unrequested: 'the review request being removed',
  unlabeled: 'the label being removed',
  unassigned: 'the assignment being removed',
  merged: 'the pull request being merged',
  pushed: 'a push to the pull request',
  closed: 'the pull request being closed or merged',
}

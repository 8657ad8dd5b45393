// What stands against a request whatever its rule.
import type { Facts, Refusal } from './types.ts'
import { requestAgeMsMax, type ReviewRequested } from '../signals.ts'
import { minuteMs } from '../time.ts'
import { code } from './quote.ts'
import { told } from './refuse.ts'

type Check = (signal: ReviewRequested, facts: Facts) => Refusal | undefined

/** The first reason, in the order in which people can mend them. */
export function requestRefusal(signal: ReviewRequested, facts: Facts): Refusal | undefined {
  for (const check of [
    age,
    subjectOpen,
    stillRequested,
    recipientIsPerson,
    recipientHasAccess,
    notTheAuthor,
  ]) {
    const refusal = check(signal, facts)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** NB: written so that an instant that is no number is refused. */
const age: Check = ({ at }, { now }) => {
  if (now - at <= requestAgeMsMax && at - now <= minuteMs) return undefined
  return told(
    'too-old',
    `The review was not requested in the last ${requestAgeMsMax / minuteMs} minutes. Request it again to ask for access.`,
  )
}

const subjectOpen: Check = (_, { pull, repository }) => {
  if (repository.archived)
    return told(
      'repository-archived',
      'The repository is archived. An administrator has to unarchive it before access can be given.',
    )
  if (pull.state === 'open') return undefined
  return told(
    'subject-closed',
    `The pull request is ${pull.merged ? 'merged' : 'closed'}. Access is given for open pull requests only.`,
  )
}

const stillRequested: Check = ({ reviewer }, { pull }) =>
  pull.requestedReviewers.some(({ id }) => id === reviewer.id)
    ? undefined
    : told(
        'not-requested-any-more',
        `A review by ${code(reviewer.login)} is not requested any more. Request it again to ask for access.`,
      )

const recipientIsPerson: Check = ({ reviewer }, { recipient }) => {
  if (recipient.type === 'User' && recipient.id === reviewer.id) return undefined
  return told(
    'recipient-is-bot',
    `${code(reviewer.login)} is not a person's account, or is gone. Only people receive access: request a review from one.`,
  )
}

const recipientHasAccess: Check = (_, { recipient, recipientRole }) =>
  recipientRole !== 'none'
    ? undefined
    : told(
        'recipient-without-standing',
        `${code(recipient.login)} has no access to this repository. An administrator of the repository can give them at least \`read\`.`,
      )

const notTheAuthor: Check = (_, { recipient, pull }) =>
  recipient.id !== pull.author.id
    ? undefined
    : told(
        'not-eligible',
        `${code(recipient.login)} is the author of this pull request, and authors do not review their own. Request a review from somebody else.`,
      )

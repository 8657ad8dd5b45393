// What stands against a request whatever its rule, in the order in which people can mend it.
import { requestAgeMsMax } from '../signals.ts'
import { minuteMs } from '../time.ts'
import { askAgain, kindOf } from './asking.ts'
import { code } from './quote.ts'
import { told } from './refuse.ts'
import { still } from './still-step.ts'
import { no, yes, type Step, type Finding, type RuleAsked } from './step.ts'

/** NB: written so that an instant that is no number is refused. */
const age = ({ ask, facts: { now } }: RuleAsked): Finding => {
  if (now - ask.at <= requestAgeMsMax && ask.at - now <= minuteMs)
    return yes('it was asked just now')
  return no(
    told(
      'too-old',
      `This was not asked in the last ${requestAgeMsMax / minuteMs} minutes. ${askAgain(ask.trigger)}`,
    ),
  )
}

const open = ({ facts: { current, repository } }: RuleAsked): Finding => {
  const kind = kindOf(current)
  if (repository.archived)
    return no(
      told(
        'repository-archived',
        'The repository is archived. An administrator has to unarchive it before access can be given.',
      ),
    )
  if (current.state === 'open') return yes(`the ${kind} is open`)
  const merged = current.kind === 'pull_request' && current.merged
  return no(
    told(
      'subject-closed',
      `The ${kind} is ${merged ? 'merged' : 'closed'}. Access is given for open ones only.`,
    ),
  )
}

const receiver = ({ facts: { recipient } }: RuleAsked): Finding => {
  const { account, role } = recipient
  const login = code(account.login)
  if (account.type !== 'User')
    return no(
      told(
        'recipient-is-bot',
        `${login} is not a person's account, or is gone. Only people receive access: ask for a person.`,
      ),
    )
  if (role !== 'none') return yes(`${login} has the role ${code(role)} on this repository`)
  return no(
    told(
      'recipient-without-standing',
      `${login} has no access to this repository. An administrator of the repository can give them at least \`read\`.`,
    ),
  )
}

const notTheAuthor = ({ rule, facts: { recipient, current } }: RuleAsked): Finding => {
  if (rule.to !== 'reviewer') return yes('the rule is not for reviewers')
  const login = code(recipient.account.login)
  if (recipient.account.id !== current.author.id) return yes(`${login} did not write it`)
  return no(
    told(
      'not-eligible',
      `${login} is the author of this pull request, and authors do not review their own. Request a review from somebody else.`,
    ),
  )
}

export const requestSteps: readonly Step[] = [
  { name: 'age', look: age },
  { name: 'open', look: open },
  { name: 'still', look: still },
  { name: 'receiver', look: receiver },
  { name: 'not-author', look: notTheAuthor },
]

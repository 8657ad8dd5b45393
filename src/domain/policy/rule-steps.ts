// Whether a rule is about this act and this recipient. Where it is not, nobody is told unasked.
import type { Ask, Rule } from './types.ts'
import { conditionSteps, covers } from './conditions.ts'
import { isOfferedIn } from './offered.ts'
import { code } from './quote.ts'
import { recipientsOf } from './recipients.ts'
import { not, yes, type Step, type Finding, type RuleAsked } from './step.ts'

/** Whether this act can start this rule, whoever receives. */
export function isStartedBy(rule: Rule, ask: Ask): boolean {
  if (rule.when.trigger !== ask.trigger) return false
  switch (ask.trigger) {
    case 'labeled':
      return (rule.when.added ?? []).some(
        (glob) => ask.label !== undefined && covers(glob, ask.label),
      )
    case 'requested':
      // NB: a rule that breaks the glass starts from nothing less than a request that says so.
      return ask.wanted?.role === rule.give && (!rule.breakGlass || ask.wanted.breakGlass)
    case 'review_requested':
    case 'assigned':
      return true
    default:
      return ask.trigger satisfies never
  }
}

/** Whether it is given without approval, and reviewed afterwards. */
export const breaksGlass = (rule: Rule, ask: Ask): boolean =>
  rule.breakGlass || ask.wanted?.breakGlass === true

const trigger = ({ rule, ask }: RuleAsked): Finding => {
  const starts = `the rule starts from \`${rule.when.trigger}\``
  return isStartedBy(rule, ask) ? yes(starts) : not(`${starts}, and this is not the act for it`)
}

/**
 * The organization's rules are for all its repositories, so where their role is not offered they say nothing. A
 * repository's own rule that names such a role was meant to work: it is refused with a reason, later.
 */
const catalog = ({ rule, role, policy, facts: { repository, property } }: RuleAsked): Finding => {
  if (role !== undefined && isOfferedIn(role, repository, policy, property))
    return yes(`${code(rule.give)} is offered to ${code(repository.name)}`)
  const detail = `${code(rule.give)} is not offered to ${code(repository.name)}`
  return rule.from === 'organization' ? not(detail) : yes(`${detail}, which is told below`)
}

/** NB: whose team was asked is one of its members now, or nobody. */
const recipient = ({ rule, ask, facts }: RuleAsked): Finding => {
  const { account, teams } = facts.recipient
  const { slug } = ask.team ?? {}
  const members = slug !== undefined && teams.get(slug) === 'member' ? [account] : []
  const to = recipientsOf(rule, ask, facts.current, members)
  return to.some(({ id }) => id === account.id)
    ? yes(`${code(account.login)} receives, as \`${rule.to}\``)
    : not(`${code(account.login)} does not receive: the rule is for \`${rule.to}\``)
}

const unused = ({ rule, facts: { used } }: RuleAsked): Finding =>
  used.includes(rule.give)
    ? not('this very act has given the role before')
    : yes('it has given nothing yet')

export const ruleSteps: readonly Step[] = [
  { name: 'trigger', look: trigger },
  { name: 'catalog', look: catalog },
  { name: 'recipient', look: recipient },
  { name: 'unused', look: unused },
  ...conditionSteps,
]

import type { Offer } from '../grants/types.ts'
import { isSelfExpiring } from '../lanes/modes.ts'
import type { Person } from '../subjects.ts'
import { whatWasAsked } from './asking.ts'
import type { ReadyBinding } from './identity-step.ts'
import { leaseSecondsOf } from './lease-of.ts'
import { code } from './quote.ts'
import { breaksGlass } from './rule-steps.ts'
import type { RoleAsked } from './step.ts'

export function offerOf(asked: RoleAsked, bindings: readonly ReadyBinding[]): Offer {
  const { ask, policy, facts, rule, role } = asked
  const match = asked.match()
  const { current } = facts
  const isBound = match.kind === 'matched' || rule.until.includes('pushed')
  return {
    cause: ask.cause,
    askedAt: ask.at,
    trigger: ask.trigger,
    rule: rule.name,
    role: role.name,
    description: role.description,
    subject: ask.subject,
    recipient: person(facts.recipient.account),
    requester: person(ask.actor),
    bindings: bindings.map(({ role, given = role, principal }) => ({ role: given, principal })),
    leaseSeconds: leaseSecondsOf(ask, rule, role),
    residualSeconds: role.residualSeconds,
    selfExpiring: bindings.every(({ role, given = role }) => isSelfExpiring(given)),
    ...approvalOf(asked),
    // Whoever receives as something else than a reviewer need not be in the team, nor stay in it.
    team: rule.to === 'reviewer' ? ask.team : undefined,
    label: ask.label,
    parameters: match.kind === 'matched' ? Object.fromEntries(match.values) : {},
    reason: ask.wanted?.reason,
    until: rule.until,
    boundHead: isBound && current.kind === 'pull_request' ? current.headSha : undefined,
    policy: policy.source,
    because: `${whatWasAsked(ask)}, and the rule ${code(rule.name)} gives ${code(role.name)}`,
  }
}

type Approving = Pick<Offer, 'approval' | 'separated' | 'separationUnproven' | 'breakGlass'>

/** NB: who broke the glass is given it at once, and owes a review instead. */
function approvalOf({ ask, facts, rule, role }: RoleAsked): Approving {
  const glass = breaksGlass(rule, ask) ? role.breakGlass : undefined
  const alone = { separated: [], separationUnproven: false, breakGlass: undefined }
  if (glass !== undefined) {
    const { notify, reviewers } = glass
    return { ...alone, approval: 'none', breakGlass: { notify, reviewers } }
  }
  const { approval } = role
  if (approval === 'none' || !approval.separate) return { ...alone, approval }
  const { people, unproven } = facts.separation
  const separated = [facts.recipient.account.id, ask.actor.id, facts.current.author.id, ...people]
  return {
    approval,
    separated: [...new Set(separated)].toSorted((a, b) => a - b),
    separationUnproven: unproven,
    breakGlass: undefined,
  }
}

const person = ({ id, login }: Person): Person => ({ id, login })

import type { Facts, Policy, RoleDefinition } from './types.ts'
import type { Offer } from '../grants/types.ts'
import type { ReviewRequested } from '../signals.ts'
import type { Person } from '../subjects.ts'
import type { Candidate } from './candidates.ts'
import { code } from './quote.ts'
import type { ReadyBinding } from './rule-refusal.ts'

export function offerOf(
  { rule, paths }: Candidate,
  role: RoleDefinition,
  bindings: readonly ReadyBinding[],
  { signal, policy, facts }: { signal: ReviewRequested; policy: Policy; facts: Facts },
): Offer {
  const { recipient, pull } = facts
  const separated = [recipient.id, signal.actor.id, pull.author.id]
  return {
    cause: signal.cause,
    askedAt: signal.at,
    rule: rule.name,
    role: role.name,
    description: role.description,
    subject: signal.subject,
    recipient: person(recipient),
    requester: person(signal.actor),
    bindings: bindings.map((binding) => ({ role: binding.role, principal: binding.principal })),
    leaseSeconds: Math.min(rule.forSeconds ?? role.lease.defaultSeconds, role.lease.maxSeconds),
    residualSeconds: role.residualSeconds,
    // Both of AWS's modes carry their own deadline in the policy that is put.
    selfExpiring: bindings.every(({ role: { cloud } }) => cloud === 'aws'),
    approval: role.approval,
    separated: [...new Set(separated)].toSorted((a, b) => a - b),
    until: rule.until,
    boundHead: paths === 'matched' ? pull.headSha : undefined,
    policy: policy.source,
    because: `${code(signal.actor.login)} asked ${code(recipient.login)} for a review, and the rule ${code(rule.name)} gives ${code(role.name)}`,
  }
}

const person = ({ id, login }: Person): Person => ({ id, login })

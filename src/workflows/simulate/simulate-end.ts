// What an act would end of what the policy's rules give.
import { endReasonOf, type Endable } from '../../domain/grants/ending-of.ts'
import type { EndReason } from '../../domain/grants/types.ts'
import { covers } from '../../domain/policy/conditions.ts'
import { isOfferedIn } from '../../domain/policy/offered.ts'
import type { Policy, Rule } from '../../domain/policy/types.ts'
import type { Signal } from '../../domain/signals.ts'
import type { Person } from '../../domain/subjects.ts'
import type { Known } from './known.ts'

export interface SimulatedEnd {
  readonly rule: string
  readonly role: string
  readonly reason: EndReason
  /** Whose: null for everybody's. */
  readonly recipient: Person | null
}

export function simulateEnds(
  policy: Policy,
  { repository, property }: Pick<Known, 'repository' | 'property'>,
  signal: Signal,
): readonly SimulatedEnd[] {
  const recipient = whoseOf(signal)
  return policy.rules.flatMap((rule) => {
    const role = policy.roles.get(rule.give)
    const gives = role !== undefined && isOfferedIn(role, repository, policy, property)
    if (!gives || !isOf(rule, signal)) return []
    const reason = endReasonOf(signal, givenBy(rule, signal, recipient))
    return reason === undefined ? [] : [{ rule: rule.name, role: rule.give, reason, recipient }]
  })
}

/** Nobody is asked to review an issue. */
const isOf = ({ when }: Rule, { subject }: Signal): boolean =>
  subject.kind === 'pull_request' || when.trigger !== 'review_requested'

function whoseOf(signal: Signal): Person | null {
  if ('reviewer' in signal) return signal.reviewer
  return signal.type === 'Unassigned' ? signal.assignee : null
}

/** What the rule would have given to whom the signal is about, before this act. */
function givenBy({ when, until }: Rule, signal: Signal, recipient: Person | null): Endable {
  const label =
    signal.type === 'LabelRemoved' && (when.added ?? []).some((glob) => covers(glob, signal.label))
      ? signal.label
      : undefined
  const team =
    signal.type === 'TeamReviewRequestRemoved' && when.trigger === 'review_requested'
      ? signal.team
      : undefined
  const isBound = when.paths !== undefined || until.includes('pushed')
  return {
    recipient: recipient ?? signal.actor,
    team,
    label,
    until,
    boundHead: isBound ? 'the head before' : undefined,
  }
}

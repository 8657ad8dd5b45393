import type { Assigned, LabelAdded, ReviewRequested, TeamReviewRequested } from '../signals.ts'
import type { Offer } from '../grants/types.ts'
import type { Ask } from './types.ts'

export type AskingSignal = ReviewRequested | TeamReviewRequested | LabelAdded | Assigned

/** A signal as what it asks for. A command's is made where commands are understood. */
export function askOf(signal: AskingSignal): Ask {
  const { delivery, subject, actor, at, cause } = signal
  const act = { delivery, subject, actor, at, cause }
  switch (signal.type) {
    case 'ReviewRequested':
      return { ...nothing, ...act, trigger: 'review_requested', reviewer: signal.reviewer }
    case 'TeamReviewRequested':
      return { ...nothing, ...act, trigger: 'review_requested', team: signal.team }
    case 'LabelAdded':
      return { ...nothing, ...act, trigger: 'labeled', label: signal.label }
    case 'Assigned':
      return { ...nothing, ...act, trigger: 'assigned', assignee: signal.assignee }
    default:
      return signal satisfies never
  }
}

const nothing = {
  reviewer: undefined,
  team: undefined,
  label: undefined,
  assignee: undefined,
  wanted: undefined,
} as const

/** The act that the offer was made for. Whom a review was asked of or an issue assigned to is known where they received. */
export function askOfOffer(offer: Offer): Ask {
  const { trigger, recipient, team, label, cause, askedAt, subject, requester, reason } = offer
  const wanted = {
    role: offer.role,
    leaseSeconds: offer.leaseSeconds,
    reason,
    breakGlass: offer.breakGlass !== undefined,
  }
  return {
    trigger,
    delivery: '',
    subject,
    actor: { ...requester, type: 'User' },
    at: askedAt,
    cause,
    reviewer: trigger === 'review_requested' && team === undefined ? recipient : undefined,
    team,
    label,
    assignee: trigger === 'assigned' ? recipient : undefined,
    wanted: trigger === 'requested' ? wanted : undefined,
  }
}

import type { Signal } from '../signals.ts'
import type { Until } from '../policy/types.ts'
import type { EndReason, Grant, GrantCommand, Offer } from './types.ts'

/**
 * What a signal ends of a grant: undefined when it means nothing to it. An act from before the grant was asked for
 * ends nothing, however late it arrives.
 */
export function endingOf(signal: Signal, grant: Grant): GrantCommand | undefined {
  const { offer } = grant.revision
  if (signal.at < offer.askedAt) return undefined
  const reason = endReasonOf(signal, offer)
  if (reason === undefined) return undefined
  const { id, login } = signal.actor
  const by = { kind: 'person', person: { id, login } } as const
  const detail = reason === 'pushed' && offer.boundHead !== undefined ? otherCommit : undefined
  if (grant.phase === 'requested') return { type: 'withdraw', by, because: detail }
  return { type: 'end', reason, by, ...(detail === undefined ? {} : { detail }) }
}

const otherCommit = 'it was bound to a commit, and another one was pushed'

/** What of an offer decides what ends it. */
export type Endable = Pick<Offer, 'recipient' | 'team' | 'label' | 'until' | 'boundHead'>

/** Why a signal ends what was given by an offer. Undefined: it does not. */
export function endReasonOf(signal: Signal, offer: Endable): EndReason | undefined {
  const { recipient } = offer
  switch (signal.type) {
    case 'ReviewRequestRemoved':
      // Whoever received as a member of a team does so for as long as the team is asked.
      return offer.team === undefined && signal.reviewer.id === recipient.id
        ? whereUntil(offer, 'unrequested')
        : undefined
    case 'TeamReviewRequestRemoved':
      return offer.team?.id === signal.team.id ? whereUntil(offer, 'unrequested') : undefined
    case 'ReviewSubmitted':
      return signal.reviewer.id === recipient.id ? whereUntil(offer, 'reviewed') : undefined
    case 'LabelRemoved':
      return isSameLabel(signal.label, offer.label) ? whereUntil(offer, 'unlabeled') : undefined
    case 'Unassigned':
      return signal.assignee.id === recipient.id ? whereUntil(offer, 'unassigned') : undefined
    // NB: whatever `until` says: nothing is held from what is over.
    case 'PullRequestClosed':
      return signal.merged ? 'merged' : 'closed'
    case 'IssueClosed':
      return 'closed'
    case 'PullRequestPushed':
      return pushedPast(signal.headSha, offer)
    case 'ReviewRequested':
    case 'TeamReviewRequested':
    case 'LabelAdded':
    case 'Assigned':
    case 'BaseChanged':
    case 'ReviewDismissed':
    case 'CommandWritten':
    case 'ButtonPressed':
      return undefined
    default:
      return signal satisfies never
  }
}

/** What is bound to a commit stands until another one is there; the rest until the next push. */
function pushedPast(headSha: string, { boundHead, until }: Endable): 'pushed' | undefined {
  const past = boundHead === undefined ? until.includes('pushed') : boundHead !== headSha
  return past ? 'pushed' : undefined
}

/** GitHub tells labels apart by their letters, not by their case. */
const isSameLabel = (one: string, other: string | undefined): boolean =>
  one.toLowerCase() === other?.toLowerCase()

const whereUntil = <U extends Until & EndReason>({ until }: Endable, word: U): U | undefined =>
  until.includes(word) ? word : undefined

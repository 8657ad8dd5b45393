import type { Signal } from '../signals.ts'
import type { EndReason, Grant, GrantCommand } from './types.ts'

/**
 * What a signal ends of a grant: undefined when it means nothing to it. An act from before the grant was asked for
 * ends nothing, however late it arrives.
 */
export function endingOf(signal: Signal, grant: Grant): GrantCommand | undefined {
  const { offer } = grant.revision
  if (signal.at < offer.askedAt) return undefined
  const reason = reasonOf(signal, grant)
  if (reason === undefined) return undefined
  if (grant.phase === 'requested') return { type: 'withdraw', by: signal.actor }
  const { id, login } = signal.actor
  const by = { kind: 'person', person: { id, login } } as const
  if (signal.type === 'PullRequestPushed')
    return {
      type: 'end',
      reason,
      by,
      detail: 'it was bound to a commit, and another one was pushed',
    }
  return { type: 'end', reason, by }
}

function reasonOf(signal: Signal, grant: Grant): EndReason | undefined {
  const { until, recipient, boundHead } = grant.revision.offer
  switch (signal.type) {
    case 'ReviewRequested':
      return undefined
    case 'ReviewRequestRemoved':
      return until.includes('unrequested') && signal.reviewer.id === recipient.id
        ? 'unrequested'
        : undefined
    case 'ReviewSubmitted':
      return until.includes('reviewed') && signal.reviewer.id === recipient.id
        ? 'reviewed'
        : undefined
    case 'PullRequestClosed':
      if (!until.includes('closed')) return undefined
      return signal.merged ? 'merged' : 'closed'
    case 'PullRequestPushed':
      return boundHead !== undefined && boundHead !== signal.headSha ? 'standing-lost' : undefined
  }
}

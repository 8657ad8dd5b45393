// A grant's state in a few words. NB: never `ended` before it is proven.
import type { Ended, Ending, EndReason, Grant, Live } from '../grants/types.ts'
import { needsSessionsUntil } from '../grants/phases.ts'
import { minuteMs, type Instant } from '../time.ts'
import { duration, utc } from './format.ts'

export function stateOf(grant: Grant): string {
  switch (grant.phase) {
    case 'requested':
      return `**waits for approval** until ${utc(grant.lapsesAt)}`
    case 'approved':
      return '**approved**, being set up'
    case 'active':
      return `**active**${partly(grant)}`
    case 'ending':
      return `**ending**, ${remaining(grant)}`
    case 'ended':
      return `ended ${utc(grant.endedAt)}: ${reasonOf(grant.reason)}`
    case 'denied':
    case 'withdrawn':
    case 'lapsed':
      return `${grant.phase} ${utc(grant.closedAt)}`
    default:
      return grant satisfies never
  }
}

/** The lease's end and how long the lease is; for a request, how long it would be. */
export function untilOf(grant: Grant): string {
  const length = duration(grant.revision.offer.leaseSeconds)
  return 'endsAt' in grant ? `${utc(grant.endsAt)} (${length})` : `${length} once approved`
}

function reasonOf(reason: EndReason): string {
  return reasons[reason]
}

/** The latest that a session can still run. Undefined when none can outlive the lease. */
export function sessionsUntilMax(grant: Live | Ended): Instant | undefined {
  const { bindings, residualSeconds } = grant.revision.offer
  const outlives = bindings.some(({ role }) => role.mode === 'assume-role') && residualSeconds > 0
  return outlives ? grant.endsAt + residualSeconds * 1000 : undefined
}

const reasons: Readonly<Record<EndReason, string>> = {
  reviewed: 'the review was submitted',
  unrequested: 'the review was no longer requested',
  unlabeled: 'the label was removed',
  unassigned: 'the assignment was removed',
  pushed: 'another commit was pushed',
  done: 'its holder was done',
  frozen: 'it was frozen',
  closed: 'the pull request was closed',
  merged: 'the pull request was merged',
  expired: 'the lease was over',
  revoked: 'it was revoked',
  'revoked-outside': 'somebody removed it in the cloud',
  'standing-lost': 'its ground was lost',
  'could-not-be-given': 'it could not be given',
}

function partly({ holds }: Grant): string {
  const seen = holds.filter(({ state }) => state === 'observed').length
  return seen === holds.length ? '' : ` in part: ${seen} of ${holds.length}`
}

function remaining(grant: Ending): string {
  const proven = grant.holds.every(({ state }) => state === 'gone')
  const until = proven ? needsSessionsUntil(grant) : sessionsUntilMax(grant)
  if (until === undefined) return 'its removal is being proven'
  const shown = utc(Math.ceil(until / minuteMs) * minuteMs)
  return proven ? `sessions until ${shown}` : `sessions until ${shown} at the latest`
}

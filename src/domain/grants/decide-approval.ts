// Who says yes or no to what, and when that is enough.
import type { Instant } from '../time.ts'
import { events, refused } from './decision.ts'
import { leaseEndOf } from './lease-end.ts'
import type { By, Decision, Grant, GrantCommand, Offer, Requested } from './types.ts'

type Approve = Extract<GrantCommand, { type: 'approve' }>
type Deny = Extract<GrantCommand, { type: 'deny' }>

/** The code names one revision: it is void once that revision was approved, denied or replaced, and each person may use it once. */
export function decideApprove(command: Approve, grant: Grant, now: Instant): Decision {
  if (grant.phase !== 'requested') return refused(`The grant is ${grant.phase}.`)
  const { offer, digest, code } = grant.revision
  const no = whyNoApproval(command, grant, now)
  if (no !== undefined) return refused(no)
  const { id, login } = command.by
  const given = { type: 'grant.approval-given', by: { id, login }, digest, code } as const
  if (grant.approvals.length + 1 < quorumOf(offer)) return events(given)
  return events(given, { type: 'grant.approved', digest, endsAt: leaseEndOf(offer, now) })
}

export function decideDeny({ code, by, mayApprove, because }: Deny, grant: Grant): Decision {
  if (grant.phase !== 'requested') return refused(`The grant is ${grant.phase}.`)
  if (code !== grant.revision.code) return refused(otherCode)
  if (!mayApprove) return refused('Only who may approve this may deny it.')
  const denier: By = { kind: 'person', person: { id: by.id, login: by.login } }
  return events({ type: 'grant.denied', by: denier, because })
}

function whyNoApproval(command: Approve, grant: Requested, now: Instant): string | undefined {
  const { by, code, isBot, mayApprove } = command
  const { offer } = grant.revision
  // NB: the tick that lapses it may be late.
  if (now >= grant.lapsesAt) return 'The request has lapsed. Ask again.'
  if (code !== grant.revision.code) return otherCode
  if (isBot) return 'A bot approves nothing.'
  if (offer.separated.includes(by.id)) {
    return 'Who asked for it, receives it or worked on it does not approve it.'
  }
  if (!mayApprove) return 'The policy does not name you as an approver of this role.'
  if (grant.approvals.some((approval) => approval.by.id === by.id)) {
    return 'You have approved this before.'
  }
  return undefined
}

const otherCode = 'That code names no current revision. Look up the code that is shown now.'

const quorumOf = ({ approval }: Offer): number =>
  approval === 'none' ? 1 : Math.max(1, approval.count)

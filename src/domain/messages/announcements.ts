// What must notify: edits of the one comment tell nobody, so these are told in comments of their own, once each.
import { isOwed } from '../debts/acknowledge.ts'
import type { Debt } from '../debts/types.ts'
import { leaseEndOf } from '../grants/lease-end.ts'
import { waitingOf } from '../grants/phases.ts'
import { openStage } from '../grants/stages.ts'
import type { Active, Ended, Ending, EndReason, Grant } from '../grants/types.ts'
import type { Approver } from '../policy/types.ts'
import type { Person } from '../subjects.ts'
import { minuteMs } from '../time.ts'
import { stageNow } from './approval-words.ts'
import * as texts from './announcement-text.ts'
import { isWarnedOf } from './state.ts'
import type { ReportView } from './types.ts'

/** One thing to tell, and whom it is for. */
export interface Announcement {
  /** Names it for good: what was told under it is not told again. */
  readonly key: string
  /** How much it hurts to wait for room. */
  readonly urgency: 'approval' | 'ending'
  readonly to: readonly Addressee[]
  /** Markdown. */
  readonly text: string
  /** NB: state and codes alone, and nobody is mentioned. */
  readonly publicText: string
}

/** `person` is whom a grant names; the others are those that the policy names. */
export type Addressee = Approver | ({ readonly kind: 'person' } & Person)

/**
 * All that is true now and must be told, most urgent first. What is over before it was told is not among it. It depends
 * on the clock in one way: what ended long ago is history.
 */
export function announcementsOf(view: ReportView): readonly Announcement[] {
  const grants = view.grants.toSorted(
    (a, b) => a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : 1),
  )
  return [
    ...view.debts.filter(isOwed).flatMap((debt) => brokeGlass(debt, grants)),
    ...grants.flatMap(needsApproval),
    ...grants.flatMap((grant) => [
      ...given(grant, grants),
      ...longer(grant),
      ...notLonger(grant),
      ...endsSoon(grant),
      ...denied(grant, view),
      ...takenAway(grant, view),
    ]),
  ]
}

/** At once, also when it is over by then: nobody had approved it. */
function brokeGlass(debt: Debt, grants: readonly Grant[]): readonly Announcement[] {
  const grant = grants.find(({ id }) => id === debt.grantId)
  const breakGlass = grant?.revision.offer.breakGlass
  if (grant === undefined || breakGlass === undefined) return []
  return [
    {
      key: `broke-glass/${debt.id}`,
      urgency: 'approval',
      to: breakGlass.notify,
      ...texts.brokeGlass(grant, debt),
    },
  ]
}

/** Those of the stage whose turn it is; a new code is a new question. */
function needsApproval(grant: Grant): readonly Announcement[] {
  const waiting = waitingOf(grant)
  const stage = waiting && stageNow(waiting)
  if (waiting === undefined || stage === undefined) return []
  const { offer, code } = waiting.revision
  const apart = new Set([...offer.separated, offer.recipient.id, offer.requester.id])
  const separate = offer.approval !== 'none' && offer.approval.separate
  return [
    {
      key: `asked/${code}/${openStage(offer.approval, waiting.approvals) ?? 0}`,
      urgency: 'approval',
      to: stage.by.filter((each) => !(separate && each.kind === 'user' && apart.has(each.id))),
      ...texts.needsApproval(grant, waiting),
    },
  ]
}

/** Those that one act was for are told together: whoever is being set up still is waited for, unless that is stuck. */
function given(grant: Grant, grants: readonly Grant[]): readonly Announcement[] {
  if (grant.phase !== 'active') return []
  const { cause } = grant.revision.offer
  const isAwaited = (other: Grant) =>
    other.phase === 'approved' && other.stuck === undefined && other.revision.offer.cause === cause
  if (grants.some(isAwaited)) return []
  return [
    {
      key: `given/${grant.id}`,
      urgency: 'ending',
      to: [recipientOf(grant)],
      ...texts.given(grant),
    },
  ]
}

/** Where somebody had to approve it: otherwise the answer was at once. */
function longer(grant: Grant): readonly Announcement[] {
  if (grant.phase !== 'active') return []
  const { offer, number } = grant.revision
  if (offer.approval === 'none' || grant.endsAt <= leaseEndOf(offer, grant.approvedAt)) return []
  return [
    {
      key: `longer/${grant.id}/${number}`,
      urgency: 'ending',
      to: [recipientOf(grant)],
      ...texts.longer(grant),
    },
  ]
}

/** The latest that was denied, while what it would have made longer is held. */
function notLonger(grant: Grant): readonly Announcement[] {
  if (grant.phase !== 'active' || grant.refusedExtension?.outcome !== 'denied') return []
  return [
    {
      key: `denied/${grant.refusedExtension.code}`,
      urgency: 'ending',
      to: [recipientOf(grant)],
      ...texts.notLonger(grant),
    },
  ]
}

function endsSoon(grant: Grant): readonly Announcement[] {
  if (grant.phase !== 'active' || !isWarnedOf(grant)) return []
  return [
    {
      key: `ends-soon/${grant.id}/${grant.endsAt}`,
      urgency: 'ending',
      to: [recipientOf(grant)],
      ...texts.endsSoon(grant),
    },
  ]
}

function denied(grant: Grant, view: ReportView): readonly Announcement[] {
  if (grant.phase !== 'denied' || isHistory(grant.closedAt, view)) return []
  return [
    {
      key: `denied/${grant.id}`,
      urgency: 'ending',
      to: peopleOf(grant),
      ...texts.denied(grant),
    },
  ]
}

/** Ended against its holder. What the policy's `until` says, and what they did themselves, surprises nobody. */
function takenAway(grant: Grant, view: ReportView): readonly Announcement[] {
  if (grant.phase !== 'ending' && grant.phase !== 'ended') return []
  if (!against.has(grant.reason) || isOwnAct(grant) || isHistory(grant.endingAt, view)) return []
  return [
    {
      key: `taken-away/${grant.id}`,
      urgency: 'ending',
      to: [recipientOf(grant)],
      ...texts.takenAway(grant),
    },
  ]
}

const against: ReadonlySet<EndReason> = new Set([
  'revoked',
  'frozen',
  'revoked-outside',
  'standing-lost',
  'could-not-be-given',
])

const isOwnAct = ({ endedBy, revision }: Ending | Ended): boolean =>
  endedBy.kind === 'person' && endedBy.person.id === revision.offer.recipient.id

const historyMs = 24 * 60 * minuteMs
const isHistory = (at: number, { now }: ReportView): boolean => now - at > historyMs

const recipientOf = ({ revision }: Pick<Active | Ending, 'revision'>): Addressee => {
  const { id, login } = revision.offer.recipient
  return { kind: 'person', id, login }
}

/** Whoever would have received, and whoever asked for them. */
function peopleOf(grant: Grant): readonly Addressee[] {
  const { recipient, requester } = grant.revision.offer
  const own = recipientOf(grant)
  return requester.id === recipient.id
    ? [own]
    : [own, { kind: 'person', id: requester.id, login: requester.login }]
}

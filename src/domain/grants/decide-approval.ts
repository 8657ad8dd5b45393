// Who says yes or no to what, and when that is enough.
import type { Instant } from '../time.ts'
import { events, refused } from './decision.ts'
import { leaseEndOf } from './lease-end.ts'
import { isHeld, waitingOf } from './phases.ts'
import { openStage } from './stages.ts'
import type {
  Active,
  Approved,
  By,
  Decision,
  Extension,
  Grant,
  GrantCommand,
  GrantEvent,
} from './types.ts'

type Approve = Extract<GrantCommand, { type: 'approve' }>
type Deny = Extract<GrantCommand, { type: 'deny' }>

/** The code names one revision: it is void once that revision was approved, denied or replaced, and each person may use it once. */
export function decideApprove(command: Approve, grant: Grant, now: Instant): Decision {
  const waiting = waitingOf(grant)
  if (waiting === undefined) return refused(`The grant is ${grant.phase}.`)
  const no = whyNoApproval(command, waiting, now)
  if (no !== undefined) return refused(no)
  const { offer, digest, code } = waiting.revision
  const stage = openStage(offer.approval, waiting.approvals)
  if (stage === undefined) return refused('It needs no approval.')
  const misplaced = whyNotNow(command, waiting, stage)
  if (misplaced !== undefined) return refused(misplaced)
  const by = { id: command.by.id, login: command.by.login }
  const given = { type: 'grant.approval-given', by, digest, code, stage } as const
  if (openStage(offer.approval, [...waiting.approvals, { stage }]) !== undefined) {
    return events(given)
  }
  return isHeld(grant) ? extended(grant, waiting, given, now) : approved(waiting, given, now)
}

function approved({ revision }: Extension, given: GrantEvent, now: Instant): Decision {
  const { digest, offer } = revision
  return events(given, { type: 'grant.approved', digest, endsAt: leaseEndOf(offer, now) })
}

function extended(
  grant: Approved | Active,
  { revision }: Extension,
  given: GrantEvent,
  now: Instant,
): Decision {
  // NB: the tick that ends it may be late.
  if (now >= grant.endsAt) return refused('The lease is over. Ask again.')
  const endsAt = leaseEndOf(revision.offer, now)
  if (endsAt <= grant.endsAt) return refused('It would end no later than it does now.')
  return events(given, { type: 'grant.extended', digest: revision.digest, endsAt, revision })
}

/** Denying takes nothing from anybody but what they do not have yet: unlike a yes, it needs no separation. */
export function decideDeny({ code, by, isBot, stages, because }: Deny, grant: Grant): Decision {
  const waiting = waitingOf(grant)
  if (waiting === undefined) return refused(`The grant is ${grant.phase}.`)
  if (code !== waiting.revision.code) return refused(otherCode)
  if (isBot) return refused('A bot denies nothing.')
  if (stages.length === 0) return refused('Only who may approve this may deny it.')
  const denier: By = { kind: 'person', person: { id: by.id, login: by.login } }
  const type = grant.phase === 'requested' ? 'grant.denied' : 'grant.extension-denied'
  return events({ type, by: denier, because })
}

function whyNoApproval(
  { by, code, isBot, writesHead }: Approve,
  { revision, lapsesAt, approvals }: Extension,
  now: Instant,
): string | undefined {
  const { approval, separated, separationUnproven, recipient, requester } = revision.offer
  // NB: the tick that lapses it may be late.
  if (now >= lapsesAt) return 'The request has lapsed. Ask again.'
  if (code !== revision.code) return otherCode
  if (isBot) return 'A bot approves nothing.'
  const apart = approval !== 'none' && approval.separate ? [recipient.id, requester.id] : []
  if ([...separated, ...apart].includes(by.id)) {
    return 'Who asked for it, receives it or worked on it does not approve it.'
  }
  if (separationUnproven && writesHead) {
    return 'Nobody can tell who wrote a commit of the head. Only somebody who may not write to its repository approves this.'
  }
  if (approvals.some((approval) => approval.by.id === by.id)) {
    return 'You have approved this before.'
  }
  return undefined
}

/** Each stage begins when those before it are complete. */
function whyNotNow(
  { stages }: Approve,
  { revision, approvals }: Extension,
  open: number,
): string | undefined {
  if (stages.includes(open)) return undefined
  const { approval } = revision.offer
  const all = approval === 'none' ? 0 : approval.stages.length
  const mine = stages.filter((stage) => stage < all)
  if (mine.length === 0) return 'The policy does not name you as an approver of this role.'
  if (mine.some((stage) => stage > open)) {
    return `Stage ${open + 1} of ${all} comes first. You approve a later one.`
  }
  const given = approvals.filter(({ stage }) => mine.includes(stage)).length
  return `The stage that you approve has its ${given === 1 ? 'approval' : 'approvals'}.`
}

const otherCode = 'That code names no current revision. Look up the code that is shown now.'

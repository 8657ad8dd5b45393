import { secondMs, type Instant } from '../time.ts'
import type {
  Active,
  Approved,
  Closed,
  Ended,
  Ending,
  Extension,
  Grant,
  GrantEvent,
  Hold,
  RefusedExtension,
  Requested,
  Revision,
} from './types.ts'

/**
 * The grant after the event. Throws when the event cannot have happened to this grant: the ledger is then not
 * what it says, and nothing may be decided on it.
 */
export function evolve(grant: Grant | undefined, event: GrantEvent, at: Instant): Grant {
  if (event.type === 'grant.requested') return requested(grant, event, at)
  if (grant === undefined) throw impossible(event, 'a grant that was never requested')
  return { ...next(grant, event, at), version: grant.version + 1 }
}

type Later = Exclude<GrantEvent, { type: 'grant.requested' }>

function next(grant: Grant, event: Later, at: Instant): Grant {
  switch (event.type) {
    case 'grant.revised': {
      const { revision, ...former } = waiting(grant, event)
      return { ...former, revision: event.revision, formerOffer: revision.offer, approvals: [] }
    }
    case 'grant.approval-given':
      return approvalGiven(grant, event, at)
    case 'grant.approved':
      return approved(waiting(grant, event), event, at)
    case 'grant.denied':
      return closed(waiting(grant, event), 'denied', at, { by: event.by, detail: event.because })
    case 'grant.withdrawn':
      return closed(waiting(grant, event), 'withdrawn', at, { by: event.by, detail: event.because })
    case 'grant.lapsed':
      return closed(waiting(grant, event), 'lapsed', at, {
        by: { kind: 'hallpass' },
        detail: undefined,
      })
    case 'grant.extension-requested': {
      const { revision, lapsesAt } = event
      return { ...held(grant, event), extension: { revision, lapsesAt, approvals: [] } }
    }
    case 'grant.extended':
      return extended(held(grant, event), event, at)
    case 'grant.extension-denied':
      return unextended(extending(grant, event), 'denied')
    case 'grant.extension-withdrawn':
      return unextended(extending(grant, event), 'withdrawn')
    case 'grant.extension-lapsed':
      return unextended(extending(grant, event), 'lapsed')
    case 'grant.warned':
      return { ...held(grant, event), warnedFor: event.endsAt }
    case 'grant.binding-present':
      return withHold(held(grant, event), event, (hold) => ({
        ...hold,
        state: 'observed',
        observedAt: at,
      }))
    case 'grant.activated':
      return activated(grant, event, at)
    case 'grant.ending':
      return ending(held(grant, event), event, at)
    case 'grant.binding-gone': {
      const { removedAt, certainAt, sessionsUntil, heldBy } = event
      return withHold(leaving(grant, event), event, (hold) => ({
        ...hold,
        state: 'gone',
        removedAt,
        certainAt,
        sessionsUntil,
        handedOver: heldBy.length > 0 ? true : undefined,
      }))
    }
    case 'grant.ended':
      return { ...leaving(grant, event), phase: 'ended', endedAt: at, stuck: undefined }
    case 'grant.left':
      return left(grant, event, at)
    case 'grant.drifted':
      return { ...held(grant, event), driftedAt: at }
    case 'grant.stuck':
      return { ...grant, stuck: { since: grant.stuck?.since ?? at, because: event.because } }
    case 'grant.unstuck':
      return { ...grant, stuck: undefined }
    default:
      return event satisfies never
  }
}

function requested(
  grant: Grant | undefined,
  event: Extract<GrantEvent, { type: 'grant.requested' }>,
  at: Instant,
): Requested {
  if (grant !== undefined) throw impossible(event, `a grant that is ${grant.phase}`)
  const { id, revision, lapsesAt, bindingIds } = event
  const holds = bindingIds.map(wanted)
  const base = { id, revision, lapsesAt, holds, version: 1, requestedAt: at }
  return { ...base, phase: 'requested', formerOffer: undefined, approvals: [], stuck: undefined }
}

const wanted = (bindingId: string): Hold => ({
  bindingId,
  state: 'wanted',
  observedAt: undefined,
  removedAt: undefined,
  certainAt: undefined,
  sessionsUntil: undefined,
})

function approvalGiven(
  grant: Grant,
  event: Extract<GrantEvent, { type: 'grant.approval-given' }>,
  at: Instant,
): Grant {
  const given = (to: Extension) => {
    sameDigest(to, event)
    return [...to.approvals, { by: event.by, at, stage: event.stage }]
  }
  if (grant.phase === 'requested') return { ...grant, approvals: given(grant) }
  const { extension, ...rest } = extending(grant, event)
  return { ...rest, extension: { ...extension, approvals: given(extension) } }
}

function approved(
  grant: Requested,
  event: Extract<GrantEvent, { type: 'grant.approved' }>,
  at: Instant,
): Approved {
  sameDigest(grant, event)
  within(grant.revision, event, at)
  const timed = { approvedAt: at, endsAt: event.endsAt, warnedFor: undefined }
  const nothing = { extension: undefined, refusedExtension: undefined }
  return { ...decided(grant), ...timed, ...nothing, phase: 'approved' }
}

function extended(
  grant: Approved | Active,
  event: Extract<GrantEvent, { type: 'grant.extended' }>,
  at: Instant,
): Approved | Active {
  const { revision, endsAt } = event
  sameDigest({ revision }, event)
  if (revision.offer.approval !== 'none') sameDigest(extending(grant, event).extension, event)
  within(revision, event, at)
  if (endsAt <= grant.endsAt) throw impossible(event, 'a grant that ends later')
  return { ...grant, revision, endsAt, extension: undefined }
}

function within(
  { offer }: Revision,
  event: Extract<GrantEvent, { type: 'grant.approved' | 'grant.extended' }>,
  at: Instant,
): void {
  if (event.endsAt > at + offer.leaseSeconds * secondMs) {
    throw impossible(event, 'an end past what was approved')
  }
}

function closed(
  grant: Requested,
  phase: Closed['phase'],
  at: Instant,
  how: Pick<Closed, 'by' | 'detail'>,
): Grant {
  return { ...decided(grant), ...how, phase, closedAt: at }
}

/** Without what matters only while it waits. */
function decided(grant: Requested) {
  const { lapsesAt: _lapsesAt, approvals: _approvals, formerOffer: _former, ...base } = grant
  return base
}

function unextended(
  grant: (Approved | Active) & Extending,
  outcome: RefusedExtension['outcome'],
): Approved | Active {
  const { code } = grant.extension.revision
  return { ...grant, extension: undefined, refusedExtension: { code, outcome } }
}

function activated(grant: Grant, event: GrantEvent, at: Instant): Active {
  if (grant.phase !== 'approved') throw impossible(event, `a grant that is ${grant.phase}`)
  return { ...grant, phase: 'active', activatedAt: at }
}

function ending(
  grant: Approved | Active,
  event: Extract<GrantEvent, { type: 'grant.ending' }>,
  at: Instant,
): Ending {
  const { extension: _void, ...base } = grant
  return {
    ...base,
    phase: 'ending',
    activatedAt: grant.phase === 'active' ? grant.activatedAt : undefined,
    endingAt: at,
    reason: event.reason,
    detail: event.detail,
    endedBy: event.by,
    holds: grant.holds.map((hold) => ({ ...hold, state: 'released' })),
  }
}

function left(
  grant: Grant,
  event: Extract<GrantEvent, { type: 'grant.left' }>,
  at: Instant,
): Ended {
  const why = { reason: 'left-to-original', detail: undefined } as const
  const leaving =
    grant.phase === 'ending'
      ? grant
      : ending(held(grant, event), { type: 'grant.ending', by: event.by, ...why }, at)
  return { ...leaving, ...why, phase: 'ended', endedBy: event.by, endedAt: at, stuck: undefined }
}

function withHold<G extends Grant>(
  grant: G,
  event: Extract<GrantEvent, { type: 'grant.binding-present' | 'grant.binding-gone' }>,
  change: (hold: Hold) => Hold,
): G {
  if (!grant.holds.some(({ bindingId }) => bindingId === event.bindingId)) {
    throw impossible(event, 'a binding that the grant does not hold')
  }
  const holds = grant.holds.map((hold) =>
    hold.bindingId === event.bindingId ? change(hold) : hold,
  )
  return { ...grant, holds }
}

function waiting(grant: Grant, event: GrantEvent): Requested {
  if (grant.phase !== 'requested') throw impossible(event, `a grant that is ${grant.phase}`)
  return grant
}

function held(grant: Grant, event: GrantEvent): Approved | Active {
  if (grant.phase === 'approved' || grant.phase === 'active') return grant
  throw impossible(event, `a grant that is ${grant.phase}`)
}

function extending(grant: Grant, event: GrantEvent): (Approved | Active) & Extending {
  const { extension, ...rest } = held(grant, event)
  if (extension === undefined) throw impossible(event, 'a grant that nobody asked to extend')
  return { ...rest, extension }
}

interface Extending {
  readonly extension: Extension
}

function leaving(grant: Grant, event: GrantEvent): Ending {
  if (grant.phase !== 'ending') throw impossible(event, `a grant that is ${grant.phase}`)
  return grant
}

function sameDigest(
  { revision }: Pick<Extension, 'revision'>,
  event: GrantEvent & { readonly digest: string },
): void {
  if (event.digest !== revision.digest) throw impossible(event, 'another revision')
}

const impossible = (event: GrantEvent, what: string): Error =>
  new Error(`${event.type} cannot happen to ${what}`)

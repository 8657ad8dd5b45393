import type { BindingId, CloudRole, Principal } from '../lanes/types.ts'
import type { Eligible, PolicySource, Until } from '../policy/types.ts'
import type { Instant } from '../time.ts'
import type { Person, Subject } from '../subjects.ts'

/** 12 characters of Crockford's base 32, lower case, random. Fits in an IAM session name and can be read aloud. */
export type GrantId = string

/** What policy would grant. Its digest is what an approver approves. */
export interface Offer {
  /** The one human act behind it. A cause grants at most once to one recipient for one role. */
  readonly cause: string
  /** When GitHub says that act happened: what was done before it ends nothing. */
  readonly askedAt: Instant
  readonly rule: string
  readonly role: string
  readonly description: string
  readonly subject: Subject
  readonly recipient: Person
  readonly requester: Person
  readonly bindings: readonly { readonly role: CloudRole; readonly principal: Principal }[]
  readonly leaseSeconds: number
  readonly residualSeconds: number
  /** Whether the cloud itself ends it even if Hallpass is dead. */
  readonly selfExpiring: boolean
  readonly approval: 'none' | { readonly by: readonly Eligible[]; readonly count: number }
  /** Numeric user ids that never count as approvers of this offer. */
  readonly separated: readonly number[]
  readonly until: readonly Until[]
  /** Set when a rule on changed paths bound it to this commit. */
  readonly boundHead: string | undefined
  readonly policy: PolicySource
  /** Why policy offers it, in one line. */
  readonly because: string
}

/** An offer as it can be approved: any change makes a new digest and a new code, and voids earlier approvals. */
export interface Revision {
  readonly number: number
  readonly offer: Offer
  /** SHA-256 over the canonical bytes of what an approver approves, hex. */
  readonly digest: string
  /** Random, single use: how an approver names this revision. */
  readonly code: string
}

export type By =
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'operator'; readonly name: string }
  | { readonly kind: 'hallpass' }

export type EndReason =
  | 'reviewed'
  | 'unrequested'
  | 'closed'
  | 'merged'
  | 'expired'
  | 'revoked'
  | 'revoked-outside'
  | 'standing-lost'
  | 'could-not-be-given'

/** One binding as one grant sees it. */
export interface Hold {
  readonly bindingId: BindingId
  /**
   * `wanted` until it is seen in the cloud, then `observed`; `released` once the grant ends;
   * `gone` when it is proven that the binding is gone or that named live grants still hold it.
   */
  readonly state: 'wanted' | 'observed' | 'released' | 'gone'
  readonly observedAt: Instant | undefined
  readonly removedAt: Instant | undefined
  readonly certainAt: Instant | undefined
  /** Until when a session opened through it may still run. Undefined: none can. */
  readonly sessionsUntil: Instant | undefined
}

interface GrantBase {
  readonly id: GrantId
  /** Number of events so far: the guard of an append. */
  readonly version: number
  readonly revision: Revision
  readonly requestedAt: Instant
  readonly holds: readonly Hold[]
  /** Trouble is a fact beside the state, never a state that ends the work. */
  readonly stuck: { readonly since: Instant; readonly because: string } | undefined
}
export interface Requested extends GrantBase {
  readonly phase: 'requested'
  readonly lapsesAt: Instant
  readonly approvals: readonly { readonly by: Person; readonly at: Instant }[]
}
interface Timed extends GrantBase {
  readonly approvedAt: Instant
  /** Whole seconds. Never past what was approved. */
  readonly endsAt: Instant
}
export interface Approved extends Timed {
  readonly phase: 'approved'
}
export interface Active extends Timed {
  readonly phase: 'active'
  readonly activatedAt: Instant
}
export interface Ending extends Timed {
  readonly phase: 'ending'
  readonly activatedAt: Instant | undefined
  readonly endingAt: Instant
  readonly reason: EndReason
  readonly detail: string | undefined
  readonly endedBy: By
}
export interface Ended extends Timed {
  readonly phase: 'ended'
  readonly activatedAt: Instant | undefined
  readonly endingAt: Instant
  readonly reason: EndReason
  readonly detail: string | undefined
  readonly endedBy: By
  readonly endedAt: Instant
}
export interface Closed extends GrantBase {
  readonly phase: 'denied' | 'withdrawn' | 'lapsed'
  readonly closedAt: Instant
  readonly by: By
  readonly detail: string | undefined
}
export type Grant = Requested | Approved | Active | Ending | Ended | Closed

/** Grants that may stand in a cloud or still get there. */
export type Live = Approved | Active | Ending

export type GrantCommand =
  /** Starts a grant. `approval: 'none'` approves it in the same decision. */
  | {
      readonly type: 'request'
      readonly id: GrantId
      readonly revision: Revision
      readonly lapseSeconds: number
      readonly bindingIds: readonly BindingId[]
    }
  | { readonly type: 'revise'; readonly revision: Revision }
  | {
      readonly type: 'approve'
      readonly code: string
      readonly by: Person
      readonly isBot: boolean
      readonly mayApprove: boolean
    }
  | {
      readonly type: 'deny'
      readonly code: string
      readonly by: Person
      readonly mayApprove: boolean
      readonly because: string | undefined
    }
  | { readonly type: 'withdraw'; readonly by: Person }
  /** Time has passed: lapse when nobody approved, end when the lease is over. Does nothing before it is due. */
  | { readonly type: 'tick' }
  | { readonly type: 'end'; readonly reason: EndReason; readonly by: By; readonly detail?: string }
  | { readonly type: 'observe-present'; readonly bindingId: BindingId }
  /** The binding is proven gone (or proven held by others); sessions may run until then. */
  | {
      readonly type: 'observe-gone'
      readonly bindingId: BindingId
      readonly removedAt: Instant
      readonly certainAt: Instant
      readonly sessionsUntil: Instant | undefined
      readonly heldBy: readonly GrantId[]
    }
  /** The cloud's own time is past the last session: a grant whose holds are all gone may end. `cloudAt` is that time; undefined when no session was possible. */
  | { readonly type: 'conclude'; readonly cloudAt: Instant | undefined }
  | { readonly type: 'trouble'; readonly because: string }
  | { readonly type: 'trouble-over' }

/** Every event also carries, in the ledger: position, instant, stream, version, hash and its predecessor's hash. */
export type GrantEvent =
  | {
      readonly type: 'grant.requested'
      readonly id: GrantId
      readonly revision: Revision
      readonly lapsesAt: Instant
      readonly bindingIds: readonly BindingId[]
    }
  | { readonly type: 'grant.revised'; readonly revision: Revision; readonly voided: number }
  | {
      readonly type: 'grant.approval-given'
      readonly by: Person
      readonly digest: string
      readonly code: string
    }
  | { readonly type: 'grant.approved'; readonly digest: string; readonly endsAt: Instant }
  | { readonly type: 'grant.denied'; readonly by: By; readonly because: string | undefined }
  | { readonly type: 'grant.withdrawn'; readonly by: By }
  | { readonly type: 'grant.lapsed' }
  | { readonly type: 'grant.binding-present'; readonly bindingId: BindingId }
  | { readonly type: 'grant.activated' }
  | {
      readonly type: 'grant.ending'
      readonly reason: EndReason
      readonly by: By
      readonly detail: string | undefined
    }
  | {
      readonly type: 'grant.binding-gone'
      readonly bindingId: BindingId
      readonly removedAt: Instant
      readonly certainAt: Instant
      readonly sessionsUntil: Instant | undefined
      readonly heldBy: readonly GrantId[]
    }
  | { readonly type: 'grant.ended'; readonly cloudAt: Instant | undefined }
  | { readonly type: 'grant.stuck'; readonly because: string }
  | { readonly type: 'grant.unstuck' }

/** Why a command changed nothing: a value, not a fault. */
export interface GrantRefusal {
  readonly kind: 'refused'
  readonly reason: string
}
export type Decision =
  | { readonly kind: 'events'; readonly events: readonly GrantEvent[] }
  | GrantRefusal

import type { BindingId, CloudRole, Principal } from '../lanes/types.ts'
import type { Approval, Eligible, PolicySource, Trigger, Until } from '../policy/types.ts'
import type { Instant } from '../time.ts'
import type { Person, Subject, Team } from '../subjects.ts'
import type { GrantEvent } from './events.ts'

export type { GrantCommand } from './commands.ts'
export type { GrantEvent } from './events.ts'

/** 12 characters of Crockford's base 32, lower case, random. Fits in an IAM session name and can be read aloud. */
export type GrantId = string

/** What policy would grant. Its digest is what an approver approves. */
export interface Offer {
  /** The one human act behind it. A cause grants at most once to one recipient for one role. */
  readonly cause: string
  /** When GitHub says that act happened: what was done before it ends nothing. */
  readonly askedAt: Instant
  readonly trigger: Trigger
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
  readonly approval: Approval
  /** Numeric user ids that never count as approvers of this offer. Empty where the policy does not separate. */
  readonly separated: readonly number[]
  /**
   * A commit of the head that nobody can be resolved for makes separation unproven: then only approvers without write
   * access to the head's repository count.
   */
  readonly separationUnproven: boolean
  /** The team whose review was asked for, when the recipient is one of its members. */
  readonly team: Team | undefined
  /** The label that was added: taking it away ends a grant whose `until` holds `unlabeled`. */
  readonly label: string | undefined
  /** What the rule filled in from the changed paths, by parameter name, in order. Empty without parameters. */
  readonly parameters: Readonly<Record<string, readonly string[]>>
  /** What the requester wrote after `because`. */
  readonly reason: string | undefined
  /** Given at once and reviewed afterwards. `approval` is `none` then. */
  readonly breakGlass: BreakGlass | undefined
  readonly until: readonly Until[]
  /** Set when a rule on changed paths, or one that a push ends, bound it to this commit. */
  readonly boundHead: string | undefined
  readonly policy: PolicySource
  /** Why policy offers it, in one line. */
  readonly because: string
}

/** Who hears at once of access that nobody approved, and who has to review it afterwards. */
export interface BreakGlass {
  readonly notify: readonly Eligible[]
  readonly reviewers: readonly Eligible[]
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
  | 'unlabeled'
  | 'unassigned'
  | 'pushed'
  /** The holder said that they are done. */
  | 'done'
  | 'frozen'
  | 'closed'
  | 'merged'
  | 'expired'
  | 'revoked'
  | 'revoked-outside'
  | 'standing-lost'
  | 'could-not-be-given'
  /** Nobody had seen it stand when the ledger was claimed after a restore: it may have been over by then. */
  | 'restored'
  /** The ledger is a copy: whatever stands is its original's to end. */
  | 'left-to-original'

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
  /** It is gone for this grant alone: others go on holding it. */
  readonly handedOver?: true | undefined
}

interface GrantBase {
  readonly id: GrantId
  /** Number of events so far: the guard of an append. */
  readonly version: number
  readonly revision: Revision
  readonly requestedAt: Instant
  readonly holds: readonly Hold[]
  /** When it was last seen that somebody had changed it in the cloud. What was recorded before has none. */
  readonly driftedAt?: Instant | undefined
  /** Trouble is a fact beside the state, never a state that ends the work. */
  readonly stuck: { readonly since: Instant; readonly because: string } | undefined
}
/** One person's yes, and the stage it counted for: the first is 0. */
export interface GivenApproval {
  readonly by: Person
  readonly at: Instant
  readonly stage: number
}
export interface Requested extends GrantBase {
  readonly phase: 'requested'
  /** What the revision before this one offered. Undefined for the first. */
  readonly formerOffer: Offer | undefined
  readonly lapsesAt: Instant
  readonly approvals: readonly GivenApproval[]
}
/** What waits for approval: a request, or a longer lease that needs what the first one needed. */
export interface Extension {
  readonly revision: Revision
  readonly lapsesAt: Instant
  readonly approvals: readonly GivenApproval[]
}
interface Timed extends GrantBase {
  /** When access was first approved: an extension does not move it. */
  readonly approvedAt: Instant
  /** Whole seconds. Never past what was approved, and never earlier than it was before. */
  readonly endsAt: Instant
  /** The end that people were warned of: an extension makes a new one. */
  readonly warnedFor: Instant | undefined
  /** The last longer lease that came to nothing, by its revision's code. */
  readonly refusedExtension: RefusedExtension | undefined
}
export interface RefusedExtension {
  readonly code: string
  readonly outcome: 'denied' | 'withdrawn' | 'lapsed'
}
/** What runs and may be extended. `revision` is the latest that was approved. */
interface Extensible extends Timed {
  /** Undefined unless a longer lease waits for approval. Void when the grant ends. */
  readonly extension: Extension | undefined
}
export interface Approved extends Extensible {
  readonly phase: 'approved'
}
export interface Active extends Extensible {
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

/** Why a command changed nothing: a value, not a fault. */
export interface GrantRefusal {
  readonly kind: 'refused'
  readonly reason: string
}
export type Decision =
  | { readonly kind: 'events'; readonly events: readonly GrantEvent[] }
  | GrantRefusal

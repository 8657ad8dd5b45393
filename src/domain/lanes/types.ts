import type { CloudError } from '../errors.ts'
import type { Instant } from '../time.ts'
import type {
  AwsPrincipal,
  CloudRole,
  IdentityCenterAssignment,
  IdentityCenterPrincipal,
  Principal,
} from './clouds.ts'

export type * from './clouds.ts'

/** The key of the cloud resource whose state one writer at a time reads and writes: `aws/<account>/user/<UserId>`, `gcp/projects/<id>` … */
export type LaneId = string
/**
 * Unique within the ledger. Where each grant has its own it holds the grant's id; else it is made of what the cloud
 * keeps once whoever asked for it, so that several grants hold the same binding.
 */
export type BindingId = string

/** What the adapter needs to address the lane. */
export type LaneAddress =
  | { readonly cloud: 'aws'; readonly principal: AwsPrincipal }
  | {
      readonly cloud: 'identity-center'
      readonly role: IdentityCenterAssignment
      readonly principal: IdentityCenterPrincipal
    }
  | { readonly cloud: 'gcp'; readonly resource: string }
  | { readonly cloud: 'azure'; readonly scope: string }
export type Lane = LaneAddress & { readonly id: LaneId }
export type LaneOf<C extends Lane['cloud']> = Extract<Lane, { cloud: C }>

/** The cloud-side fact that is wanted or not: principal + cloud role + resource, with its window. */
export interface Binding {
  readonly id: BindingId
  readonly laneId: LaneId
  /**
   * What marks it as ours in the cloud: `hallpass-<instance>-<grant>` and `-2`, `-3` for a grant's further bindings.
   * The id where nothing in the cloud can carry a mark.
   */
  readonly name: string
  /** `hallpass-<grant>`: the session name that mode A pins. */
  readonly sessionName: string
  readonly principal: Principal
  readonly role: CloudRole
  readonly startsAt: Instant
  /** The deadline, which the cloud itself enforces in modes that expire by themselves. Whole seconds. */
  readonly endsAt: Instant
  /** How long a session may outlive the binding, in seconds. 0 when none can. */
  readonly residualSeconds: number
}

/** What the ledger knows about one binding: desire, and the history of what was done to it. */
export interface BindingRecord {
  readonly binding: Binding
  /** Desired while any live grant holds it. */
  readonly desired: 'present' | 'absent'
  /** Noted before the cloud is first asked to create it; from then on it may exist whatever a read says. */
  readonly attemptedAt: Instant | undefined
  /** First time it was read back as present. */
  readonly presentAt: Instant | undefined
  /** First read that missed it although it was present before and is still desired. */
  readonly missedAt: Instant | undefined
  /** Last removal that the cloud acknowledged, or when its own deadline had passed. Cleared when it is found again. */
  readonly removedAt: Instant | undefined
  /** When its absence (read back past the cloud's lag) and so the end of enforcement became certain. */
  readonly certainAt: Instant | undefined
  /** Until when a session opened through it may still run: set with `certainAt`. */
  readonly sessionsUntil: Instant | undefined
  /** When a removal also stopped the sessions that ran: none outlives that. Cleared when it is put again. */
  readonly sessionsEndedAt?: Instant | undefined
  /** The deadline with which it was last seen to stand as wanted, and when that was first seen. */
  readonly standsUntil?: Instant | undefined
  readonly standsSince?: Instant | undefined
  /**
   * The latest deadline that it was ever wanted until: a write that was to bring it forward may not have got there.
   * The binding's own when left out.
   */
  readonly latestEndsAt?: Instant | undefined
}

/** Where a report comes from: what an auditor can look up in the cloud's own log. */
export interface Evidence {
  readonly requestId: string | undefined
  /** The cloud's own time at that answer. */
  readonly cloudAt: Instant
  /** Which version of what was read or written this was, such as an etag. */
  readonly version?: string
}

export interface ObservedBinding {
  readonly state: 'present' | 'absent' | 'different'
  readonly evidence: Evidence
}

/** One read of a lane. */
export interface Observation {
  /**
   * `replaced`: the name now belongs to another immutable id. `missing`: nothing has that name. `deleted`: nothing has
   * the id any more, under whatever name, so that what hung on it is gone with it.
   */
  readonly principal: 'same' | 'replaced' | 'missing' | 'deleted'
  readonly bindings: ReadonlyMap<BindingId, ObservedBinding>
  readonly evidence: Evidence
}

export type Change =
  | { readonly do: 'put'; readonly binding: Binding }
  | { readonly do: 'remove'; readonly binding: Binding }

/** A change that was carried out. */
export interface Done {
  readonly evidence: Evidence
  /** A removal that also stopped every session which was opened through it. */
  readonly sessionsEnded?: true
}

/** What came of one change. */
export type Applied =
  | (Done & { readonly ok: true })
  | { readonly ok: false; readonly error: CloudError }

/** What to record about a binding. Only what changes; `null` clears. */
export interface BindingNote {
  readonly id: BindingId
  readonly set: Partial<{
    readonly [
      K in
        | 'attemptedAt'
        | 'presentAt'
        | 'missedAt'
        | 'removedAt'
        | 'certainAt'
        | 'sessionsUntil'
        | 'sessionsEndedAt'
        | 'standsUntil'
        | 'standsSince'
    ]: Instant | null
  }>
}

/** What a read of the lane proved, for the grants that hold the binding. Told again at each read: hearing it twice changes nothing. */
export type LaneVerdict =
  /** It stands as wanted. Holders: `observe-present`. */
  | { readonly kind: 'present'; readonly bindingId: BindingId }
  /**
   * Wanted, and proven not to be there by two reads further apart than the cloud's lag; never put back. Holders: `end`
   * with `reason`: somebody took away what stood (`revoked-outside`), or it could not get there (`could-not-be-given`).
   */
  | {
      readonly kind: 'missing'
      readonly bindingId: BindingId
      readonly reason: 'revoked-outside' | 'could-not-be-given'
      readonly why: string
    }
  /** It stood as wanted, and somebody changed it since: it is put back. Told once each time. Holders: `drift`. */
  | { readonly kind: 'drifted'; readonly bindingId: BindingId }
  /** Something that we never made stands under our name; it is not touched. Holders: `end` as `could-not-be-given`. */
  | { readonly kind: 'foreign'; readonly bindingId: BindingId; readonly why: string }
  /** Proven gone: enforcement ended by `certainAt`. Holders: `observe-gone`. */
  | {
      readonly kind: 'gone'
      readonly bindingId: BindingId
      readonly removedAt: Instant
      readonly certainAt: Instant
      readonly sessionsUntil: Instant | undefined
    }
  /**
   * Not wanted, and nobody can be asked about it before the cloud's own deadline for it has passed: whoever has it may
   * only have another name now. Holders: `trouble`, for as long as it is so.
   */
  | { readonly kind: 'unreachable'; readonly bindingId: BindingId; readonly why: string }
  /** Removed, as the cloud said, and still seen by a read that may be behind. While it is so, no failure is forgotten. */
  | { readonly kind: 'lingers'; readonly bindingId: BindingId }
  /** Gone, and past the last session by the cloud's own time (undefined when it was never asked to make it). Holders: `conclude`, see `isOverInLane`. */
  | {
      readonly kind: 'over'
      readonly bindingId: BindingId
      readonly cloudAt: Instant | undefined
    }

export interface LanePlan {
  /** To carry out in this order, after the notes are recorded. */
  readonly changes: readonly Change[]
  /** To record before any change leaves: from then on what is tried may exist. */
  readonly notes: readonly BindingNote[]
  readonly verdicts: readonly LaneVerdict[]
  /** When to look again although nobody asks, also when the process dies over the changes. Undefined: never. */
  readonly checkAt: Instant | undefined
}

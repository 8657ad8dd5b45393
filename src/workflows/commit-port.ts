// What is written into the ledger at once, as workflows say it.
import type { Debt } from '../domain/debts/types.ts'
import type { LostDelivery } from '../domain/deliveries/judge-attempts.ts'
import type { Freezable, Freeze } from '../domain/grants/freeze.ts'
import type { Grant, GrantEvent, GrantId } from '../domain/grants/types.ts'
import type { Alarm } from '../domain/lanes/alarms.ts'
import type { Binding, BindingNote, Lane, LaneId, Principal } from '../domain/lanes/types.ts'
import type { NewEvent } from '../domain/log/types.ts'
import type { Notice } from '../domain/messages/types.ts'
import type { Limits } from '../domain/policy/types.ts'
import type { LimitScope } from '../domain/policy/usage.ts'
import type { Concerned } from '../domain/signals.ts'
import type { Subject } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'
import type { Claim } from './claim-port.ts'

export interface GrantChange {
  /** As it is after `events`: `version` is the expected version plus their number. */
  readonly grant: Grant
  readonly expectedVersion: number
  readonly events: readonly GrantEvent[]
}

/**
 * One transaction. The adapter writes the events into the chain, the grants' rows, their holds, and from those holds
 * each binding's desired state and deadline; a lane whose desired state changed and the subject of every changed grant
 * become dirty. Throws LedgerConflict, having written nothing, when a version or the claim's fence is stale, when a new
 * grant's cause has already granted, or when `limits`, `unfrozen` or another guard below does not hold any more.
 */
export interface Commit {
  readonly now: Instant
  readonly claim?: Claim
  readonly events?: readonly NewEvent[]
  readonly grants?: readonly GrantChange[]
  /** Bindings that new grants bring: inserted when not there yet, with their lane. */
  readonly newBindings?: readonly {
    readonly binding: Binding
    readonly lane: Lane
    readonly grantId: GrantId
  }[]
  /**
   * Found in a cloud, and not wanted: each begins as tried and absent, and what is known and proven gone begins so
   * anew. What is open meanwhile stays as it is. `unasked`: no person said so, and no end was recorded.
   */
  readonly adopted?: readonly {
    readonly binding: Binding
    readonly lane: Lane
    readonly unasked: boolean
  }[]
  readonly alarms?: { readonly raised: readonly Alarm[]; readonly over: readonly string[] }
  /** When somebody looks around in the clouds next. */
  readonly reconcileAt?: Instant
  readonly bindings?: readonly BindingNote[]
  readonly dirtySubjects?: readonly Subject[]
  readonly dirtyLanes?: readonly LaneId[]
  /** After work on a lane: which version of it is clean, and when to look again. */
  readonly lane?: {
    readonly id: LaneId
    /** The dirty version that this work read: clears the mark only when it is still that one. */
    readonly cleanVersion?: number
    /** The dirty version that a failed try read: what it left undone waits for `checkAt`, what became dirty since does not. */
    readonly triedVersion?: number
    /** When to look again even if nobody asks; null for never. */
    readonly checkAt: Instant | null
    readonly failures: number
    readonly lastError: string | null
    /** Moves `LaneWork.settledAt` when given; never back. */
    readonly settledAt?: Instant
  }
  readonly delivery?: {
    readonly id: string
    /** `handled`, or why it can never be. */
    readonly outcome: string
    /** Counts as an attempt that failed for good; a redelivery takes it up again. Otherwise it is done. */
    readonly givenUp?: true
  }
  /** What people should see of a subject besides its grants, in order: sets the notice of that key; `null` clears it. */
  readonly notices?: readonly {
    readonly subject: Subject
    readonly key: string
    readonly notice: Notice | null
  }[]
  /** Grants whose ground was read and found good now; each at the version of the question that the reading answers. */
  readonly standingConfirmed?: readonly { readonly id: GrantId; readonly version: number }[]
  /** Whose ground is to be read anew as soon as may be: something moved that it may stand on. */
  readonly questioned?: readonly Concerned[]
  /** Of looking for lost deliveries: when somebody looks next, up to when GitHub's list was read, and what was found. */
  readonly recovery?: {
    readonly nextAt?: Instant
    readonly readTo?: Instant
    readonly lost?: readonly LostDelivery[]
  }
  /** Causes that are carried out by this: throws ActRepeated when one of them was before. */
  readonly acts?: readonly string[]
  /** Leases that this begins or prolongs, counted again besides all grants but those that this commit changes. */
  readonly limits?: readonly Limited[]
  /** What no freeze may cover. */
  readonly unfrozen?: readonly Freezable[]
  /** An end of what is not frozen, and a beginning with a known id, are conflicts. */
  readonly freezes?: readonly ({ readonly begin: Freeze } | { readonly end: string })[]
  /**
   * Kept by id: an acknowledgement and an issue that are recorded stay, whatever an older reading says. A new one of
   * a person who owes another, and a second acknowledgement, are conflicts.
   */
  readonly debts?: readonly Debt[]
  /** What each revision was decided on. The texts are kept once per blob. */
  readonly decisions?: readonly NewDecision[]
  /** A person who is linked to another principal there, and a principal that is another person's, are conflicts. */
  readonly identityLinks?: readonly IdentityLink[]
  /** `replaces`, when given, is the blob that is accepted until now (null: none): anything else is a conflict. */
  readonly acceptedPolicy?: AcceptedPolicy & {
    readonly where: string
    readonly replaces?: string | null
  }
}

export interface Limited extends Freezable {
  readonly scope: LimitScope
  readonly limits: Limits
  /** How long it lasts in all, with what is asked for now. */
  readonly leaseSeconds: number
}

export interface NewDecision {
  readonly grantId: GrantId
  readonly revision: number
  /** Anything that JSON can hold. */
  readonly facts: unknown
  readonly documents: readonly PolicyText[]
}
/** What one revision was decided on. */
export interface RecordedDecision extends NewDecision {
  readonly at: Instant
}
/** A document by Git's blob hash of its contents. */
export interface PolicyText {
  readonly blob: string
  readonly text: string
}
export type AcceptedPolicy = PolicyText

/** Whom a person was found to be in a cloud, where the policy does not name them. */
export interface IdentityLink {
  readonly personId: number
  readonly cloud: Principal['cloud']
  readonly account: string
  /** By its immutable id, such as IAM's `AIDA…`. */
  readonly principalId: string
}

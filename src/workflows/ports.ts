import type { Grant, GrantEvent, GrantId } from '../domain/grants/types.ts'
import type {
  Binding,
  BindingId,
  BindingRecord,
  Change,
  CloudRole,
  Evidence,
  Lane,
  LaneId,
  Observation,
  Principal,
} from '../domain/lanes/types.ts'
import type { NewEvent, LoggedEvent } from '../domain/log/types.ts'
import type { Notice } from '../domain/messages/types.ts'
import type {
  Identity,
  PolicyProblem,
  Policy,
  DocumentSource,
  PullRequestFacts,
  RepositoryFacts,
} from '../domain/policy/types.ts'
import type { Instant } from '../domain/time.ts'
import type { Actor, Person, RoleName, Subject, SubjectKey } from '../domain/subjects.ts'

/** The database's time, so that processes with wrong clocks agree. Passed into every statement; SQL's own `now()` appears nowhere. */
export interface Clock {
  now(): Instant
}

export interface Randomness {
  /** A new grant id. */
  grantId(): string
  /** A new code that names a revision: 8 characters of Crockford's base 32, upper case, as `XXXX-XXXX`. */
  code(): string
}

/** One line a transition. `id` is stable, such as `grant.active`. Never a payload, a token or a setting's value. */
export interface Log {
  info(id: string, fields?: LogFields): void
  warn(id: string, fields?: LogFields): void
  error(id: string, fields?: LogFields): void
}
/** Values are plain: strings, numbers, booleans. `error` is what was caught. */
export type LogFields = Readonly<Record<string, unknown>> & { readonly error?: unknown }

// ── the ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** A delivery on its way into the inbox. */
export interface NewDelivery {
  /** `X-GitHub-Delivery`. */
  readonly id: string
  readonly event: string
  readonly action: string | undefined
  readonly installationId: number
  readonly accountId: number
  /** Deliveries of one subject are worked one at a time. Undefined where the event has none. */
  readonly subject: SubjectKey | undefined
  readonly body: Uint8Array
  /** SHA-256 of the body, hex. */
  readonly bodyHash: string
}
export interface StoredDelivery {
  readonly id: string
  readonly event: string
  readonly body: Uint8Array
  readonly receivedAt: Instant
  readonly subject: SubjectKey | undefined
  readonly attempts: number
}
/** `revived`: it had failed and is pending again. `duplicate`: it is pending, done, or its body came under another id. */
export type Accepted = 'stored' | 'revived' | 'duplicate'

/** The right to work on one thing for a while. What is recorded under it carries the fence and is refused when stale. */
export interface Claim {
  readonly key: ClaimKey
  readonly owner: string
  readonly fence: number
  /** Every call made under this claim has been aborted by then. */
  readonly until: Instant
  /** True when a former owner's claim ran out without being given back: its last call may still arrive in the cloud. */
  readonly takenOver: boolean
}
export type ClaimKey =
  | `delivery:${string}`
  | `lane:${LaneId}`
  | `report:${SubjectKey}`
  | `standing:${SubjectKey}`

export interface GrantChange {
  /** As it is after `events`: `version` is the expected version plus their number. */
  readonly grant: Grant
  readonly expectedVersion: number
  readonly events: readonly GrantEvent[]
}

export interface BindingChange {
  readonly id: BindingId
  /** Only what changes. `null` clears. */
  readonly set: Partial<{
    readonly [
      K in 'attemptedAt' | 'presentAt' | 'missedAt' | 'removedAt' | 'certainAt' | 'sessionsUntil'
    ]: Instant | null
  }>
}

/**
 * One transaction. The adapter writes the events into the chain, the grants' rows, their holds, and from those holds
 * each binding's desired state and deadline; a lane whose desired state changed and the subject of every changed grant
 * become dirty. Throws LedgerConflict, having written nothing, when a version or the claim's fence is stale, or when
 * a new grant's cause has already granted.
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
  readonly bindings?: readonly BindingChange[]
  readonly dirtySubjects?: readonly Subject[]
  readonly dirtyLanes?: readonly LaneId[]
  /** After work on a lane: what was clean at `seen`, and when to look again. */
  readonly lane?: {
    readonly id: LaneId
    /** The dirty version that this work read: clears the mark only when it is still that one. */
    readonly cleanVersion?: number
    /** When to look again even if nobody asks; null for never. */
    readonly checkAt: Instant | null
    readonly failures: number
    readonly lastError: string | null
    /** Moves `LaneWork.settledAt` when given; never back. */
    readonly settledAt?: Instant
  }
  readonly delivery?: { readonly id: string; readonly outcome: string }
  /** What people should see of a subject besides its grants, in order: sets the notice of that key; `null` clears it. */
  readonly notices?: readonly {
    readonly subject: Subject
    readonly key: string
    readonly notice: Notice | null
  }[]
  /** Grants whose ground was read and found good now. */
  readonly standingConfirmed?: readonly GrantId[]
}

export type { Notice }

export interface LaneWork {
  readonly lane: Lane
  readonly dirtyVersion: number
  readonly failures: number
  /** Until when a call of a former owner, or one that was given up, may still arrive in the cloud. */
  readonly settledAt: Instant | undefined
  readonly bindings: readonly (BindingRecord & { readonly holders: readonly Grant[] })[]
}

export interface SubjectReport {
  readonly subject: Subject
  readonly dirtyVersion: number
  readonly grants: readonly Grant[]
  readonly notices: readonly Notice[]
  /** What was put on GitHub so far. */
  readonly posted: Posted
  readonly failures: number
}
export interface Posted {
  readonly commentId: number | null
  /** How often the comment was created: it is recreated at most once when somebody deletes it. */
  readonly commentsMade: number
  readonly commentBody: string | null
  readonly check: {
    readonly id: number
    readonly headSha: string
    readonly fingerprint: string
    readonly completed: boolean
  } | null
}

export interface Due {
  readonly deliveries: readonly string[]
  readonly lanes: readonly LaneId[]
  readonly subjects: readonly SubjectKey[]
  /** Grants whose lapse, end or last session is due. */
  readonly grants: readonly GrantId[]
  /** Subjects with live grants whose standing was last read too long ago. */
  readonly standing: readonly SubjectKey[]
  /** When the next of all these comes due, for the sweep to wake: undefined when nothing is planned. */
  readonly nextAt: Instant | undefined
}

export interface GrantRow {
  readonly grant: Grant
  readonly standingCheckedAt: Instant
}

export interface Ledger {
  /** Short random id of this installation's ledger, made at the first migration. Lower-case letters and digits. */
  readonly instance: string
  accept(delivery: NewDelivery, now: Instant): Promise<Accepted>
  due(now: Instant, options: { standingBefore: Instant; limit: number }): Promise<Due>

  /** Undefined while somebody else holds it. */
  claim(key: ClaimKey, owner: string, now: Instant, ttlMs: number): Promise<Claim | undefined>
  /** The same claim with a later end; undefined once it was lost. */
  renew(claim: Claim, now: Instant, ttlMs: number): Promise<Claim | undefined>
  release(claim: Claim): Promise<void>

  /** Undefined when there is none, or when it is done. */
  delivery(id: string): Promise<StoredDelivery | undefined>
  /** Counts an attempt; `retryAt` null gives up: a redelivery takes it up again. */
  deliveryFailed(id: string, error: string, retryAt: Instant | null, now: Instant): Promise<void>
  grant(id: GrantId): Promise<GrantRow | undefined>
  grantsOf(subject: SubjectKey): Promise<readonly GrantRow[]>
  listGrants(filter: { live?: boolean; limit: number }): Promise<readonly Grant[]>
  /** Whether this cause already granted this role to this recipient. */
  causeUsed(cause: string, role: string, recipientId: number): Promise<boolean>
  lane(id: LaneId): Promise<LaneWork | undefined>
  report(key: SubjectKey): Promise<SubjectReport | undefined>
  /** Records what was put on GitHub. Clears the dirty mark when `cleanVersion` is still the current one. */
  posted(
    key: SubjectKey,
    posted: Posted,
    options: { claim: Claim; now: Instant; cleanVersion?: number },
  ): Promise<void>
  reportFailed(key: SubjectKey, error: string, retryAt: Instant, now: Instant): Promise<void>
  /** The blob hash last logged as loaded or broken for this document. */
  lastPolicyBlob(where: string): Promise<string | undefined>

  commit(commit: Commit): Promise<void>
  /** The log in order, after `position`. */
  log(after: number, limit: number): Promise<readonly LoggedEvent[]>
}

// ── GitHub ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CheckRun {
  readonly name: string
  readonly headSha: string
  readonly status: 'in_progress' | 'completed'
  readonly conclusion: 'success' | 'neutral' | 'skipped' | 'failure' | 'action_required' | undefined
  readonly title: string
  /** Markdown, at most 65,535 characters. */
  readonly summary: string
  /** Comes back with the run: lets a run be found again after a crash between creating it and recording its id. */
  readonly externalId: string
}

/** Every method acts as the installation of the subject's account and throws GitHubError. */
export interface GitHub {
  /** Undefined when it is gone or its id is another's. */
  repository(subject: Subject): Promise<RepositoryFacts | undefined>
  pullRequest(subject: Subject): Promise<PullRequestFacts | undefined>
  /**
   * Changed paths, both sides of renames; truncated where GitHub does not list them all. With `headSha` they are that
   * head's: GitHubError `transient` when the head is another by now.
   */
  changedPaths(
    subject: Subject,
    headSha?: string,
  ): Promise<{ paths: readonly string[]; truncated: boolean }>
  /** The live `role_name` on the subject's repository; `none` for nobody in particular. */
  roleOf(subject: Subject, person: Person): Promise<RoleName>
  /** The account behind a numeric id now. Undefined when there is none. */
  account(subject: Subject, id: number): Promise<Actor | undefined>
  teamMembership(
    subject: Subject,
    slug: string,
    person: Person,
  ): Promise<'member' | 'not-member' | 'unknown'>

  createComment(subject: Subject, body: string): Promise<number>
  /** `missing` when the comment was deleted. */
  updateComment(subject: Subject, id: number, body: string): Promise<'updated' | 'missing'>
  /** Our own comment that holds the marker, by our App: never anybody else's. */
  findComment(subject: Subject, marker: string): Promise<{ id: number; body: string } | undefined>
  createCheck(subject: Subject, check: CheckRun): Promise<number>
  updateCheck(subject: Subject, id: number, check: CheckRun): Promise<void>
  /** Our own newest run of that name on that head, with its external id. */
  findCheck(
    subject: Subject,
    headSha: string,
    name: string,
  ): Promise<{ id: number; externalId: string; completed: boolean } | undefined>
}

// ── policy ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export type PolicyReading =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | {
      readonly kind: 'broken'
      readonly document: DocumentSource
      readonly problems: readonly PolicyProblem[]
    }
  | { readonly kind: 'missing'; readonly where: string; readonly why: string }

/** One document as it stands in its place, before anything in it is understood. */
export type DocumentReading =
  | { readonly kind: 'document'; readonly source: DocumentSource; readonly text: string }
  /** Something is there that is no readable document: a directory, a link, too large, not UTF-8. */
  | { readonly kind: 'unreadable'; readonly source: DocumentSource; readonly why: string }
  | { readonly kind: 'missing'; readonly where: string; readonly why: string }

/** Reads one document for a subject, contents and commit of one moment. Throws GitHubError when it cannot know. */
export interface DocumentReader {
  read(subject: Subject, repository: RepositoryFacts): Promise<DocumentReading>
}

/** Reads both documents from their pinned places: never from a pull request's head. */
export interface PolicyReader {
  read(subject: Subject, repository: RepositoryFacts): Promise<PolicyReading>
}

// ── clouds ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The bounds of one cloud call: aborted by `signal`; `send` throws immediately before each request once the claim is over. */
export interface CallGuard {
  readonly signal: AbortSignal
  /** Called synchronously before every request leaves. Throws CloudError('transient') once the claim's time is over. */
  check(): void
}

/** One cloud, lane-shaped. Throws CloudError. Contract: test/contracts/cloud.ts. */
export interface Cloud {
  readonly name: 'aws'
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs: number
  /** Turns the identity map's entry for this person into a principal with its immutable id, read live. */
  resolve(
    role: CloudRole,
    identity: Identity | undefined,
    guard: CallGuard,
  ): Promise<{ ok: true; principal: Principal } | { ok: false; why: string }>
  /** Whether somebody already has this without us. Hallpass's own bindings do not count. */
  standing(role: CloudRole, principal: Principal, guard: CallGuard): Promise<boolean>
  observe(lane: Lane, bindings: readonly Binding[], guard: CallGuard): Promise<Observation>
  /** Carries out one change. Idempotent: a binding that is already there as wanted, or already gone, is a success. */
  change(lane: Lane, change: Change, guard: CallGuard): Promise<Evidence>
}

export type Clouds = ReadonlyMap<CloudRole['cloud'], Cloud>

// ── the queue ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type Work =
  | { readonly kind: 'delivery'; readonly id: string }
  | { readonly kind: 'lane'; readonly id: LaneId }
  | { readonly kind: 'report'; readonly id: SubjectKey }

/** Only makes things fast: whatever it loses, the sweep finds. */
export interface Queue {
  /** Never throws and never blocks the caller on a queue that is down. */
  nudge(work: Work): void
}

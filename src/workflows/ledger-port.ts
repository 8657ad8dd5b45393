// The ledger, as workflows ask it. Its truth is Postgres; everything else is rendered or nudged from it.
import type { Debt } from '../domain/debts/types.ts'
import type { LostDelivery } from '../domain/deliveries/judge-attempts.ts'
import type { Freezable, Freeze } from '../domain/grants/freeze.ts'
import type { Grant, GrantId } from '../domain/grants/types.ts'
import type { Alarm } from '../domain/lanes/alarms.ts'
import type { KnownBinding } from '../domain/lanes/judge-found.ts'
import type { BindingId, BindingRecord, CloudRole, Lane, LaneId } from '../domain/lanes/types.ts'
import type { LoggedEvent } from '../domain/log/types.ts'
import type { MeasuredLateness } from '../domain/measures/lateness.ts'
import type { LedgerMeasures } from '../domain/measures/measures.ts'
import type { Notice } from '../domain/messages/types.ts'
import type { Usage } from '../domain/policy/usage.ts'
import type { Person, Subject, SubjectKey } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'
import type { Claim, ClaimKey } from './claim-port.ts'
import type { AcceptedPolicy, Commit, IdentityLink, RecordedDecision } from './commit-port.ts'
import type { Seat } from './seat-port.ts'

export type * from './claim-port.ts'
export type * from './commit-port.ts'
export type { Debt, Freeze, Notice, Usage }

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
  /** Its body says nothing of when: what happens a second time is told in the very same bytes. */
  readonly undated?: true
}
export interface StoredDelivery {
  readonly id: string
  readonly event: string
  readonly body: Uint8Array
  readonly receivedAt: Instant
  readonly subject: SubjectKey | undefined
  readonly attempts: number
  /** When it is to be tried again, where it failed. */
  readonly nextAt: Instant
}
/** `revived`: it had failed and is pending again. `duplicate`: it is pending, done, or its body came under another id: a moment ago, where it is undated. */
export type Accepted = 'stored' | 'revived' | 'duplicate'

/**
 * What a write to GitHub is for: the later ones here leave room for the former ones. `stranger`: a reaction for somebody
 * who may not write here.
 */
export type WriteCost = 'acknowledge' | 'approval' | 'ending' | 'rest' | 'stranger'
/** `at`: when there is room again, unless others take it. */
export type Spent = { readonly ok: true } | { readonly ok: false; readonly at: Instant }

export interface LaneWork {
  readonly lane: Lane
  readonly dirtyVersion: number
  readonly failures: number
  /** Why it failed last, since it was well. */
  readonly lastError: string | undefined
  /** Until when a call of a former owner, or one that was given up, may still arrive in the cloud. */
  readonly settledAt: Instant | undefined
  readonly bindings: readonly (BindingRecord & { readonly holders: readonly Grant[] })[]
  /** When the ground of each holder was last read. */
  readonly standingReadAt: ReadonlyMap<GrantId, Instant>
}

export interface SubjectReport {
  readonly subject: Subject
  readonly dirtyVersion: number
  readonly grants: readonly Grant[]
  readonly notices: readonly Notice[]
  /** Opened on this subject, acknowledged or not, oldest first. */
  readonly debts: readonly Debt[]
  /** What was put on GitHub so far. */
  readonly posted: Posted
  readonly failures: number
}
export interface Posted {
  readonly commentId: number | null
  /** How often the comment was created: it is recreated at most once when somebody deletes it. */
  readonly commentsMade: number
  readonly commentBody: string | null
  readonly check: PostedCheck | null
  /** Keys of what was told in comments of its own. */
  readonly announced: readonly string[]
  /** Keys of what is about to be told: noted before, so that a comment whose id was lost is looked for. */
  readonly announcing: readonly string[]
  /** The check runs of pending offers and extensions, by code. */
  readonly offers: Readonly<Record<string, PostedCheck>>
  readonly policyCheck: PostedCheck | null
  /** Which paths of policy documents its head changes against that base branch: listed once for each head. */
  readonly policyPaths: {
    readonly headSha: string
    readonly baseRef: string
    readonly paths: readonly string[]
  } | null
  /** The review issues' numbers by debt. */
  readonly debtIssues: Readonly<Record<string, number>>
}
export interface PostedCheck {
  /** Null: about to be created. Whether it was is not known. */
  readonly id: number | null
  readonly headSha: string
  /** Empty: about to be written. Whether it was is not known. */
  readonly fingerprint: string
  readonly completed: boolean
  /** It asks for something, or is about to: completed or not, it has yet to end. */
  readonly asks?: true
}
/** What is recorded of a subject that nothing was put on yet. */
export const nothingPosted: Posted = {
  commentId: null,
  commentsMade: 0,
  commentBody: null,
  check: null,
  announced: [],
  announcing: [],
  offers: {},
  policyCheck: null,
  policyPaths: null,
  debtIssues: {},
}

export interface Due {
  readonly deliveries: readonly string[]
  readonly lanes: readonly LaneId[]
  readonly subjects: readonly SubjectKey[]
  /** Grants that are due to lapse, or whose lease is over. */
  readonly grants: readonly GrantId[]
  /** Subjects of grants that live or wait for approval, whose standing is in question or was last read too long ago. */
  readonly standing: readonly SubjectKey[]
  /** When the next of all these comes due, for the sweep to wake: undefined when nothing is planned. */
  readonly nextAt: Instant | undefined
}

/** `name` is `owner/repository`. */
export interface NamedRepository {
  readonly id: number
  readonly name: string
}

export interface GrantRow {
  readonly grant: Grant
  readonly standingCheckedAt: Instant
  /** Grows with each question whether its ground still holds. */
  readonly standingVersion: number
}

export interface Ledger {
  /** NB: where it is not claimed, whatever works on it throws LedgerUnclaimed. Reading it does not, nor does `accept`. */
  readonly seat: Seat
  /** Short random id of this installation's ledger, made at the first migration. Lower-case letters and digits. */
  readonly instance: string
  accept(delivery: NewDelivery, now: Instant): Promise<Accepted>
  due(now: Instant, options: { standingBefore: Instant; limit: number }): Promise<Due>

  /** Undefined while somebody else holds it. */
  claim(key: ClaimKey, owner: string, now: Instant, ttlMs: number): Promise<Claim | undefined>
  /** The same claim with a later end; undefined once it was lost. */
  renew(claim: Claim, now: Instant, ttlMs: number): Promise<Claim | undefined>
  release(claim: Claim): Promise<void>
  /** Lets it run out now: a call under it may still arrive, and whoever takes it next is told (`takenOver`). */
  abandon(claim: Claim, now: Instant): Promise<void>
  /** Keeps no record of claims that were over by then, but of those by which somebody may still be told of a take-over. */
  forgetClaims(before: Instant): Promise<void>

  /** Undefined when there is none, or when it is done or given up. */
  delivery(id: string): Promise<StoredDelivery | undefined>
  /** Counts an attempt; `retryAt` null gives up: a redelivery takes it up again. */
  deliveryFailed(id: string, error: string, retryAt: Instant | null, now: Instant): Promise<void>
  grant(id: GrantId): Promise<GrantRow | undefined>
  grantsOf(subject: SubjectKey): Promise<readonly GrantRow[]>
  /** `live`: approved, active or ending. `open`: requested, approved or active. Newest first. */
  listGrants(filter: { live?: boolean; open?: boolean; limit: number }): Promise<readonly Grant[]>
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
  /** Its turn comes again then, or when something changes. No failure. */
  reportWaits(key: SubjectKey, until: Instant): Promise<void>
  /** The blob hash last logged as loaded or broken for this document. */
  lastPolicyBlob(where: string): Promise<string | undefined>

  /** What counts against limits now, without the grants that are named: an extension does not count itself. */
  usage(question: Freezable & { now: Instant; without?: readonly GrantId[] }): Promise<Usage>
  /** Those that hold now. */
  freezes(): Promise<readonly Freeze[]>
  /** Who is recorded under this login in any case, as recipient or requester: several when it changed hands. */
  peopleNamed(login: string): Promise<readonly Person[]>
  /** What is recorded under `owner/repository` in any case. */
  repositoriesNamed(name: string): Promise<readonly NamedRepository[]>
  /** Whether anybody ever asked for it. */
  isRoleRecorded(role: string): Promise<boolean>
  /** Those of these people that nobody has acknowledged. */
  debtsOf(personIds: readonly number[]): Promise<readonly Debt[]>
  /** Whether acknowledged or not. */
  debt(code: string): Promise<Debt | undefined>
  /** One for each revision that was decided, in their order. Empty when none was recorded. */
  decision(grantId: GrantId): Promise<readonly RecordedDecision[]>
  identityLink(
    personId: number,
    cloud: IdentityLink['cloud'],
    account: string,
  ): Promise<IdentityLink | undefined>
  /** Who is linked to this principal. */
  identityHolder(
    cloud: IdentityLink['cloud'],
    account: string,
    principalId: string,
  ): Promise<IdentityLink | undefined>
  acceptedPolicy(where: string): Promise<AcceptedPolicy | undefined>
  /** Whether it was carried out: see `Commit.acts`. */
  hasAct(act: string): Promise<boolean>
  /** Those of these bindings that the ledger has a row of, over or not. */
  knownBindings(ids: readonly BindingId[]): Promise<readonly KnownBinding[]>
  /** Of all that was ever given, one role for each site: see `siteOf`. */
  givenRoles(): Promise<readonly CloudRole[]>
  /** How many bindings were adopted unasked since then. */
  adoptedSince(since: Instant): Promise<number>
  /** Those that hold now, oldest first. */
  alarms(): Promise<readonly Alarm[]>
  /** When somebody looks around in the clouds next. Undefined: never planned. */
  reconcileAt(): Promise<Instant | undefined>
  /** `bornAt`: when this ledger was made. `lost`: what was found lost within the time that GitHub redelivers. */
  recovery(): Promise<{
    readonly bornAt: Instant
    readonly nextAt: Instant | undefined
    readonly readTo: Instant | undefined
    readonly lost: readonly LostDelivery[]
  }>
  /** Those of these deliveries that are in the inbox, whatever became of them. */
  received(ids: readonly string[]): Promise<ReadonlySet<string>>
  /** Takes one write out of the installation's budget, which all processes share. */
  spend(installationId: number, cost: WriteCost, now: Instant): Promise<Spent>

  /** What is so now, in numbers. */
  measures(now: Instant): Promise<LedgerMeasures>
  /** How late access was gone whose time was over since then. */
  lateness(since: Instant): Promise<MeasuredLateness>

  commit(commit: Commit): Promise<void>
  /** The log in order, after `position`. */
  log(after: number, limit: number): Promise<readonly LoggedEvent[]>
}

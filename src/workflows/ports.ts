// What workflows need of the outside, as interfaces that adapters fill in.
import type {
  Binding,
  Change,
  CloudRole,
  Evidence,
  Lane,
  LaneId,
  Observation,
  Principal,
} from '../domain/lanes/types.ts'
import type {
  DocumentSource,
  Identity,
  Policy,
  PolicyProblem,
  PullRequestFacts,
  RepositoryFacts,
} from '../domain/policy/types.ts'
import type { Actor, Person, RoleName, Subject, SubjectKey } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'

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

export type * from './ledger-port.ts'

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

/** Reads a document whose place does not depend on the subject: its installation only helps to find the way. */
export interface PlacedReader {
  read(subject: { readonly installationId?: number }): Promise<DocumentReading>
}

/** Reads both documents from their pinned places: never from a pull request's head. */
export interface PolicyReader {
  read(subject: Subject, repository: RepositoryFacts): Promise<PolicyReading>
  /**
   * The organization's document alone, as a policy. NB: what may end access must not hang on a document that a
   * repository's writers can break.
   */
  readCatalog(subject: Subject, repository: RepositoryFacts): Promise<PolicyReading>
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

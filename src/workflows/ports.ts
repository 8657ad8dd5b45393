// What workflows need of the outside, as interfaces that adapters fill in.
import type { Attempt } from '../domain/deliveries/judge-attempts.ts'
import type { LaneId } from '../domain/lanes/types.ts'
import type {
  OnCallSource,
  PullRequestFacts,
  RepositoryFacts,
  SubjectFacts,
} from '../domain/policy/types.ts'
import type { Reviewed } from '../domain/policy/standing.ts'
import type { Actor, Person, RoleName, Subject, SubjectKey } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'
import type { PinnedPlace } from './policy-port.ts'

/** The database's time, so that processes with wrong clocks agree. Passed into every statement; SQL's own `now()` appears nowhere. */
export interface Clock {
  now(): Instant
}

export interface Randomness {
  /** A new grant id. */
  grantId(): string
  /** A new code that names a revision: 8 characters of Crockford's base 32, upper case, as `XXXX-XXXX`. */
  code(): string
  /** A new instance's id: 8 characters of lower-case base 32. */
  instanceId(): string
}

/** One line a transition. `id` is stable, such as `grant.active`. Never a payload, a token or a setting's value. */
export interface Log {
  info(id: string, fields?: LogFields): void
  warn(id: string, fields?: LogFields): void
  error(id: string, fields?: LogFields): void
}
/** Values are plain: strings, numbers, booleans. `error` is what was caught. */
export type LogFields = Readonly<Record<string, unknown>> & { readonly error?: unknown }

export type * from './cloud-port.ts'
export type * from './ledger-port.ts'
export type * from './meters-port.ts'
export type * from './policy-port.ts'
export type * from './seat-port.ts'
export { nothingPosted } from './ledger-port.ts'

// ── GitHub ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CheckRun {
  readonly name: string
  readonly headSha: string
  readonly status: 'in_progress' | 'completed'
  /** `cancelled` of a run that another one of its name follows: unlike `skipped` it passes no required check. */
  readonly conclusion:
    | 'success'
    | 'neutral'
    | 'skipped'
    | 'failure'
    | 'cancelled'
    | 'action_required'
    | undefined
  readonly title: string
  /** Markdown, at most 65,535 characters. */
  readonly summary: string
  /** Comes back with the run: lets a run be found again after a crash between creating it and recording its id. */
  readonly externalId: string
  /** Buttons, at most 3. GitHub shows them only on a completed run. */
  readonly actions: readonly CheckAction[]
  /**
   * At most 50. NB: GitHub adds those of an update to those that are there: give them when the run is created, and
   * none with later updates.
   */
  readonly annotations: readonly CheckAnnotation[]
}

/** One button: `identifier` comes back when it is pressed. At most 20, 20 and 40 characters. */
export interface CheckAction {
  readonly identifier: string
  readonly label: string
  readonly description: string
}

/** A remark on lines of a file at the run's head. Lines count from 1, the end is included. */
export interface CheckAnnotation {
  readonly path: string
  readonly startLine: number
  readonly endLine: number
  readonly level: 'notice' | 'warning' | 'failure'
  readonly message: string
}

/** What GitHub has under these names: eyes, a rocket, thumbs down, a confused face, thumbs up. */
export type Reaction = 'eyes' | 'rocket' | '-1' | 'confused' | '+1'

/** The pull request that brought a commit to a branch. */
export interface BroughtBy {
  readonly subject: Subject
  readonly author: Person
  /** What was merged: who had a hand in it, `headPeople` tells. */
  readonly head: Pick<PullRequestFacts, 'headSha' | 'headRef' | 'headRepositoryId'>
  /** Git's hash of the document's contents at the merged head: what was approved. Undefined where it was not there. */
  readonly blob: string | undefined
  /** People whose latest verdict approves exactly the merged head. Never its author, never a bot. */
  readonly approvals: readonly Person[]
}

/** One change of a document. */
export interface DocumentChanged {
  readonly commit: string
  /** Git's hash of the contents that it left. Undefined where it took the document away. */
  readonly blob: string | undefined
}

/** Every method acts as the installation of the subject's account and throws GitHubError. */
export interface GitHub {
  /** Undefined when it is gone or its id is another's. */
  repository(subject: Subject): Promise<RepositoryFacts | undefined>
  /**
   * The subject as it is now. Undefined when it is gone, is of the other kind than `subject.kind`, or its repository's id
   * is another's.
   */
  current(subject: Subject): Promise<SubjectFacts | undefined>
  /**
   * Changed paths, both sides of renames; truncated where GitHub does not list them all. With `headSha` they are that
   * head's: GitHubError `transient` when the head is another by now.
   */
  changedPaths(
    subject: Subject,
    headSha?: string,
  ): Promise<{ paths: readonly string[]; truncated: boolean }>
  /** Whether the App is still installed for the subject's account, as GitHub tells the App itself. */
  installation(subject: Subject): Promise<'installed' | 'suspended' | 'uninstalled'>
  /** The live `role_name` on the subject's repository; `none` for nobody in particular. */
  roleOf(subject: Subject, person: Person): Promise<RoleName>
  /** The account behind a numeric id now. Undefined when there is none. */
  account(subject: Subject, id: number): Promise<Actor | undefined>
  teamMembership(
    subject: Subject,
    slug: string,
    person: Person,
  ): Promise<'member' | 'not-member' | 'unknown'>
  /** Whether this person has reviewed the pull request since: `commented` when they gave no verdict. */
  reviewedSince(subject: Subject, person: Person, since: Instant): Promise<Reviewed>
  /** Everybody who is an active member now, of teams below it too. Undefined: there is no such team that we may see. */
  teamMembers(subject: Subject, slug: string): Promise<readonly Person[] | undefined>
  /**
   * Numeric ids of everybody who had a hand in the head that `pull` names: authors and committers of its commits, and
   * who pushed to its branch. `unproven`: there may be others, for it is of a fork, a list ends early, or a commit or a
   * push belongs to no account. GitHubError `transient` when the head is another by now, `missing` when the pull
   * request is gone.
   */
  headPeople(
    subject: Subject,
    pull: Pick<PullRequestFacts, 'headSha' | 'headRef' | 'headRepositoryId'>,
  ): Promise<{ people: readonly number[]; unproven: boolean }>
  /**
   * Whether a file or directory of that path is in the subject's repository at that commit, or at `refs/heads/…`. NB: a
   * branch by its name alone may be a tag. GitHubError `invalid` for a
   * path that is empty or has empty, `.` or `..` segments.
   */
  existsAt(subject: Subject, commit: string, path: string): Promise<boolean>
  /**
   * What the organization's SAML provider calls this person. Empty without a provider, without a link, and where the
   * account is no organization. NB: several are several identities: which of them is meant is not known.
   */
  samlIdentities(subject: Subject, person: Person): Promise<readonly { readonly nameId: string }[]>
  /**
   * The repository's value of a custom property. Undefined when it has none, or a list of them. NB: the organization
   * must let only its owners set the property: GitHub does not say here who set it.
   */
  property(subject: Subject, name: string): Promise<string | undefined>
  /**
   * The commits that changed a document, newest first, from `since` (the hash of the contents it had before) up to the
   * commit `until`. Empty when it has those contents there. Undefined when they are not found within the last 30
   * changes, when a merge among these mixed two sides' contents, and when the App is not installed on the place's repository.
   * NB: who approved the newest change alone has not approved those before it.
   */
  documentChanges(
    place: PinnedPlace,
    since: string,
    until: string,
  ): Promise<readonly DocumentChanged[] | undefined>
  /**
   * The pull request whose merge into the place's branch brought that commit: as its merge, its head, or one of its
   * commits. Undefined when none did, when several may have, and when the App is not installed on the place's repository.
   * NB: the branch's head may be a later, unrelated merge: ask for the commits that `documentChanges` names. And a
   * push may lead back to a commit that the pull request itself had left behind: `blob` tells what was approved.
   */
  mergedBy(place: PinnedPlace, commit: string): Promise<BroughtBy | undefined>
  /** People whose latest verdict on the pull request approves exactly that head. Never its author, never a bot. */
  approvalsOf(
    subject: Subject,
    pull: Pick<PullRequestFacts, 'headSha' | 'author'>,
  ): Promise<readonly Person[]>

  /** On a comment of the subject. It is an acknowledgement: callers go on without it when it fails. */
  react(subject: Subject, commentId: number, reaction: Reaction): Promise<void>
  /** Its number, in the subject's repository. */
  createIssue(
    subject: Subject,
    issue: { readonly title: string; readonly body: string },
  ): Promise<number>
  /** Number of our own newest issue in the subject's repository whose body holds the marker, open or closed. */
  findIssue(subject: Subject, marker: string): Promise<number | undefined>
  createComment(subject: Subject, body: string): Promise<number>
  /** `missing` when the comment was deleted. */
  updateComment(subject: Subject, id: number, body: string): Promise<'updated' | 'missing'>
  /** Our own comment that holds the marker, by our App: never anybody else's. */
  findComment(subject: Subject, marker: string): Promise<{ id: number; body: string } | undefined>
  createCheck(subject: Subject, check: CheckRun): Promise<number>
  updateCheck(subject: Subject, id: number, check: CheckRun): Promise<void>
  /**
   * Our own newest run of that name on that head whose external id begins with `about`: pull requests with the same head
   * share its runs.
   */
  findCheck(
    subject: Subject,
    headSha: string,
    name: string,
    about: string,
  ): Promise<FoundCheck | undefined>
}
export interface FoundCheck {
  readonly id: number
  readonly externalId: string
  readonly completed: boolean
  /** Completed, and asks for something. */
  readonly asks: boolean
}

/** What GitHub remembers of its deliveries, asked as the App. Throws GitHubError. */
export interface HookDeliveries {
  /** Newest first, those since then. `cut`: there are more than were read. */
  attemptsSince(since: Instant): Promise<{ readonly attempts: readonly Attempt[]; cut: boolean }>
  /** Asks for one more attempt like this one. */
  redeliver(attemptId: string): Promise<void>
  /** On which accounts the App is installed. */
  installations(): Promise<readonly { readonly id: number; readonly accountId: number }[]>
}

// ── who is on call ──────────────────────────────────────────────────────────────────────────────────────────────────

export interface OnCall {
  /**
   * GitHub's numeric ids of who is on call now; empty when nobody is. `down` for whatever else the source does: it never
   * throws.
   */
  who(source: OnCallSource): Promise<readonly number[] | 'down'>
}

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

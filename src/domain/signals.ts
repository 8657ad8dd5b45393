import type { Instant } from './time.ts'
import type { Actor, Person, Subject, Team } from './subjects.ts'

/** What every signal carries. `at` is when GitHub says the act happened; a request older than 15 minutes grants nothing. */
interface SignalBase {
  /** `X-GitHub-Delivery`. */
  readonly delivery: string
  readonly subject: Subject
  readonly actor: Actor
  readonly at: Instant
}

export interface ReviewRequested extends SignalBase {
  readonly type: 'ReviewRequested'
  readonly reviewer: Person
  /** The one human act behind it: the same for a redelivery or a replay. */
  readonly cause: string
}
export interface ReviewRequestRemoved extends SignalBase {
  readonly type: 'ReviewRequestRemoved'
  readonly reviewer: Person
}
/** Only `approved` and `changes_requested` end a review: `commented` fires for a single inline comment. */
export interface ReviewSubmitted extends SignalBase {
  readonly type: 'ReviewSubmitted'
  readonly reviewer: Person
  readonly state: 'approved' | 'changes_requested'
}
export interface PullRequestClosed extends SignalBase {
  readonly type: 'PullRequestClosed'
  readonly merged: boolean
}
/** Opened, reopened or pushed to: the check has to appear on the new head. */
export interface PullRequestPushed extends SignalBase {
  readonly type: 'PullRequestPushed'
  readonly headSha: string
}

/** It is to go into another branch: other documents are meant by what it changes. */
export interface BaseChanged extends SignalBase {
  readonly type: 'BaseChanged'
}
/** A verdict counts no more. */
export interface ReviewDismissed extends SignalBase {
  readonly type: 'ReviewDismissed'
}

/** A team was asked for its review: each of its members is a recipient of their own. */
export interface TeamReviewRequested extends SignalBase {
  readonly type: 'TeamReviewRequested'
  readonly team: Team
  readonly cause: string
}
export interface TeamReviewRequestRemoved extends SignalBase {
  readonly type: 'TeamReviewRequestRemoved'
  readonly team: Team
}
/** On a pull request or an issue. */
export interface LabelAdded extends SignalBase {
  readonly type: 'LabelAdded'
  readonly label: string
  readonly cause: string
}
export interface LabelRemoved extends SignalBase {
  readonly type: 'LabelRemoved'
  readonly label: string
}
export interface Assigned extends SignalBase {
  readonly type: 'Assigned'
  readonly assignee: Person
  readonly cause: string
}
export interface Unassigned extends SignalBase {
  readonly type: 'Unassigned'
  readonly assignee: Person
}
/** Closed, deleted or transferred away. */
export interface IssueClosed extends SignalBase {
  readonly type: 'IssueClosed'
}
/** A comment that was just created and whose top-level paragraphs hold `/access` lines. */
export interface CommandWritten extends SignalBase {
  readonly type: 'CommandWritten'
  readonly commentId: number
  /** As written, without the namespace: at most five. */
  readonly lines: readonly string[]
  /** How many more there were; where `lines` is empty, how many may be in a comment too long or too nested to read. */
  readonly ignored: number
  /** Written through another App: nothing that it says counts. */
  readonly throughApp: boolean
  readonly cause: string
}
export type Button = 'approve' | 'deny' | 'withdraw' | 'done' | 'extend' | 'revoke'
/**
 * A button of a check run of ours.
 * NB: GitHub does not say when it was pressed. `at` is when the run was completed: it tells nothing of the act's age.
 */
export interface ButtonPressed extends SignalBase {
  readonly type: 'ButtonPressed'
  readonly button: Button
  readonly checkId: number
  readonly headSha: string
  /** The revision that the run showed: on `hallpass/offer <code>` alone. */
  readonly code: string | undefined
  readonly cause: string
}

export type Signal =
  | ReviewRequested
  | TeamReviewRequested
  | ReviewRequestRemoved
  | TeamReviewRequestRemoved
  | ReviewSubmitted
  | PullRequestClosed
  | PullRequestPushed
  | BaseChanged
  | ReviewDismissed
  | LabelAdded
  | LabelRemoved
  | Assigned
  | Unassigned
  | IssueClosed
  | CommandWritten
  | ButtonPressed

/** Whose ground something moved: to be read anew. `personId` is the recipient's. */
export type Concerned =
  | { readonly accountId: number; readonly personId?: number | undefined }
  | { readonly repositoryIds: readonly number[] }
  | { readonly everywhere: true }

/**
 * Something moved that access may stand on: an installation, a repository, who belongs where, the policy.
 * NB: it ends nothing. What lost its ground is read live.
 */
export type GroundMoved = StandingLost | PolicyChanged

export interface StandingLost {
  readonly type: 'StandingLost'
  readonly delivery: string
  readonly concerned: Concerned
}
/** To any branch of any repository. */
export interface PolicyChanged {
  readonly type: 'PolicyChanged'
  readonly delivery: string
  readonly repositoryId: number
  /** Undefined for a tag. */
  readonly branch: string | undefined
}

/** A request older than this grants nothing: its author is told to ask again. */
export const requestAgeMsMax = 15 * 60 * 1000

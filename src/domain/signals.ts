import type { Instant } from './time.ts'
import type { Actor, Person, Subject } from './subjects.ts'

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

export type Signal =
  | ReviewRequested
  | ReviewRequestRemoved
  | ReviewSubmitted
  | PullRequestClosed
  | PullRequestPushed

/** A request older than this grants nothing: its author is told to ask again. */
export const requestAgeMsMax = 15 * 60 * 1000

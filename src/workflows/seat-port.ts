// Whether this process may act on the ledger, and how a person says that it may.
import type { NewEvent } from '../domain/log/types.ts'
import type {
  NotedSeat,
  Seat as Place,
  Unclaimed,
  UnclaimedWhy,
} from '../domain/seat/judge-seat.ts'
import type { Instant } from '../domain/time.ts'
import type { GrantChange } from './commit-port.ts'

export type { Unclaimed }

/** What the ledger says of where it is, and what was found. */
export interface Seated {
  readonly here: Place
  readonly noted: NotedSeat | undefined
  /** When somebody first found that it may not be acted on, since it was last claimed. */
  readonly foundAt: Instant | undefined
}

export interface Seat {
  /** Why nobody may act on the ledger from here, as it was found last. Undefined: it is claimed. */
  unclaimed(): Unclaimed | undefined
  /** Aborted the moment that this process finds it unclaimed; another one from when it is claimed. */
  tenure(): AbortSignal
  /** What was asked for before is left alone without a word: it may have been done, in a history that is lost. */
  askedSince(): Instant
  /** Asks the database. Rejects when it does not answer. */
  look(): Promise<Unclaimed | undefined>
  /** Notes what is not noted yet: at the first start. */
  settle(app: number): Promise<Unclaimed | undefined>
  read(): Promise<Seated>
  /** It is proven that nobody may act on the ledger, wherever it runs: until it is claimed. */
  suspend(why: UnclaimedWhy, now: Instant): Promise<void>
  /** One transaction, whoever claimed it meanwhile: what `read` told must still be so, or it throws LedgerConflict. */
  claim(claiming: Claiming): Promise<void>
  /** The claim since which nobody has said what may be removed from the clouds. Undefined: somebody has. */
  asksSince(): Promise<Instant | undefined>
  /** Somebody has, or there was nothing to remove. */
  asked(since: Instant): Promise<void>
}

export interface Claiming {
  readonly now: Instant
  readonly read: Seated
  readonly seat: NotedSeat
  /** What was asked before this is left alone. */
  readonly askedSince: Instant
  readonly grants: readonly GrantChange[]
  readonly event: NewEvent
  /** The new instance's id, where a copy becomes an instance of its own. All else that it holds is its original's. */
  readonly asNew: string | undefined
}

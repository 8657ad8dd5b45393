import type { Debt } from '../debts/types.ts'
import type { Freeze } from '../grants/freeze.ts'
import type { By, GrantEvent } from '../grants/types.ts'
import type { Alarm } from '../lanes/alarms.ts'
import type { BindingId, Evidence, LaneId } from '../lanes/types.ts'
import type { DocumentSource, PolicyProblem, Refusal } from '../policy/types.ts'
import type { NotedSeat, UnclaimedWhy } from '../seat/judge-seat.ts'
import type { SubjectKey, Person } from '../subjects.ts'
import type { Instant } from '../time.ts'

/** Everything that enters the one log. Streams: `grant:<id>`, `subject:<key>`, `policy`, `instance`, `lane:<id>`. */
export type LogEvent =
  | GrantEvent
  | { readonly type: 'instance.created'; readonly instance: string }
  /** Somebody said that this ledger is the one that goes on, or, as another instance, that it is a copy. */
  | {
      readonly type: 'instance.claimed'
      readonly by: By
      /** Null: nothing had been found against it. */
      readonly why: UnclaimedWhy | null
      readonly from: NotedSeat | null
      readonly to: NotedSeat
      readonly instance: string
      /** The original's, where this is a copy of it. */
      readonly copyOf: string | null
    }
  | { readonly type: 'policy.loaded'; readonly document: DocumentSource }
  | {
      readonly type: 'policy.broken'
      readonly document: DocumentSource
      readonly problems: readonly PolicyProblem[]
    }
  | {
      readonly type: 'request.refused'
      readonly subject: SubjectKey
      readonly cause: string
      readonly actor: Person
      /** Undefined where it got no further than the act itself. */
      readonly recipient: Person | undefined
      readonly refusal: Refusal
    }
  /** What somebody wrote or pressed, and why it does nothing. `verb` is one of ours; undefined when it is none. */
  | {
      readonly type: 'command.refused'
      readonly subject: SubjectKey
      readonly cause: string
      readonly actor: Person
      readonly verb: string | undefined
      readonly because: string
    }
  /** Stream `instance`. */
  | { readonly type: 'freeze.began'; readonly freeze: Freeze }
  | { readonly type: 'freeze.over'; readonly id: string; readonly by: By }
  /** Stream: the subject's. */
  | { readonly type: 'debt.opened'; readonly debt: Debt }
  | {
      readonly type: 'debt.acknowledged'
      readonly id: string
      readonly by: Person
      readonly code: string
    }
  /** A change that gives more waits for its approval: until then only what both documents give is given. */
  | {
      readonly type: 'policy.held-back'
      readonly document: DocumentSource
      readonly accepted: DocumentSource
      readonly because: string
    }
  /** A change that gives more takes effect. `replaces`: the blob that was accepted before. */
  | {
      readonly type: 'policy.accepted'
      readonly document: DocumentSource
      readonly replaces: string | null
      /** Hallpass itself, where those who guard the document have approved it. */
      readonly by: By
    }
  | { readonly type: 'delivery.refused'; readonly delivery: string; readonly because: string }
  | {
      readonly type: 'binding.intended'
      readonly bindingId: BindingId
      readonly laneId: LaneId
      readonly change: 'put' | 'remove'
    }
  | {
      readonly type: 'binding.changed'
      readonly bindingId: BindingId
      readonly laneId: LaneId
      readonly change: 'put' | 'remove'
      readonly evidence: Evidence
    }
  | {
      readonly type: 'binding.missed'
      readonly bindingId: BindingId
      readonly laneId: LaneId
      readonly evidence: Evidence
    }
  /** It stood as wanted, and somebody changed it. */
  | {
      readonly type: 'binding.drifted'
      readonly bindingId: BindingId
      readonly laneId: LaneId
      readonly evidence: Evidence
    }
  /** Found in the cloud although its end was recorded, or nothing of it: from here on it is removed. */
  | {
      readonly type: 'binding.adopted'
      readonly bindingId: BindingId
      readonly laneId: LaneId
      readonly because: 'ended' | 'expired' | 'orphan'
      /** Hallpass itself, where no person had to be asked. */
      readonly by: By
      readonly evidence: Evidence
    }
  /** Stream `instance`: something in a cloud that a person has to look at. */
  | { readonly type: 'alarm.raised'; readonly alarm: Alarm }
  | { readonly type: 'alarm.over'; readonly id: string }

/** One event on its way into the ledger. */
export interface NewEvent {
  readonly stream: string
  readonly event: LogEvent
}

/** One line of the log as it is kept: `canonical` is what was hashed, byte for byte. */
export interface LoggedEvent {
  /** 1, 2, 3 … in commit order, without gaps. */
  readonly position: number
  /** RFC 8785 canonical JSON: `{at, body, position, previous, stream, type, version}`; personal fields are commitments. */
  readonly canonical: string
  /** SHA-256 of `canonical`, hex. `canonical` holds the predecessor's as `previous`; the first one's is 64 zeros. */
  readonly hash: string
}

/** A personal value that stands in the log as `{ "commitment": "<hex>" }` = SHA-256(salt ‖ canonical value). */
export interface PersonalValue {
  readonly commitment: string
  /** 16 random bytes, hex. */
  readonly salt: string
  /** Canonical JSON of the value. Erasing this row leaves the log and its hashes as they are. */
  readonly value: string
}

export interface EncodedEvent {
  readonly line: LoggedEvent
  readonly personal: readonly PersonalValue[]
  readonly at: Instant
}

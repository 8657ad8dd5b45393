import type { Instant } from '../time.ts'
import type {
  BindingNote,
  Change,
  Evidence,
  LaneVerdict,
  Observation,
  ObservedBinding,
} from './types.ts'

/** One binding in one read of its lane. */
export type Seen =
  | ObservedBinding
  /** Whoever it was made for is not there any more, and what hung on them went with them. */
  | {
      readonly state: 'no-principal'
      readonly how: NoPrincipal
      /** A write of ours came too late and reached the one who has the name now. */
      readonly strayed: boolean
      readonly evidence: Evidence
    }
  | { readonly state: 'unread' }

/** `missing`: nothing has the name, and the id may have another one now. `deleted`: the id itself is nowhere. */
export type NoPrincipal = Exclude<Observation['principal'], 'same'>

/** When it is looked at, and how far reads can be trusted. */
export interface Look {
  readonly now: Instant
  readonly lagMs: number
  /** For how long the cloud may still allow what was removed, in milliseconds. */
  readonly enforcementMs: number
  readonly settledAt: Instant
}

export interface BindingPlan {
  readonly change?: Change
  readonly note?: BindingNote['set']
  readonly verdicts?: readonly LaneVerdict[]
  readonly checkAt?: Instant | undefined
}

/** When to read back what was just asked for, should nobody do it at once. */
export const readBackAt = ({ now, lagMs }: Look): Instant => now + Math.min(lagMs, 2_000)

/** When reads show what was there at `since`, and all that a former owner's last call may have done. */
export const trustedAt = (since: Instant, { lagMs, settledAt }: Look): Instant =>
  Math.max(since, settledAt) + lagMs

/** When a removal is enforced everywhere, and a read would show that it is not undone. */
export const enforcedAt = (removedAt: Instant, look: Look): Instant =>
  Math.max(trustedAt(removedAt, look), removedAt + look.enforcementMs)

/** What was concluded from a removal, or from there having been nothing to remove. */
export const forgotten = {
  removedAt: null,
  certainAt: null,
  sessionsUntil: null,
  sessionsEndedAt: null,
} as const satisfies BindingNote['set']

import type { Instant } from '../time.ts'
import type { BindingNote, Change, Evidence, LaneVerdict, ObservedBinding } from './types.ts'

/** One binding in one read of its lane. */
export type Seen =
  | ObservedBinding
  /** Whoever it was made for is not there any more, and what hung on them went with them. */
  | {
      readonly state: 'no-principal'
      readonly how: 'replaced' | 'missing'
      /** A write of ours came too late and reached the one who has the name now. */
      readonly strayed: boolean
      readonly evidence: Evidence
    }
  | { readonly state: 'unread' }

/** When it is looked at, and how far reads can be trusted. */
export interface Look {
  readonly now: Instant
  readonly lagMs: number
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

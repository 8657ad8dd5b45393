// Who works on what: claims, as the ledger gives them.
import type { LaneId } from '../domain/lanes/types.ts'
import type { SubjectKey } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'

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
/** A delivery's is `delivery:<subject>`, so that it excludes that subject's others; `delivery:<id>` where it has no subject. */
export type ClaimKey =
  | `delivery:${string}`
  | `lane:${LaneId}`
  | `report:${SubjectKey}`
  | `standing:${SubjectKey}`
  | 'reconcile'
  | 'recover'

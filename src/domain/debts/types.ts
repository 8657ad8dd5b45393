import type { GrantId } from '../grants/types.ts'
import type { Eligible } from '../policy/types.ts'
import type { Subject } from '../subjects.ts'
import type { Instant } from '../time.ts'

/** What somebody owes who broke the glass: that a reviewer looks at it. No issue's fate clears it. */
export interface Debt {
  readonly id: string
  /** Who received the access. Neither they nor `requesterId` break the glass again before it is acknowledged. */
  readonly personId: number
  /** Who asked for it: the same person, or another. */
  readonly requesterId: number
  readonly grantId: GrantId
  readonly subject: Subject
  readonly role: string
  /** Random: how a reviewer names it. */
  readonly code: string
  readonly openedAt: Instant
  readonly reviewers: readonly Eligible[]
  /** What they wrote after `because`; empty when a label asked. */
  readonly reason: string
  /** The review issue's number; undefined until it is opened. */
  readonly issue: number | undefined
  readonly acknowledged: Acknowledged | undefined
}
export interface Acknowledged {
  readonly by: { readonly id: number; readonly login: string }
  readonly at: Instant
}

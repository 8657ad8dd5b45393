import type { BindingId } from '../lanes/types.ts'
import type { Person } from '../subjects.ts'
import type { Instant } from '../time.ts'
import type { By, EndReason, GrantId, Revision } from './types.ts'

/** Somebody's yes or no, by the code they saw. All of it read live. */
export interface Voice {
  readonly code: string
  readonly by: Person
  readonly isBot: boolean
  /** The stages of the approval that name them now; the first is 0. */
  readonly stages: readonly number[]
  /** Whether they may write to the repository that the head is in: such an approver may be the unknown author. */
  readonly writesHead: boolean
}

export type GrantCommand =
  /** Starts a grant. `approval: 'none'` approves it in the same decision. */
  | {
      readonly type: 'request'
      readonly id: GrantId
      readonly revision: Revision
      readonly lapseSeconds: number
      readonly bindingIds: readonly BindingId[]
    }
  | { readonly type: 'revise'; readonly revision: Revision }
  /** A longer lease for what runs: `extensionOf` makes its offer. Without approval it is extended in the same decision. */
  | {
      readonly type: 'extend'
      readonly revision: Revision
      readonly lapseSeconds: number
      /** The same may be asked for anew: what was approved of it does not count any more. */
      readonly voids?: boolean
    }
  | ({ readonly type: 'approve' } & Voice)
  | ({ readonly type: 'deny'; readonly because: string | undefined } & Voice)
  /** Takes back a request, or the extension that waits. With a code, only what that code names. */
  | {
      readonly type: 'withdraw'
      readonly by: By
      readonly because?: string | undefined
      readonly code?: string | undefined
    }
  /** Time has passed: lapse when nobody approved, warn before the lease is over, end when it is. Does nothing before it is due. */
  | { readonly type: 'tick' }
  | { readonly type: 'end'; readonly reason: EndReason; readonly by: By; readonly detail?: string }
  | { readonly type: 'observe-present'; readonly bindingId: BindingId }
  /** The binding is proven gone (or proven held by others); sessions may run until then. */
  | {
      readonly type: 'observe-gone'
      readonly bindingId: BindingId
      readonly removedAt: Instant
      readonly certainAt: Instant
      readonly sessionsUntil: Instant | undefined
      readonly heldBy: readonly GrantId[]
    }
  /** The cloud's own time is past the last session: a grant whose holds are all gone may end. `cloudAt` is that time; undefined when no session was possible. */
  | { readonly type: 'conclude'; readonly cloudAt: Instant | undefined }
  /** Somebody changed in the cloud what stood as granted; it is put back. */
  | { readonly type: 'drift'; readonly bindingId: BindingId }
  | { readonly type: 'trouble'; readonly because: string }
  | { readonly type: 'trouble-over' }
  /** What a copy of the ledger holds of what its original ends. `to` is the original's instance. */
  | { readonly type: 'leave'; readonly by: By; readonly to: string }

import type { BindingId } from '../lanes/types.ts'
import type { Person } from '../subjects.ts'
import type { Instant } from '../time.ts'
import type { By, EndReason, GrantId, Revision } from './types.ts'

/** Every event also carries, in the ledger: position, instant, stream, version, hash and its predecessor's hash. */
export type GrantEvent =
  | {
      readonly type: 'grant.requested'
      readonly id: GrantId
      readonly revision: Revision
      readonly lapsesAt: Instant
      readonly bindingIds: readonly BindingId[]
    }
  | { readonly type: 'grant.revised'; readonly revision: Revision; readonly voided: number }
  | {
      readonly type: 'grant.approval-given'
      readonly by: Person
      readonly digest: string
      readonly code: string
      readonly stage: number
    }
  | { readonly type: 'grant.approved'; readonly digest: string; readonly endsAt: Instant }
  | { readonly type: 'grant.denied'; readonly by: By; readonly because: string | undefined }
  | { readonly type: 'grant.withdrawn'; readonly by: By; readonly because: string | undefined }
  | { readonly type: 'grant.lapsed' }
  /** `voided`: approvals of an extension that waited before and that this one replaces. */
  | {
      readonly type: 'grant.extension-requested'
      readonly revision: Revision
      readonly lapsesAt: Instant
      readonly voided: number
    }
  | {
      readonly type: 'grant.extended'
      readonly digest: string
      readonly endsAt: Instant
      readonly revision: Revision
    }
  | {
      readonly type: 'grant.extension-denied'
      readonly by: By
      readonly because: string | undefined
    }
  | {
      readonly type: 'grant.extension-withdrawn'
      readonly by: By
      readonly because: string | undefined
    }
  | { readonly type: 'grant.extension-lapsed' }
  /** People are told that the lease ends soon. */
  | { readonly type: 'grant.warned'; readonly endsAt: Instant }
  | { readonly type: 'grant.binding-present'; readonly bindingId: BindingId }
  | { readonly type: 'grant.activated' }
  | {
      readonly type: 'grant.ending'
      readonly reason: EndReason
      readonly by: By
      readonly detail: string | undefined
    }
  | {
      readonly type: 'grant.binding-gone'
      readonly bindingId: BindingId
      readonly removedAt: Instant
      readonly certainAt: Instant
      readonly sessionsUntil: Instant | undefined
      readonly heldBy: readonly GrantId[]
    }
  | { readonly type: 'grant.ended'; readonly cloudAt: Instant | undefined }
  /** NB: nothing was taken away, and nothing proven: this ledger is a copy, and instance `to` goes on with it. */
  | { readonly type: 'grant.left'; readonly by: By; readonly to: string }
  /** Somebody changed in the cloud what stood as granted; it is put back. */
  | { readonly type: 'grant.drifted'; readonly bindingId: BindingId }
  | { readonly type: 'grant.stuck'; readonly because: string }
  | { readonly type: 'grant.unstuck' }

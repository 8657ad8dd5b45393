// How late access was gone: from the moment its time was over to when it was seen removed, and to when that was certain.
import type { EndReason, Grant } from '../grants/types.ts'
import type { BindingId, CloudName, CloudRole } from '../lanes/types.ts'
import type { Instant } from '../time.ts'

/** One thing in a cloud that was given, and is gone. */
export interface Removal {
  readonly bindingId: BindingId
  readonly cloud: CloudName
  readonly mode: CloudRole['mode']
  /** `lease`: its time ran out. `early`: an event ended it before. */
  readonly end: 'lease' | 'early'
  /** The lease's end, or when the event that ended it was decided on. */
  readonly dueAt: Instant
  readonly removedAt: Instant
  readonly certainAt: Instant
}

/** Nobody was late where somebody else took it away, or where it never stood. */
const notOurs: ReadonlySet<EndReason> = new Set(['revoked-outside', 'could-not-be-given'])

/** What of this grant stood in a cloud and is proven gone. What others go on holding is not. */
export function removalsOf(grant: Grant): readonly Removal[] {
  if (grant.phase !== 'ending' && grant.phase !== 'ended') return []
  if (notOurs.has(grant.reason)) return []
  const { endingAt, endsAt } = grant
  const dueAt = Math.min(endingAt, endsAt)
  const end = endingAt < endsAt ? 'early' : 'lease'
  return grant.holds.flatMap((hold, index) => {
    const { bindingId, state, observedAt, removedAt, certainAt, handedOver } = hold
    const role = grant.revision.offer.bindings[index]?.role
    if (role === undefined || state !== 'gone' || handedOver === true) return []
    if (observedAt === undefined || removedAt === undefined || certainAt === undefined) return []
    const { cloud, mode } = role
    return [{ bindingId, cloud, mode, end, dueAt, removedAt, certainAt }]
  })
}

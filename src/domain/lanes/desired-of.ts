import { isHeld } from '../grants/phases.ts'
import type { Grant } from '../grants/types.ts'
import type { Instant } from '../time.ts'
import type { BindingId } from './types.ts'

export type Desire =
  /** `endsAt`: the latest end among the grants that hold it. */
  { readonly desired: 'present'; readonly endsAt: Instant } | { readonly desired: 'absent' }

/** A binding is desired while any grant that is approved or active holds it. */
export function desiredOf(bindingId: BindingId, grants: Iterable<Grant>): Desire {
  const ends: Instant[] = []
  for (const grant of grants) {
    if (!isHeld(grant)) continue
    if (grant.holds.some((hold) => hold.bindingId === bindingId)) ends.push(grant.endsAt)
  }
  return ends.length === 0
    ? { desired: 'absent' }
    : { desired: 'present', endsAt: Math.max(...ends) }
}

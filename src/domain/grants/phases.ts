import type { Instant } from '../time.ts'
import type { Active, Approved, Grant, Live } from './types.ts'

/** Whether it wants its bindings present. */
export const isHeld = (grant: Grant): grant is Approved | Active =>
  grant.phase === 'approved' || grant.phase === 'active'

/** Whether it may stand in a cloud or still get there. */
export const isLive = (grant: Grant): grant is Live => isHeld(grant) || grant.phase === 'ending'

/**
 * When a `tick` changes it: the lapse of a request, the end of a lease. Undefined when time alone changes nothing;
 * an ending grant waits for what its lane proves, and the lane's own `checkAt` wakes that.
 */
export function dueAt(grant: Grant): Instant | undefined {
  if (grant.phase === 'requested') return grant.lapsesAt
  return isHeld(grant) ? grant.endsAt : undefined
}

/** The end of the last session that may still run through its holds: the cloud's time must pass it. Undefined when none can. */
export function needsSessionsUntil(grant: Grant): Instant | undefined {
  const ends = grant.holds.flatMap(({ sessionsUntil }) => sessionsUntil ?? [])
  return ends.length === 0 ? undefined : Math.max(...ends)
}

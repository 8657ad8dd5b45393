import { minuteMs, secondMs, type Instant } from '../time.ts'
import type { Active, Approved, Extension, Grant, Live, Requested } from './types.ts'

/** Whether it wants its bindings present. */
export const isHeld = (grant: Grant): grant is Approved | Active =>
  grant.phase === 'approved' || grant.phase === 'active'

/** Whether it may stand in a cloud or still get there. */
export const isLive = (grant: Grant): grant is Live => isHeld(grant) || grant.phase === 'ending'

export type Open = Requested | Approved | Active

/** Whether it gives access, or waits to. */
export const isOpen = (grant: Grant): grant is Open => grant.phase === 'requested' || isHeld(grant)

/** What waits for approval: the request, or a longer lease for what runs. */
export function waitingOf(grant: Grant): Extension | undefined {
  if (grant.phase === 'requested') return grant
  return isHeld(grant) ? grant.extension : undefined
}

/**
 * When a `tick` changes it: the lapse of what waits, the warning, the end of a lease. Undefined when time alone changes
 * nothing; an ending grant waits for what its lane proves, and the lane's own `checkAt` wakes that.
 */
export function dueAt(grant: Grant): Instant | undefined {
  if (grant.phase === 'requested') return grant.lapsesAt
  if (!isHeld(grant)) return undefined
  const lapses = grant.extension === undefined ? [] : [grant.extension.lapsesAt]
  return Math.min(grant.endsAt, ...lapses, ...(isWarned(grant) ? [] : [warnsAt(grant)]))
}

/** What was never seen in its cloud needs no warning that it ends, and neither does what ends before one could be read. */
export const isWarned = (grant: Approved | Active): boolean =>
  grant.phase === 'approved' ||
  grant.warnedFor === grant.endsAt ||
  grant.revision.offer.leaseSeconds * secondMs < warnedLeaseMsMin

const warnedLeaseMsMin = 10 * minuteMs
const warnedAheadMsMax = 10 * minuteMs

/** Ten minutes before the end, or the last quarter of a short lease. */
export function warnsAt({ endsAt, revision }: Approved | Active): Instant {
  const quarterMs = Math.floor((revision.offer.leaseSeconds * secondMs) / 4)
  return endsAt - Math.min(warnedAheadMsMax, quarterMs)
}

/** The end of the last session that may still run through its holds: the cloud's time must pass it. Undefined when none can. */
export function needsSessionsUntil(grant: Grant): Instant | undefined {
  const ends = grant.holds.flatMap(({ sessionsUntil }) => sessionsUntil ?? [])
  return ends.length === 0 ? undefined : Math.max(...ends)
}

import type { Grant } from '../grants/types.ts'

/**
 * The requests that were denied and not asked again since: of each person and role the latest one counts, so that whoever
 * needs it no longer asks again and withdraws.
 */
export function standingDenials(grants: readonly Grant[]): readonly Grant[] {
  return grants.filter(
    (grant) => grant.phase === 'denied' && !grants.some((other) => isLater(other, grant)),
  )
}

function isLater(other: Grant, { id, requestedAt, revision: { offer } }: Grant): boolean {
  const { recipient, role } = other.revision.offer
  if (recipient.id !== offer.recipient.id || role !== offer.role) return false
  return other.requestedAt > requestedAt || (other.requestedAt === requestedAt && other.id > id)
}

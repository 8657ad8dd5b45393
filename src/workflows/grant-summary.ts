// What operators see of a grant, on the command line and over the admin channel.
import type { EndReason, Grant } from '../domain/grants/types.ts'
import { toIso } from '../domain/time.ts'

/** Times are ISO 8601 in UTC. */
export interface GrantSummary {
  readonly id: string
  readonly phase: Grant['phase']
  readonly role: string
  readonly recipient: { readonly id: number; readonly login: string }
  /** `owner/repository#number` */
  readonly subject: string
  readonly requestedAt: string
  readonly endsAt: string | null
  /** When it was proven that the access is gone. */
  readonly endedAt: string | null
  readonly reason: EndReason | null
  /** Until when a session that was opened before may still run. */
  readonly sessionsUntil: string | null
  readonly stuck: string | null
}

export function summaryOf(grant: Grant): GrantSummary {
  const { role, recipient, subject } = grant.revision.offer
  const sessions = grant.holds.flatMap(({ sessionsUntil }) => sessionsUntil ?? [])
  return {
    id: grant.id,
    phase: grant.phase,
    role,
    recipient: { id: recipient.id, login: recipient.login },
    subject: `${subject.owner}/${subject.repository}#${subject.number}`,
    requestedAt: toIso(grant.requestedAt),
    endsAt: 'endsAt' in grant ? toIso(grant.endsAt) : null,
    endedAt: 'endedAt' in grant ? toIso(grant.endedAt) : null,
    reason: 'reason' in grant ? grant.reason : null,
    sessionsUntil: sessions.length === 0 ? null : toIso(Math.max(...sessions)),
    stuck:
      grant.stuck === undefined
        ? null
        : `since ${toIso(grant.stuck.since)}: ${grant.stuck.because}`,
  }
}

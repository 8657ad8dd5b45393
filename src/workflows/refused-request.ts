// A request that is refused: as the log keeps it, and as people are told.
import type { NewEvent } from '../domain/log/types.ts'
import type { Notice } from '../domain/messages/types.ts'
import type { Refusal } from '../domain/policy/types.ts'
import type { ReviewRequested } from '../domain/signals.ts'
import { subjectKey, type Person } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'

export function refusedEvent(signal: ReviewRequested, refusal: Refusal): NewEvent {
  const subject = subjectKey(signal.subject)
  const { id, login } = signal.actor
  return {
    stream: `subject:${subject}`,
    event: {
      type: 'request.refused',
      subject,
      cause: signal.cause,
      actor: { id, login },
      recipient: signal.reviewer,
      refusal,
    },
  }
}

/** Of what is told of the policy: there is one. */
export const policyKey = 'policy'

const isUnread = ({ code }: Refusal): boolean =>
  code === 'policy-broken' || code === 'policy-missing'

export function noticeOf(refusal: Refusal, reviewer: Person, now: Instant): Notice {
  const { reason: text, role } = refusal
  return isUnread(refusal)
    ? { key: policyKey, kind: 'policy-broken', text, recipient: undefined, role, at: now }
    : {
        key: `${reviewer.id}/${role ?? ''}`,
        kind: 'refused',
        text,
        recipient: reviewer,
        role,
        at: now,
      }
}

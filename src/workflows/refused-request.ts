// A request that is refused: as the log keeps it, and as people are told.
import type { NewEvent } from '../domain/log/types.ts'
import type { Notice } from '../domain/messages/types.ts'
import type { Ask, Refusal } from '../domain/policy/types.ts'
import { subjectKey, type Person } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'

/** What was refused, and to whom: undefined where it got no further than the act itself. */
export interface Refused {
  readonly refusal: Refusal
  readonly recipient: Person | undefined
}

/** The one whom the act names. Of a team or a label it is known only later. */
export const namedBy = ({ reviewer, assignee, trigger, actor }: Ask): Person | undefined =>
  reviewer ?? assignee ?? (trigger === 'requested' ? actor : undefined)

export function refusedEvent(ask: Ask, { refusal, recipient }: Refused): NewEvent {
  const subject = subjectKey(ask.subject)
  return {
    stream: `subject:${subject}`,
    event: {
      type: 'request.refused',
      subject,
      cause: ask.cause,
      actor: named(ask.actor),
      recipient: recipient && named(recipient),
      refusal,
    },
  }
}

const named = ({ id, login }: Person): Person => ({ id, login })

/** Of what is told of the policy: there is one. */
export const policyKey = 'policy'
/** Of what is told of a change of the policy that waits for its approval. */
export const heldBackKey = 'policy-held-back'
/** Of what is told of one recipient and role, or of all of them. */
export const noticeKey = (recipient: Person | undefined, role: string | undefined): string =>
  `${recipient?.id ?? 'all'}/${role ?? ''}`

const isUnread = ({ code }: Refusal): boolean =>
  code === 'policy-broken' || code === 'policy-missing'

export function noticeOf({ refusal, recipient }: Refused, now: Instant): Notice {
  const { reason: text, role } = refusal
  return isUnread(refusal)
    ? { key: policyKey, kind: 'policy-broken', text, recipient: undefined, role, at: now }
    : { key: noticeKey(recipient, role), kind: 'refused', text, recipient, role, at: now }
}

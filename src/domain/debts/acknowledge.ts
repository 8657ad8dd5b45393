// Who may say that they looked at access that nobody had approved.
import type { LogEvent } from '../log/types.ts'
import type { Person } from '../subjects.ts'
import type { Instant } from '../time.ts'
import type { Debt } from './types.ts'

/** All of it read live. */
export interface Acknowledgement {
  readonly code: string
  readonly by: Person
  readonly isBot: boolean
  /** Whether the debt's reviewers name them now. */
  readonly isReviewer: boolean
}

export type DebtDecision =
  | {
      readonly kind: 'acknowledged'
      readonly debt: Debt
      readonly event: Extract<LogEvent, { type: 'debt.acknowledged' }>
    }
  | { readonly kind: 'refused'; readonly reason: string }

/** NB: never who received the access or asked for it, whatever else they are. */
export function decideAcknowledge(
  debt: Debt,
  { code, by, isBot, isReviewer }: Acknowledgement,
  now: Instant,
): DebtDecision {
  const no = whyNot(debt, { code, by, isBot, isReviewer })
  if (no !== undefined) return { kind: 'refused', reason: no }
  const person = { id: by.id, login: by.login }
  return {
    kind: 'acknowledged',
    debt: { ...debt, acknowledged: { by: person, at: now } },
    event: { type: 'debt.acknowledged', id: debt.id, by: person, code },
  }
}

export const isOwed = ({ acknowledged }: Debt): boolean => acknowledged === undefined

function whyNot(debt: Debt, { code, by, isBot, isReviewer }: Acknowledgement): string | undefined {
  if (code !== debt.code) return 'That code names no review that is owed.'
  if (debt.acknowledged !== undefined) return 'It was acknowledged before.'
  if (isBot) return 'A bot reviews nothing.'
  if (by.id === debt.personId || by.id === debt.requesterId) {
    return 'Who received the access or asked for it does not review it. Another reviewer has to.'
  }
  if (!isReviewer) return 'The policy does not name you as a reviewer of this access.'
  return undefined
}

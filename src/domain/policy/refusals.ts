// What a decision says.
import type { Offer } from '../grants/types.ts'

/**
 * Stable names of the reasons for saying no. `audience` tells who hears of it:
 * `log` when the cause had no standing to make Hallpass write anything, `people` when somebody can mend it.
 */
export type RefusalCode =
  | 'account-not-served'
  | 'actor-is-bot'
  | 'actor-without-standing'
  | 'too-old'
  | 'subject-closed'
  | 'repository-archived'
  | 'repository-not-enrolled'
  | 'from-fork'
  | 'repository-public'
  | 'not-requested-any-more'
  | 'recipient-is-bot'
  | 'recipient-without-standing'
  | 'not-eligible'
  | 'role-not-offered-here'
  | 'no-such-rule'
  | 'paths-truncated'
  | 'too-many-values'
  | 'value-malformed'
  | 'value-not-on-base'
  | 'team-too-large'
  | 'lease-too-long'
  | 'limit-reached'
  | 'cooldown'
  | 'daily-limit'
  | 'frozen'
  | 'break-glass-not-allowed'
  | 'debt-open'
  | 'identity-missing'
  | 'identity-ambiguous'
  | 'identity-changed'
  | 'cloud-refused'
  | 'already-standing'
  | 'already-held'
  | 'policy-missing'
  | 'policy-broken'
  | 'undecided'

export interface Refusal {
  readonly kind: 'refused'
  readonly code: RefusalCode
  /** Rule and role, where it got that far. */
  readonly rule: string | undefined
  readonly role: string | undefined
  /** One or two sentences for the person who can mend it: what happened, why, what to do. Never lists private team members. */
  readonly reason: string
  readonly audience: 'log' | 'people'
}

export interface Evaluation {
  readonly offers: readonly Offer[]
  readonly refusals: readonly Refusal[]
}

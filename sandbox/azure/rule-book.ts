// Role management policies: what PIM asks of an active assignment, by scope and role.
import { roleKey } from './roles.ts'
import { keyOf } from './scopes.ts'
import { durationMs } from './spans.ts'

export interface PimRules {
  /** ISO 8601, such as `PT8H`. Undefined for no limit. */
  readonly maximumDuration?: string
  /** Whether an assignment must have an end. */
  readonly expirationRequired?: boolean
  readonly justificationRequired?: boolean
  readonly ticketRequired?: boolean
  /** Rules that no request of an application meets, such as `MfaRule`. */
  readonly neverMet?: readonly string[]
}

/** What Azure asks of active assignments until an administrator changes it. */
const defaultRules: PimRules = {
  maximumDuration: 'P180D',
  expirationRequired: true,
  justificationRequired: true,
}

export interface Where {
  /** Every scope when left out; this very scope otherwise: policies are not inherited. */
  readonly scope?: string
  /** Every role when left out. */
  readonly roleDefinitionId?: string
}

export class RuleBook {
  readonly #rules = new Map<string, PimRules>()

  set(where: Where, rules: PimRules): void {
    this.#rules.set(place(where), rules)
  }

  for(scope: string, roleDefinitionId: string): PimRules {
    const places = [{ scope, roleDefinitionId }, { scope }, { roleDefinitionId }, {}].map(place)
    const found = places.find((it) => this.#rules.has(it))
    return (found === undefined ? undefined : this.#rules.get(found)) ?? defaultRules
  }
}

const place = ({ scope, roleDefinitionId }: Where) =>
  `${scope === undefined ? '*' : keyOf(scope)} ${roleDefinitionId === undefined ? '*' : roleKey(roleDefinitionId)}`

export interface Asked {
  readonly startsAt: number
  readonly endsAt: number | undefined
  readonly justification: string | undefined
  readonly hasTicket: boolean
}

/** The names of the rules that a request does not meet. */
export function failedRules(rules: PimRules, asked: Asked, now: number): string[] {
  const longest = durationMs(rules.maximumDuration ?? '') ?? Number.POSITIVE_INFINITY
  const expires =
    asked.endsAt === undefined
      ? rules.expirationRequired !== true
      : asked.endsAt > now && asked.endsAt - asked.startsAt <= longest
  const failed = [...(rules.neverMet ?? [])]
  if (!expires) failed.push('ExpirationRule')
  if (rules.justificationRequired === true && !asked.justification) failed.push('JustificationRule')
  if (rules.ticketRequired === true && !asked.hasTicket) failed.push('TicketingRule')
  return failed
}

import { breaksGlass } from './rule-steps.ts'
import type { Ask, RoleDefinition, Rule } from './types.ts'

/** How long it lasts, in seconds: what was asked for, or what the rule or the role says. Never past the role's maximum. */
export function leaseSecondsOf(ask: Ask, rule: Rule, role: RoleDefinition): number {
  const asked = ask.wanted?.leaseSeconds
  const glass = breaksGlass(rule, ask) ? role.breakGlass : undefined
  if (glass !== undefined) return Math.min(asked ?? glass.leaseSeconds, glass.leaseSeconds)
  return Math.min(asked ?? rule.forSeconds ?? role.lease.defaultSeconds, role.lease.maxSeconds)
}

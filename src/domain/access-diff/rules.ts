// What changed about the rules, and what two lists of them both give.
import type { Rule } from '../policy/types.ts'
import { gives, type Order } from './order.ts'
import { uncoveredIn } from './precedence.ts'
import { givesNoMore, ofRules } from './rule-order.ts'

export interface RuleChange {
  readonly change: 'added' | 'removed' | 'changed'
  readonly rule: Rule
  readonly order: Order
}

/** A rule is the same one by its name; only what changed. */
export function ruleChanges(
  before: readonly Rule[],
  after: readonly Rule[],
): readonly RuleChange[] {
  const isUncovered = uncoveredIn(before, after)
  const old = new Map(before.map((rule) => [rule.name, rule]))
  const now = new Map(after.map((rule) => [rule.name, rule]))
  const removed = before.filter(({ name }) => !now.has(name))
  return [
    ...after.flatMap((rule): readonly RuleChange[] => {
      const former = old.get(rule.name)
      const alone = former === undefined ? addedTo(before, rule) : ofRules(former, rule)
      const order = !gives(alone) && isUncovered(rule) ? 'other' : alone
      if (former === undefined) return [{ change: 'added', rule, order }]
      return order === 'same' ? [] : [{ change: 'changed', rule, order }]
    }),
    ...removed.map((rule): RuleChange => {
      const kept = after.some((each) => givesNoMore(rule, each))
      return { change: 'removed', rule, order: kept ? 'same' : 'narrower' }
    }),
  ]
}

/** One that gives no more than a former one does, under another name, widens nothing. */
const addedTo = (before: readonly Rule[], rule: Rule): Order =>
  before.some((each) => givesNoMore(rule, each)) ? 'same' : 'wider'

/** What both lists give. */
export function narrowerRules(before: readonly Rule[], after: readonly Rule[]): readonly Rule[] {
  const kept = after.filter((rule) => before.some((each) => givesNoMore(rule, each)))
  const former = before.filter(
    (rule) =>
      !kept.some((each) => each.name === rule.name || givesNoMore(rule, each)) &&
      after.some((each) => givesNoMore(rule, each)),
  )
  return covered(before, [...kept, ...former])
}

/** NB: what is left out may have kept another one from giving more. */
function covered(before: readonly Rule[], rules: readonly Rule[]): readonly Rule[] {
  const isUncovered = uncoveredIn(before, rules)
  const left = rules.filter((rule) => !isUncovered(rule))
  return left.length === rules.length ? rules : covered(before, left)
}

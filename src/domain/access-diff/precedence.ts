// The first rule that applies wins its role: one that gives less keeps those after it from giving more where it applies.
import type { Rule } from '../policy/types.ts'
import { gives } from './order.ts'
import { givesNoMore, ofConditions, ofGifts } from './rule-order.ts'

/**
 * Tells of a rule of `after` that stood in `before`, as it is or giving more, whether it would give more now: because
 * one that came first there has gone, comes later, or applies less often. NB: looks at each rule of `after` a few times
 * only, for anybody may propose thousands.
 */
export function uncoveredIn(
  before: readonly Rule[],
  after: readonly Rule[],
): (rule: Rule) => boolean {
  const places = new Map(after.map((rule, index) => [rule, index]))
  const coverOf = remembered((rule: Rule) => comingFirst(rule, before))
  const placeOf = remembered((cover: Rule) => after.findIndex((rule) => covers(rule, cover)))
  return (rule) => {
    const former = before.filter((each) => givesNoMore(rule, each))
    const place = places.get(rule) ?? 0
    const isOpen = (cover: Rule) => placeOf(cover) === -1 || placeOf(cover) >= place
    return former.length > 0 && former.every((each) => coverOf(each).some(isOpen))
  }
}

/** Those that give less where both apply. */
const comingFirst = (rule: Rule, rules: readonly Rule[]): readonly Rule[] =>
  rules
    .slice(0, rules.indexOf(rule))
    .filter((each) => meets(each, rule) && gives(ofGifts(each, rule)))

/** Wherever the other one applied. */
function covers(rule: Rule, other: Rule): boolean {
  if (rule.to !== other.to || !meets(rule, other)) return false
  const order = ofConditions(other.when, rule.when)
  return order === 'same' || order === 'wider'
}

/** Whether one act may start both for the same role. */
const meets = (one: Rule, other: Rule): boolean =>
  one.give === other.give && one.when.trigger === other.when.trigger

function remembered<V>(make: (rule: Rule) => V): (rule: Rule) => V {
  const known = new Map<Rule, V>()
  return (rule) => {
    const value = known.get(rule) ?? make(rule)
    known.set(rule, value)
    return value
  }
}

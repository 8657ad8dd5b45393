// Which rule gives no more than another.
import type { Rule, Standing, When } from '../policy/types.ts'
import { combined, ofContent, ofFlags, ofNumbers, ofSets, reversed, type Order } from './order.ts'

/** How the second relates to the first, by what it starts from, to whom it gives what, and until when. */
function ofRules(before: Rule, after: Rule): Order {
  const fixed = (rule: Rule) => [rule.give, rule.to, rule.when.trigger, rule.from]
  if (ofContent(fixed(before), fixed(after)) !== 'same') return 'other'
  return combined([
    ofConditions(before.when, after.when),
    ofDurations(before.forSeconds, after.forSeconds),
    reversed(ofSets(before.until, after.until)),
    ofFlags(before.breakGlass, after.breakGlass),
  ])
}

/** Without one the role's default counts, which is compared with the role: leaving it out may be more or less. */
const ofDurations = (before: number | undefined, after: number | undefined): Order =>
  before === undefined || after === undefined ? ofContent(before, after) : ofNumbers(before, after)

/** A condition that is not there holds always. */
function ofConditions(before: When, after: When): Order {
  return combined([
    ofLists(before.added, after.added),
    ofLists(before.paths?.include, after.paths?.include),
    reversed(ofSets(before.paths?.exclude ?? [], after.paths?.exclude ?? [])),
    ofLists(before.base, after.base),
    // Each of these has to be there: more of them give less.
    reversed(ofSets(before.labels ?? [], after.labels ?? [])),
    ofLists<Standing>(before.author, after.author),
    ofLists<Standing>(before.actor, after.actor),
    ofDraft(before.draft, after.draft),
    ofLists(before.hours, after.hours),
  ])
}

function ofLists<T>(before: readonly T[] | undefined, after: readonly T[] | undefined): Order {
  if (before === undefined || after === undefined)
    return ofFlags(before === undefined, after === undefined)
  return ofSets(before, after)
}

function ofDraft(before: boolean | undefined, after: boolean | undefined): Order {
  if (before === after) return 'same'
  if (before !== undefined && after !== undefined) return 'other'
  return after === undefined ? 'wider' : 'narrower'
}

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
  const old = new Map(before.map((rule) => [rule.name, rule]))
  const now = new Map(after.map((rule) => [rule.name, rule]))
  const removed = before.filter(({ name }) => !now.has(name))
  return [
    ...after.flatMap((rule): readonly RuleChange[] => {
      const former = old.get(rule.name)
      if (former === undefined) return [{ change: 'added', rule, order: addedTo(before, rule) }]
      const order = ofRules(former, rule)
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

const givesNoMore = (rule: Rule, than: Rule): boolean => {
  const order = ofRules(than, rule)
  return order === 'same' || order === 'narrower'
}

/** What both lists give. */
export function narrowerRules(before: readonly Rule[], after: readonly Rule[]): readonly Rule[] {
  const kept = after.filter((rule) => before.some((each) => givesNoMore(rule, each)))
  const former = before.filter(
    (rule) =>
      !kept.some((each) => each.name === rule.name || givesNoMore(rule, each)) &&
      after.some((each) => givesNoMore(rule, each)),
  )
  return [...kept, ...former]
}

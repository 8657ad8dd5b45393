// Whether one rule gives more than another.
import type { Rule, Standing, When } from '../policy/types.ts'
import { combined, ofContent, ofFlags, ofNumbers, ofSets, reversed, type Order } from './order.ts'

/** How the second relates to the first, by what it starts from, to whom it gives what, and until when. */
export function ofRules(before: Rule, after: Rule): Order {
  const fixed = (rule: Rule) => [rule.give, rule.to, rule.when.trigger, rule.from]
  if (ofContent(fixed(before), fixed(after)) !== 'same') return 'other'
  return combined([ofConditions(before.when, after.when), ofGifts(before, after)])
}

/** What they give where they apply. */
export const ofGifts = (before: Rule, after: Rule): Order =>
  combined([
    ofDurations(before.forSeconds, after.forSeconds),
    reversed(ofSets(before.until, after.until)),
    ofFlags(before.breakGlass, after.breakGlass),
  ])

export const givesNoMore = (rule: Rule, than: Rule): boolean => {
  const order = ofRules(than, rule)
  return order === 'same' || order === 'narrower'
}

/** Without one the role's default counts, which is compared with the role: leaving it out may be more or less. */
const ofDurations = (before: number | undefined, after: number | undefined): Order =>
  before === undefined || after === undefined ? ofContent(before, after) : ofNumbers(before, after)

/** A condition that is not there holds always. */
export function ofConditions(before: When, after: When): Order {
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

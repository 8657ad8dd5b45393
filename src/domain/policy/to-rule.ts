// A rule as it is written, in the domain's words.
import { everyDay } from './window-words.ts'
import {
  triggers,
  type ConditionsDocument,
  type RuleDocument,
  type WhenDocument,
} from './schema-rule.ts'
import type { Recipient, Rule, Trigger, Until, When } from './types.ts'
import type { Path } from './yaml-document.ts'

/** The triggers that are written: a good rule has one. */
export const triggersOf = (when: WhenDocument): readonly Trigger[] =>
  triggers.filter((trigger) => when[trigger] !== undefined)

/** Whom it means where nothing is written. A label says nothing about whom it is for. */
const leftOutRecipient = {
  review_requested: 'reviewer',
  labeled: undefined,
  assigned: 'assignees',
  requested: 'commenter',
} as const satisfies Record<Trigger, Recipient | undefined>

const anybody = ['reviewer', 'author', 'assignees', 'sender'] as const
export const recipients: Readonly<Record<Trigger, readonly Recipient[]>> = {
  review_requested: anybody,
  labeled: anybody,
  assigned: anybody,
  requested: ['commenter', ...anybody],
}

export const recipientOf = (rule: RuleDocument, trigger: Trigger): Recipient | undefined =>
  rule.to ?? leftOutRecipient[trigger]

/** What can end before its lease what this trigger gives to that recipient. */
export function untilsOf(trigger: Trigger, to: Recipient): readonly Until[] {
  const always = ['closed', 'merged', 'pushed'] as const
  return [
    ...(to === 'reviewer' ? (['reviewed', 'unrequested'] as const) : []),
    ...(trigger === 'labeled' ? (['unlabeled'] as const) : []),
    ...(to === 'assignees' ? (['unassigned'] as const) : []),
    ...always,
  ]
}

/** Undefined when the rule has not one trigger, or no recipient. */
export function toRule(rule: RuleDocument, from: Rule['from']): Rule | undefined {
  const [trigger, another] = triggersOf(rule.when)
  if (trigger === undefined || another !== undefined) return undefined
  const to = recipientOf(rule, trigger)
  if (to === undefined) return undefined
  const able = untilsOf(trigger, to)
  return {
    name: rule.name,
    from,
    when: toWhen(rule.when, trigger),
    to,
    give: rule.give,
    forSeconds: rule.for,
    until: [...new Set(rule.until ?? leftOutUntils[trigger].filter((word) => able.includes(word)))],
    breakGlass: rule.break_glass ?? false,
  }
}

/** Of these, what can happen. */
const leftOutUntils: Readonly<Record<Trigger, readonly Until[]>> = {
  review_requested: ['reviewed', 'unrequested', 'unassigned', 'closed'],
  labeled: ['unlabeled', 'unassigned', 'closed'],
  assigned: ['unassigned', 'closed'],
  requested: ['unassigned', 'closed'],
}

function toWhen(when: WhenDocument, trigger: Trigger): When {
  const conditions = conditionsOf(when, trigger)
  const { paths, hours } = conditions
  return {
    trigger,
    added: addedOf(when),
    paths: paths === undefined ? undefined : toPaths(paths),
    base: conditions.base,
    labels: conditions.labels,
    author: conditions.author,
    actor: conditions.actor,
    draft: conditions.draft,
    hours: hours?.map(({ days = everyDay, ...window }) => ({ ...window, days })),
  }
}

type Paths = NonNullable<ConditionsDocument['paths']>

const toPaths = (paths: Paths) =>
  'include' in paths
    ? { include: paths.include, exclude: paths.exclude ?? [] }
    : { include: paths, exclude: [] }

export function conditionsOf(when: WhenDocument, trigger: Trigger): ConditionsDocument {
  if (trigger !== 'labeled') return when[trigger] ?? {}
  return when.labeled === undefined || !('names' in when.labeled) ? {} : when.labeled
}

export const addedOf = ({ labeled }: WhenDocument): readonly string[] | undefined =>
  labeled === undefined || !('names' in labeled) ? labeled : labeled.names

/** Where the globs over changed paths stand. */
export function includedAt(paths: Paths, at: Path): Path {
  return 'include' in paths ? [...at, 'include'] : at
}

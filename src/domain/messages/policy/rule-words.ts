// Who could obtain a role, how, for how long and with whose approval, as cells of a table.
import type { RoleDiff } from '../../access-diff/policies.ts'
import type { RuleChange } from '../../access-diff/rules.ts'
import type { Eligible, Recipient, RoleDefinition, Rule, When } from '../../policy/types.ts'
import { approvalInWords } from '../answers/takes.ts'
import { code } from '../escape.ts'
import { duration } from '../format.ts'

const shownMax = 12

/** In one cell, what is too much counted. */
export function listed(items: readonly string[], between = ', '): string {
  const more = items.length - shownMax
  const shown = items.slice(0, shownMax)
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(between)
}

export const personInWords = (person: Eligible): string =>
  person.kind === 'team' ? `team ${code(person.slug)}` : `user ${person.id}`

export const whoInWords = ({ eligible }: RoleDefinition): string =>
  eligible.length === 0 ? 'nobody' : listed(eligible.map(personInWords))

export function leaseInWords({ lease, residualSeconds }: RoleDefinition): string {
  const { defaultSeconds, maxSeconds } = lease
  const sessions =
    residualSeconds === 0 ? '' : `; sessions ${duration(residualSeconds)} longer at most`
  return `${duration(defaultSeconds)}, at most ${duration(maxSeconds)}${sessions}`
}

export const approvalOf = ({ approval }: RoleDefinition): string => {
  if (approval === 'none') return 'none'
  return `${approvalInWords(approval)}${approval.separate ? '' : ', who may be the recipient'}`
}

const recipients: Readonly<Record<Recipient, string>> = {
  reviewer: 'the reviewer',
  author: 'the author',
  assignees: 'the assignees',
  sender: 'whoever did it',
  commenter: 'whoever asks',
}

function actOf({ trigger, added = [] }: When): string {
  switch (trigger) {
    case 'review_requested':
      return 'a review request'
    case 'labeled':
      return `the label ${listed(added.map((glob) => code(glob)))}`
    case 'assigned':
      return 'an assignment'
    case 'requested':
      return code('/access request')
    default:
      return trigger satisfies never
  }
}

const conditions: readonly (readonly [keyof When, string])[] = [
  ['paths', 'changed paths'],
  ['base', 'base branch'],
  ['labels', 'labels'],
  ['author', 'author'],
  ['actor', 'who acts'],
  ['draft', 'draft state'],
  ['hours', 'time'],
]

function ruleInWords({ name, when, to, forSeconds, breakGlass }: Rule): string {
  const bound = conditions.flatMap(([key, word]) => (when[key] === undefined ? [] : [word]))
  return [
    `${code(name)}: by ${actOf(when)}, to ${recipients[to]}`,
    ...(forSeconds === undefined ? [] : [`for ${duration(forSeconds)}`]),
    ...(bound.length === 0 ? [] : [`if ${bound.join(', ')} fit`]),
    ...(breakGlass ? ['**breaks the glass**'] : []),
  ].join(', ')
}

/** All rules that give the role, those that changed marked, those that are gone crossed out. */
export function howInWords(diff: RoleDiff, rules: readonly Rule[]): string {
  const changes = new Map(diff.rules.map((each) => [`${each.change} ${each.rule.name}`, each]))
  const marked = (rule: Rule) => {
    const change = changes.get(`added ${rule.name}`) ?? changes.get(`changed ${rule.name}`)
    return `${ruleInWords(rule)}${change === undefined ? '' : ` (${ruleChangeInWords(change)})`}`
  }
  const now = rules.filter(({ give }) => give === diff.role).map(marked)
  const gone = diff.rules
    .filter(({ change }) => change === 'removed')
    .map(({ rule }) => `~~${code(rule.name)}~~ (gone)`)
  const all = [...now, ...gone]
  return all.length === 0 ? 'no rule of this document' : listed(all, '<br>')
}

function ruleChangeInWords({ change, order }: RuleChange): string {
  if (change === 'added') return order === 'same' ? 'new, gives no more' : '**new**'
  return order === 'narrower' ? 'narrowed' : '**widened**'
}

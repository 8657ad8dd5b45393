// What rules say must fit together, whatever the catalog holds.
import { keyAt, repeated, valueAt, type Finding } from './issues.ts'
import type { RuleDocument } from './schema-rule.ts'
import {
  addedOf,
  conditionsOf,
  includedAt,
  recipientOf,
  recipients,
  triggersOf,
  untilsOf,
} from './to-rule.ts'
import type { Recipient, Trigger } from './types.ts'
import type { Path } from './yaml-document.ts'

/** In all rules of a document: each is held against each changed path. */
const pathGlobsMax = 200
/** In all rules of a document: over labels and branches, of which there are few. */
const otherGlobsMax = 500

export const ruleFindings = (rules: readonly RuleDocument[]): readonly Finding[] => [
  ...repeated(
    rules.map(({ name }) => name),
    (index) => ['rules', index, 'name'],
    'another rule of this document has this name: write one of its own',
  ),
  ...rules.flatMap((rule, index) => findingsOf(rule, ['rules', index])),
  ...tooMany(rules.flatMap(pathGlobsAt), pathGlobsMax, 'globs over paths'),
  ...tooMany(rules.flatMap(otherGlobsAt), otherGlobsMax, 'globs over labels and branches'),
]

function findingsOf(rule: RuleDocument, at: Path): readonly Finding[] {
  const [trigger, ...others] = triggersOf(rule.when)
  if (trigger === undefined)
    return [
      valueAt(
        [...at, 'when'],
        'write what starts the rule: `review_requested`, `labeled`, `assigned` or `requested`',
      ),
    ]
  if (others.length > 0)
    return others.map((other) =>
      keyAt([...at, 'when', other], 'write one trigger: another one is another rule'),
    )
  return [
    ...recipientFindings(rule, trigger, at),
    ...breakGlassFindings(rule, trigger, at),
    ...hoursFindings(rule, trigger, at),
  ]
}

function recipientFindings(rule: RuleDocument, trigger: Trigger, at: Path): readonly Finding[] {
  const to = recipientOf(rule, trigger)
  const able = recipients[trigger]
  if (to === undefined) return [valueAt([...at, 'to'], `write who receives it: ${oneOf(able)}`)]
  if (!able.includes(to))
    return [valueAt([...at, 'to'], `\`${trigger}\` has no \`${to}\`: write ${oneOf(able)}`)]
  return untilFindings(rule, trigger, to, [...at, 'until'])
}

function untilFindings(
  { until = [] }: RuleDocument,
  trigger: Trigger,
  to: Recipient,
  at: Path,
): readonly Finding[] {
  const able = untilsOf(trigger, to)
  return until.flatMap((word, index) =>
    able.includes(word)
      ? []
      : [
          valueAt(
            [...at, index],
            `cannot happen to what \`${trigger}\` gives to \`${to}\`: write ${oneOf(able)}`,
          ),
        ],
  )
}

const breakable: readonly Trigger[] = ['labeled', 'requested']

const breakGlassFindings = (rule: RuleDocument, trigger: Trigger, at: Path): readonly Finding[] =>
  rule.break_glass !== true || breakable.includes(trigger)
    ? []
    : [
        valueAt(
          [...at, 'break_glass'],
          'leave it out: the glass is broken by `labeled` or `requested` alone',
        ),
      ]

const hoursFindings = ({ when }: RuleDocument, trigger: Trigger, at: Path): readonly Finding[] =>
  (conditionsOf(when, trigger).hours ?? []).flatMap(({ from, until }, index) =>
    from === until
      ? [
          valueAt(
            [...at, 'when', trigger, 'hours', index, 'until'],
            'write another time than `from`; a whole day is `"00:00"` to `"24:00"`',
          ),
        ]
      : [],
  )

const oneOf = (words: readonly string[]): string => {
  const quoted = words.map((word) => `\`${word}\``)
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter(Boolean).join(' or ')
}

/** Told once, where the first one too many stands. */
function tooMany(places: readonly Path[], max: number, what: string): readonly Finding[] {
  const first = places[max]
  return first === undefined
    ? []
    : [valueAt(first, `write at most ${max} ${what} in all rules together`)]
}

const pathGlobsAt = ({ when }: RuleDocument, rule: number): readonly Path[] =>
  triggersOf(when).flatMap((trigger) => {
    const { paths } = conditionsOf(when, trigger)
    if (paths === undefined) return []
    const at = ['rules', rule, 'when', trigger, 'paths']
    const [include, exclude] =
      'include' in paths ? [paths.include, paths.exclude ?? []] : [paths, []]
    return [
      ...include.map((_, index) => [...includedAt(paths, at), index]),
      ...exclude.map((_, index) => [...at, 'exclude', index]),
    ]
  })

const otherGlobsAt = ({ when }: RuleDocument, rule: number): readonly Path[] =>
  triggersOf(when).flatMap((trigger) => {
    const at = ['rules', rule, 'when', trigger]
    const { base = [], labels = [] } = conditionsOf(when, trigger)
    const added = trigger === 'labeled' ? (addedOf(when) ?? []) : []
    const named = when.labeled !== undefined && 'names' in when.labeled ? ['names'] : []
    return [
      ...added.map((_, index) => [...at, ...named, index]),
      ...base.map((_, index) => [...at, 'base', index]),
      ...labels.map((_, index) => [...at, 'labels', index]),
    ]
  })

// One rule: what starts it, under which conditions, and what it gives to whom.
import { z } from 'zod'
import { standing } from './schema-people.ts'
import { daysPattern, isZone, parseDays, parseTimeOfDay, timeOfDayPattern } from './window-words.ts'
import {
  duration,
  flag,
  globs,
  line,
  listOf,
  mapping,
  pathGlobs,
  roleName,
  someOf,
  text,
} from './schema-pieces.ts'
import type { Recipient, Trigger, Until } from './types.ts'

const pathsHint = 'write a list of globs over changed paths, such as `["services/**"]`'
const somePaths = () =>
  pathGlobs(pathsHint).min(1, {
    error: 'write at least one glob, or leave `paths` out for any change',
  })
const paths = z
  .union(
    [
      somePaths(),
      mapping(
        {
          include: somePaths(),
          exclude: globs(pathsHint).describe('What one of these covers does not count.').optional(),
        },
        'write `{ include: [...], exclude: [...] }`',
      ),
    ],
    { error: `${pathsHint}, or \`{ include: [...], exclude: [...] }\`` },
  )
  .describe('The rule applies when a changed path matches one of them. Ends with the next push.')

const someGlobs = (what: string, example: string) => {
  const hint = `write a list of globs over ${what}, such as \`${example}\``
  return globs(hint).min(1, { error: `${hint}, or leave it out` })
}

const timeHint = 'write a time of the day such as `"09:00"`, at most `"24:00"`'
const timeOfDay = () => text(timeOfDayPattern, timeHint).transform(parseTimeOfDay)
const daysHint = 'write days such as `mon`, `sat` or `mon-fri`'
const window = mapping(
  {
    zone: z
      .string({ error: 'write a time zone, such as `Europe/Berlin`' })
      .refine(isZone, { error: 'write a time zone by its IANA name, such as `Europe/Berlin`' }),
    days: someOf(text(daysPattern, daysHint), daysHint)
      .transform(parseDays)
      .describe('On which the window begins. Every day when left out.')
      .optional(),
    from: timeOfDay(),
    until: timeOfDay().describe('A time before `from` is on the next day.'),
  },
  'write `{ zone: Europe/Berlin, days: [mon-fri], from: "09:00", until: "18:00" }`',
)

const people = (who: string) =>
  someOf(standing(), `write who the ${who} must be, such as \`[team:backend, role:maintain]\``)

const conditions = {
  paths: paths.optional(),
  base: someGlobs('branch names', '[main, release/*]')
    .describe('Globs over the base branch: one of them must match.')
    .optional(),
  labels: someGlobs('label names', '[reviewed-by-security]')
    .describe('Globs over labels: each must match one that is there now.')
    .optional(),
  author: people('author').describe('The author must be one of these.').optional(),
  actor: people('actor').describe('Whoever asks must be one of these.').optional(),
  draft: flag('write `true` or `false`')
    .describe('Whether it must, or must not, be a draft.')
    .optional(),
  hours: someOf(window, 'write a list of `{ zone, days, from, until }`')
    .max(10, { error: 'write at most 10 windows' })
    .describe('It must be in one of these windows.')
    .optional(),
}
const insteadOfConditions: ReadonlyMap<string, string> = new Map([
  ['branch', 'is written `base`'],
  ['branches', 'is written `base`'],
  ['path', 'is written `paths`'],
  ['files', 'is written `paths`'],
  ['sender', 'is written `actor`'],
  ['time', 'is written `hours`'],
])
const conditionsOf = (hint: string) => mapping(conditions, hint, insteadOfConditions)

const added = () => someGlobs('label names', '[needs-prod-access, "incident/*"]')
const labeled = z.union(
  [
    added(),
    mapping(
      { names: added(), ...conditions },
      'write `{ names: [...] }` and conditions',
      insteadOfConditions,
    ),
  ],
  { error: 'write a list of labels, such as `[needs-prod-access]`, or `{ names: [...] }`' },
)

const when = mapping(
  {
    review_requested: conditionsOf('write `{}` for any change, or `{ paths: [...] }`')
      .describe('A review was requested of a person or a team.')
      .optional(),
    labeled: labeled
      .describe('One of these labels was added to a pull request or an issue.')
      .optional(),
    assigned: conditionsOf('write `{}` for anything, or conditions such as `{ labels: [...] }`')
      .describe('Somebody was assigned to a pull request or an issue.')
      .optional(),
    requested: conditionsOf('write `{}` for anything, or conditions such as `{ base: [main] }`')
      .describe('Somebody asked by `/access request <role>`.')
      .optional(),
  },
  'write `{ review_requested: {} }`',
  new Map([
    ['commented', 'is written `requested`: people ask by `/access request <role>`'],
    ['label', 'is written `labeled`'],
  ]),
).meta({ minProperties: 1, maxProperties: 1 })

const recipients = [
  'reviewer',
  'author',
  'assignees',
  'sender',
  'commenter',
] as const satisfies readonly Recipient[]
const untils = [
  'reviewed',
  'unrequested',
  'unlabeled',
  'unassigned',
  'closed',
  'merged',
  'pushed',
] as const satisfies readonly Until[]

const some = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ')
const untilHint = `write some of ${some(untils)}, or leave it out`

const rule = mapping(
  {
    name: line(100, 'write a name for this rule, in one line without backticks'),
    when,
    to: z
      .enum(recipients, { error: `write one of ${some(recipients)}` })
      .describe('Who receives it. Written out for `labeled`.')
      .optional(),
    give: roleName().describe("A role of the organization's catalog."),
    for: duration().describe("How long. The role's default when left out.").optional(),
    until: someOf(z.enum(untils, { error: untilHint }), untilHint)
      .describe('What ends it before its time. All that fits the trigger when left out.')
      .optional(),
    break_glass: flag('write `true` or `false`')
      .describe("Whether it needs no approval, for those whom the role's `break_glass` names.")
      .optional(),
  },
  'write `name`, `when` and `give`',
)

export const rules = () =>
  listOf(rule, 'write a list of rules, each with `name`, `when` and `give`')

export type RuleDocument = z.output<typeof rule>
export type WhenDocument = RuleDocument['when']
export type ConditionsDocument = NonNullable<WhenDocument['requested']>
export const triggers = [
  'review_requested',
  'labeled',
  'assigned',
  'requested',
] as const satisfies readonly Trigger[]

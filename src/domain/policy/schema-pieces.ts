// What both documents are written with. Every message says what to write instead: the reader of issues puts the place and the key before it.
import { z } from 'zod'
import { durationPattern, parseDuration } from './durations.ts'
import { globProblem } from './globs.ts'
import { nearest } from './nearest.ts'
import type { Eligible } from './types.ts'

/** A mapping that refuses keys it does not know. `instead` explains keys that people are likely to try. */
export function mapping<Shape extends z.ZodRawShape>(
  shape: Shape,
  hint: string,
  instead: ReadonlyMap<string, string> = new Map(),
) {
  const known = Object.keys(shape)
  const explain = (key: string): string => {
    const near = nearest(key, known)
    const meant =
      near === undefined ? `known here: ${known.join(', ')}` : `did you mean \`${near}\`?`
    return instead.get(key) ?? `is not known; ${meant}`
  }
  return z.strictObject(shape, {
    // One line for each key: the reader of issues puts each at its key's place.
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map(explain).join('\n') : hint,
  })
}

/** Text that matches `pattern`, or else `hint`. */
export const text = (pattern: RegExp, hint: string) =>
  z.string({ error: hint }).regex(pattern, { error: hint })

export const listOf = <Item extends z.ZodType>(item: Item, hint: string) =>
  z.array(item, { error: hint })
export const someOf = <Item extends z.ZodType>(item: Item, hint: string) =>
  listOf(item, hint).min(1, { error: hint })

/** One line that is shown to people. No backticks: it is quoted between them. */
export const line = (max: number, hint: string) =>
  text(new RegExp(`^[^\\p{C}\\p{Zl}\\p{Zp}\`]{1,${max}}$`, 'u'), hint)

export const flag = (hint: string) => z.boolean({ error: hint })

export const numericId = (hint: string) => z.int({ error: hint }).positive({ error: hint })

const durationHint = 'write a duration such as `90s`, `30m`, `1h`, `1h30m` or `1d`'
/** Seconds. */
export const duration = () =>
  text(durationPattern, durationHint)
    .transform(parseDuration)
    .refine((seconds) => seconds > 0, { error: 'write a duration longer than nothing' })

const globsMax = 50
export const globs = (hint: string) =>
  listOf(
    z.string({ error: hint }).superRefine((glob, context) => {
      const problem = globProblem(glob)
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
    }),
    hint,
  ).max(globsMax, { error: `write at most ${globsMax} globs` })

export const roleName = () =>
  text(
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    'write a role name of lower-case letters, digits and single dashes',
  ).max(64, {
    error: 'write at most 64 characters',
  })

const eligibleHint = 'write `team:<slug>` or `user:<numeric id>`'
const eligiblePattern = /^(?:team:[A-Za-z0-9_][A-Za-z0-9_-]{0,99}|user:[1-9]\d{0,14})$/
export const eligible = () =>
  z
    .string({ error: eligibleHint })
    .meta({ pattern: eligiblePattern.source })
    .transform((entry, context): Eligible => {
      if (eligiblePattern.test(entry)) return toEligible(entry)
      context.addIssue({ code: 'custom', message: eligibleProblem(entry) })
      return z.NEVER
    })

const toEligible = (entry: string): Eligible => {
  const [kind, name = ''] = entry.split(':')
  return kind === 'team'
    ? { kind: 'team', slug: name.toLowerCase() }
    : { kind: 'user', id: Number(name) }
}

function eligibleProblem(entry: string): string {
  const login = /^user:([A-Za-z0-9-]{1,39})$/.exec(entry)?.[1]
  if (login !== undefined)
    return `write the numeric id, because logins change hands: \`gh api users/${login} --jq .id\``
  if (/^team:[\w.-]+\/[\w-]+$/.test(entry))
    return "write the team's slug alone: teams are those of the organization that owns the repository"
  return eligibleHint
}

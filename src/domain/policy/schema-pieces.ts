// What both documents are written with. Every message says what to write instead: the reader of issues puts the place and the key before it.
import { z } from 'zod'
import { durationPattern, parseDuration } from './durations.ts'
import { globProblem } from './globs.ts'
import { nearest } from './nearest.ts'
import { pathGlobProblem } from './path-globs.ts'

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
const globsOf = (hint: string, problemOf: (glob: string) => string | undefined) =>
  listOf(
    z.string({ error: hint }).superRefine((glob, context) => {
      const problem = problemOf(glob)
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
    }),
    hint,
  ).max(globsMax, { error: `write at most ${globsMax} globs` })

export const globs = (hint: string) => globsOf(hint, globProblem)
/** As `globs`, for paths: `{name}` may stand in them. */
export const pathGlobs = (hint: string) => globsOf(hint, pathGlobProblem)

/** A whole number. */
export const count = (min: number, max: number, hint: string) =>
  z
    .int({ error: hint })
    .min(min, { error: `write at least ${min}` })
    .max(max, { error: `write at most ${max}` })

export const roleName = () =>
  text(
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    'write a role name of lower-case letters, digits and single dashes',
  ).max(64, {
    error: 'write at most 64 characters',
  })

// Reading what follows a verb, word by word.
import { durationPattern, parseDuration } from '../policy/durations.ts'
import { code } from '../policy/quote.ts'
import { isReadable } from '../policy/readable.ts'
import type { Wrong } from './types.ts'

const reasonLengthMax = 500

/** At blanks and tabs alone: a non-breaking or zero-width space is a part of its word, and makes it wrong. */
export const wordsOf = (text: string): readonly string[] =>
  text.split(/[ \t]+/).filter((word) => word !== '')

/** A word as it was meant: people copy names together with the backticks that they are shown in. */
export const bare = (word: string): string => /^`([^`]+)`$/.exec(word)?.[1] ?? word

export function readSeconds(word: string | undefined): number | Wrong {
  const text = bare(word ?? '').toLowerCase()
  const seconds = durationPattern.test(text) ? parseDuration(text) : 0
  if (seconds > 0) return seconds
  return {
    wrong: `${word === undefined ? 'A time is missing' : `${code(word)} is no time`}: write \`30m\`, \`2h\` or \`1h30m\`.`,
  }
}

/** The name of a role, as policies write them. */
export function readRole(word: string | undefined): string | Wrong {
  const name = bare(word ?? '')
  if (name.length <= 64 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) return name
  return {
    wrong:
      word === undefined
        ? 'The role is missing: `/access roles` lists those that you could ask for here.'
        : `${code(word)} is no role's name: those are lower-case letters, digits and single dashes.`,
  }
}

/** What stands after `because`; undefined when nothing follows at all. */
export function readBecause(words: readonly string[]): string | undefined | Wrong {
  const [because, ...rest] = words
  if (because === undefined) return undefined
  if (because.toLowerCase() !== 'because') return unexpected(because)
  const reason = rest.join(' ')
  if (!isReadable(reason)) return { wrong: 'Write the reason after `because`.' }
  if (reason.length > reasonLengthMax)
    return { wrong: `Write the reason in at most ${reasonLengthMax} characters.` }
  return reason
}

export const unexpected = (word: string): Wrong => ({
  wrong: `${code(word)} is not expected there.`,
})

export const isWrong = (value: unknown): value is Wrong =>
  typeof value === 'object' && value !== null && 'wrong' in value

/** For a verb that stands alone. */
export function alone<C>(command: C): (words: readonly string[]) => C | Wrong {
  return ([word]) => (word === undefined ? command : unexpected(word))
}

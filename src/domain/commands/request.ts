import type { CommandOf, VerbDefinition, Wrong } from './types.ts'
import { writers } from './least-standing.ts'
import { isWrong, readBecause, readRole, readSeconds } from './words.ts'

/** Telephones make one dash of two. */
const breakGlassFlag = /^(?:--|–|—)break-glass$/i

interface Options {
  readonly leaseSeconds: number | undefined
  readonly breakGlass: boolean
  readonly rest: readonly string[]
}

/** `for <duration>` and `--break-glass`, each once, in any order, before `because`. */
function readOptions(words: readonly string[], so: Omit<Options, 'rest'>): Options | Wrong {
  const [word, next] = words
  if (word?.toLowerCase() === 'for' && so.leaseSeconds === undefined) {
    const leaseSeconds = readSeconds(next)
    return isWrong(leaseSeconds)
      ? leaseSeconds
      : readOptions(words.slice(2), { ...so, leaseSeconds })
  }
  if (word !== undefined && breakGlassFlag.test(word) && !so.breakGlass)
    return readOptions(words.slice(1), { ...so, breakGlass: true })
  return { ...so, rest: words }
}

function parse([first, ...after]: readonly string[]): CommandOf<'request'> | Wrong {
  const role = readRole(first)
  if (isWrong(role)) return role
  const options = readOptions(after, { leaseSeconds: undefined, breakGlass: false })
  if (isWrong(options)) return options
  const reason = readBecause(options.rest)
  if (isWrong(reason)) return reason
  const { leaseSeconds, breakGlass } = options
  if (breakGlass && reason === undefined)
    return { wrong: 'Breaking the glass needs a reason: end the line with `because …`.' }
  return { verb: 'request', wanted: { role, leaseSeconds, reason, breakGlass } }
}

export const request: VerbDefinition<'request'> = {
  verb: 'request',
  usage: '/access request <role> [for <duration>] [--break-glass] [because <reason>]',
  summary: 'asks for a role; `--break-glass` gives it at once and is reviewed afterwards',
  atLeast: writers,
  who: 'whom the role is offered to here; `--break-glass` for those whom it names, with a reason',
  parse,
  example: '/access request orders-deploy for 2h because of the failing rollout',
}

// One line of a comment, after `/access`.
import { nearest } from '../policy/nearest.ts'
import { code } from '../policy/quote.ts'
import { definitions } from './registry.ts'
import type { Command, Mistake } from './types.ts'
import { isWrong, wordsOf } from './words.ts'

/** Nothing after `/access` asks for help. Verbs may be written in any case. */
export function parseCommand(line: string): Command | Mistake {
  const [word, ...rest] = wordsOf(line)
  if (word === undefined) return { verb: 'help' }
  const definition = definitions.find(({ verb }) => verb === asciiLower(word))
  if (definition === undefined) return unknownVerb(word)
  const parsed = definition.parse(rest)
  if (!isWrong(parsed)) return parsed
  const { verb, usage } = definition
  return { kind: 'mistake', text: `${parsed.wrong} Usage: \`${usage}\``, nearest: verb }
}

function unknownVerb(word: string): Mistake {
  const meant = meantBy(word)
  const advice =
    meant === undefined
      ? '`/access help` lists the commands.'
      : `Did you mean \`${meant.verb}\`? Usage: \`${meant.usage}\``
  return { kind: 'mistake', text: `${code(word)} is no command. ${advice}`, nearest: meant?.verb }
}

/** NB: to JavaScript the sign of the kelvin is a `k` once it is lower case. */
const asciiLower = (word: string): string =>
  word.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/** The same letters in another order are a slip of the fingers, however many changes that counts as. */
function meantBy(word: string): (typeof definitions)[number] | undefined {
  const letters = sorted(word.slice(0, lengthMax).toLowerCase())
  const verbs = definitions.map(({ verb }) => verb)
  const verb = verbs.find((it) => sorted(it) === letters) ?? nearest(word, verbs)
  return definitions.find((it) => it.verb === verb)
}

const sorted = (word: string): string => [...word].toSorted().join('')
const lengthMax = 64

// Codes and ids are Crockford's base 32: any case will do, and letters that look like a digit are read as it.
import { code } from '../policy/quote.ts'
import { bare } from './words.ts'
import type { Wrong } from './types.ts'

const revisionCode = /^[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}$/
const grantId = /^[0-9A-HJKMNP-TV-Z]{12}$/

/** NB: ASCII alone: to JavaScript a dotless \u0131 and a long \u017f are letters of the alphabet once they are upper case. */
const likened = (word: string): string =>
  asciiUpper(bare(word)).replaceAll('O', '0').replaceAll(/[IL]/g, '1')

const asciiUpper = (word: string): string =>
  word.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())

/** The code of a revision or a debt, `XXXX-XXXX`. */
export function readCode(word: string | undefined): string | Wrong {
  if (word === undefined) return { wrong: 'The code is missing: it stands beside what is waiting.' }
  const text = likened(word)
  if (!revisionCode.test(text))
    return { wrong: `${code(word)} is no code: those look like \`K7Q2-9MXD\`.` }
  const letters = text.replace('-', '')
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}

/** A grant's id, or undefined. */
export function readGrantId(word: string): string | undefined {
  const text = likened(word)
  return grantId.test(text) ? text.toLowerCase() : undefined
}

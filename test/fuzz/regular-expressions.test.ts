// Every pattern in the sources against text that is made to take it long: what grows with the square of a comment's
// length is a way to stop a process.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../../src')

interface Pattern {
  readonly where: string
  readonly pattern: RegExp
}

/** A literal begins where no value ends; that finds all of them, and what it finds besides is no pattern or harmless. */
const literal =
  /(?<=[(=,:?&|!;{[]\s*|=>\s*|return\s+)\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/([dgimsuvy]*)/g

function patternsIn(file: string): readonly Pattern[] {
  const source = readFileSync(join(root, file), 'utf8')
  return [...source.matchAll(literal)].flatMap(([, text = '', flags]) => {
    try {
      return [{ where: `src/${file}: ${text}`, pattern: new RegExp(text, flags) }]
    } catch {
      return []
    }
  })
}

const patterns = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .toSorted()
  .flatMap(patternsIn)

const length = 50_000

/** What patterns repeat: blanks, slashes, letters, digits, openers without their ends, and pairs of them. */
const pieces = [
  ' ',
  '\t',
  '/',
  '-',
  '_',
  '.',
  ',',
  ':',
  '@',
  'a',
  'A',
  '0',
  '`',
  '"',
  "'",
  '*',
  '>',
  '=',
  '%',
]
const openers = [
  '[',
  '{',
  '(',
  '<',
  '<!--',
  '${',
  '[a',
  '{a',
  '<a',
  '-a',
  'a-',
  '/a',
  '.a',
  '@a',
  '`a',
  '0d',
  ' a',
  'a,',
]
const begins = ['', '/access ', 'a', '{']
const ends = ['', 'b!', '\u2028']

const cpuMs = (): number => process.cpuUsage().user / 1000

/** In what this process used, not in time: others may be at work. */
function costOf(pattern: RegExp, text: string): number {
  const before = cpuMs()
  pattern.lastIndex = 0
  if (pattern.global) text.replaceAll(pattern, '')
  else pattern.exec(text)
  return cpuMs() - before
}

test('there are patterns to look at', () => {
  expect(patterns.length).toBeGreaterThan(120)
})

test('no pattern takes long over text that is made for it', () => {
  const texts = [...pieces, ...openers].flatMap((piece) =>
    begins.flatMap((begin) =>
      ends.map((end) => `${begin}${piece.repeat(length / piece.length)}${end}`),
    ),
  )
  // Of the first characters alone, what grows with the square is told already: only that is tried whole.
  const isSlow = (pattern: RegExp, text: string): boolean =>
    costOf(pattern, text.slice(0, length / 10) + text.slice(-2)) > 4 && costOf(pattern, text) > 400
  const slow = patterns.flatMap(({ where, pattern }) => {
    const text = texts.find((each) => isSlow(pattern, each))
    return text === undefined ? [] : [`${where} over ${text.slice(0, 20)}…${text.slice(-2)}`]
  })
  expect(slow).toEqual([])
})

// Hostile documents and comments, each a file: what anybody finds to be dangerous joins them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandLines } from '../../src/domain/commands/command-lines.ts'
import { parseCommand } from '../../src/domain/commands/parse-command.ts'
import { parseOrganizationPolicy, parseRepositoryPolicy } from '../../src/domain/policy/parse.ts'

const filesIn = (folder: string): readonly (readonly [string, string])[] => {
  const at = join(import.meta.dirname, 'corpora', folder)
  return readdirSync(at).map((file) => [file, readFileSync(join(at, file), 'utf8')])
}

/** What it used of the processor: others may be at work. */
function quickly<T>(work: () => T): T {
  const before = process.cpuUsage().user
  const result = work()
  expect(process.cpuUsage().user - before).toBeLessThan(2_000_000)
  return result
}

describe('a hostile policy', () => {
  test.each(filesIn('policies'))('%s offers nothing, and says why', (file, text) => {
    for (const parse of [parseOrganizationPolicy, parseRepositoryPolicy]) {
      const read = quickly(() => parse(text, file))
      expect(read.ok).toBe(false)
      if (read.ok) continue
      expect(read.problems.length).toBeGreaterThan(0)
      for (const { line, column, message } of read.problems) {
        expect([line, column].every((at) => at >= 1)).toBe(true)
        expect(message.length).toBeLessThan(2_000)
      }
    }
  })
})

describe('a hostile comment', () => {
  test.each(filesIn('comments'))('%s says nothing', (_, text) => {
    expect(quickly(() => commandLines(text)).lines).toEqual([])
  })

  const max = 65_536
  test.each([
    ['blanks between words', `/access a${' '.repeat(max - 20)}b`],
    ['blanks before a line separator', `/access${' '.repeat(max - 20)}\u2028`],
    ['nothing but commands', '/access\n'.repeat(max / 8)],
    ['one long word', `/access ${'a'.repeat(max - 20)}`],
    ['backticks', `/access ${'`'.repeat(max - 20)}`],
    ['comments that nothing closes', `${'<!--'.repeat(1000)}\n\n/access help`],
    ['openers', `${'['.repeat(max - 20)}\n/access help`],
    ['digits for a time', `/access extend ${'9'.repeat(max - 20)}`],
  ])('of %s is read as quickly as any other', (_, text) => {
    quickly(() => commandLines(text).lines.map(parseCommand))
    // The parser of one line takes what no comment brings it any more.
    quickly(() => parseCommand(text.slice('/access '.length)))
  })
})

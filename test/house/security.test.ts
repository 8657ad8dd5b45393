// The threat model says which test fails without each defence: these have to exist.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(resolve(root, 'docs/security.md'), 'utf8')
const table = page.slice(page.indexOf('<!-- threats -->'), page.indexOf('## Rotate secrets'))
const rows = table
  .split('\n')
  .filter((line) => /^\| [a-z]+(-[a-z]+)* +\|/.test(line) && !line.startsWith('| id '))
  .map((line) => line.split('|').map((cell) => cell.trim()))

test('every threat has an id of its own, a defence and a test', () => {
  const ids = rows.map(([, id]) => id)
  expect(ids.length).toBeGreaterThan(60)
  expect(new Set(ids).size).toBe(ids.length)
  const incomplete = rows.filter(([, , threat, defence, where]) => !threat || !defence || !where)
  expect(incomplete).toEqual([])
})

test('each of these tests exists, by file and title', () => {
  const lost = rows.flatMap(([, id, , , where = '']) => {
    const [, file = '', title = ''] = /^`([^`]+)`: "([^"]+)"$/.exec(where) ?? []
    const path = resolve(root, file)
    if (file === '' || !existsSync(path)) return [`${id}: ${where}`]
    const text = readFileSync(path, 'utf8')
    const quoted = [`'${title}'`, `"${title}"`, `\`${title}\``]
    return quoted.some((each) => text.includes(each)) ? [] : [`${id}: ${where}`]
  })
  expect(lost).toEqual([])
})

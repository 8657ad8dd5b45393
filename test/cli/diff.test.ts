import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryRoot, typed } from './command.ts'

let directory: string
let text: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hallpass-diff-'))
  text = await readFile(join(repositoryRoot, 'examples/policy.yml'), 'utf8')
  await writeFile(join(directory, 'old.yml'), text)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function against(from: string, to: string, ...more: readonly string[]) {
  const next = text.replace(from, to)
  if (from !== '' && next === text) throw new Error(`nothing to replace: ${from}`)
  await writeFile(join(directory, 'new.yml'), next)
  return typed(['diff', 'old.yml', 'new.yml', ...more], { cwd: directory })
}

describe('diff', () => {
  it('tells as a table what gives more', async () => {
    const { code, out } = await against('max: 4h', 'max: 6h')
    expect(code).toBe(0)
    expect(out).toContain('Access: 1 widened.')
    expect(out).toMatch(/^ROLE +AGAINST BEFORE +WHO +HOW +FOR HOW LONG +WHOSE APPROVAL$/m)
    expect(out).toMatch(/^orders-db-read +widened +team backend, team sre .*at most 6h/m)
    expect(out).toContain('1 role unchanged.')
  })

  it('leaves the stars of globs where they are', async () => {
    const { out } = await against('repositories: [shop-*]', 'repositories: [shop-*, "**"]')
    expect(out).toContain('repositories: now also **')
  })

  it.each([
    ['nothing', '', '', 'nothing changes', 0],
    ['less', 'max: 4h', 'max: 3h', '1 narrowed', 0],
    ['more', 'max: 4h', 'max: 6h', '1 widened', 1],
    ['something else', 'logs:GetLogEvents', 'logs:StartQuery', '1 widened', 1],
  ])('asked to fail on a widening, %s', async (_what, from, to, words, status) => {
    const { code, out } = await against(from, to, '--fail-on-widening')
    expect({ code, out }).toEqual({ code: status, out: expect.stringContaining(words) })
  })

  it('answers a program in JSON', async () => {
    const { code, out } = await against('max: 4h', 'max: 6h', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      order: 'wider',
      widens: true,
      roles: [{ role: 'orders-db-read', change: 'changed', order: 'wider', approval: 'none' }],
      changes: [expect.stringContaining('how long: ')],
      general: [],
      unchanged: 1,
    })
  })

  it('tells the errors of either file, and fails', async () => {
    const { code, out } = await against('version: 1', 'version: 9')
    expect(code).toBe(1)
    expect(out).toMatch(/^new\.yml:\d+:\d+ /m)
    const missing = await typed(['diff', 'no.yml', 'old.yml', '--json'], { cwd: directory })
    expect(missing.code).toBe(1)
    expect(JSON.parse(missing.out)).toMatchObject({ problems: [{ file: 'no.yml', line: 1 }] })
  })
})

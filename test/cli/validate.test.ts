import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { hallpass, stackLine, typed } from './command.ts'

// Processes of their own take their time on a machine that has more to do.
vi.setConfig({ testTimeout: 60_000 })

const directory = mkdtempSync(join(tmpdir(), 'hallpass-validate-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text)
  return name
}
const validate = (...files: readonly string[]) => typed(['validate', ...files], { cwd: directory })

it('finds nothing wrong with the examples', async () => {
  const files = ['examples/policy.yml', 'examples/hallpass.yml', 'examples/demo.yml']
  const { code, out } = await hallpass(['validate', ...files])
  expect({ code, out }).toEqual({ code: 0, out: files.map((it) => `${it}: valid\n`).join('') })
})

it('tells each problem with its file, line and column, and exits 1', async () => {
  const name = file('broken.yml', 'version: 1\nroles:\n  db:\n    lease: forever\nrule: []\n')
  const { code, out, err } = await validate(name)
  expect(code).toBe(1)
  expect(err).toBe('')
  const lines = out.trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(1)
  for (const line of lines) expect(line).toMatch(/^broken\.yml:\d+:\d+ \S/)
  expect(out).toMatch(/^broken\.yml:4:\d+ /m)
})

it('tells where the YAML itself breaks', async () => {
  const { code, out } = await validate(file('yaml.yml', 'version: 1\nroles: [\n'))
  expect(code).toBe(1)
  expect(out).toMatch(/^yaml\.yml:\d+:\d+ \S/)
})

it('looks at policy.yml where no file is named', async () => {
  expect((await validate()).out).toMatch(/^policy\.yml:1:1 There is no such file/)
  file('policy.yml', 'version: 2\n')
  expect((await validate()).out).toMatch(/^policy\.yml:1:\d+ /)
})

it('says which file cannot be read, and still looks at the others', async () => {
  const good = file('hallpass.yml', 'version: 1\nrules: []\n')
  const { code, out, err } = await validate('nowhere.yml', directory, good)
  expect(code).toBe(1)
  expect(out.split('\n').slice(0, 3)).toEqual([
    expect.stringContaining('nowhere.yml:1:1 There is no such file'),
    expect.stringContaining(`${directory}:1:1 This file cannot be read`),
    'hallpass.yml: valid',
  ])
  expect(err).not.toMatch(stackLine)
})

it('takes hallpass.yml for a repository’s document, in which roles have no place', async () => {
  const rules =
    'version: 1\nrules:\n  - { name: x, when: { review_requested: {} }, give: any-role }\n'
  expect((await validate(file('hallpass.yml', rules))).code).toBe(0)
  expect((await validate(file('organization.yml', rules))).code).toBe(1)
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { commandTable } from '../../src/domain/commands/command-table.ts'
import { parseOrganizationPolicy } from '../../src/domain/policy/parse.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(resolve(root, file), 'utf8')
const readme = read('README.md')

test("the README's policy is valid", () => {
  const [, policy] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? []
  expect(policy).toBeDefined()
  expect(parseOrganizationPolicy(policy ?? '', 'README.md')).toMatchObject({ ok: true })
})

test('the address that registers the App asks for what its manifest says', () => {
  const [link = ''] = /https:\/\/github\.com\/organizations\S+/.exec(readme) ?? []
  const asked = new URL(link).searchParams
  const manifest = parse(read('app.yml')) as {
    default_permissions: Record<string, string>
    default_events: string[]
    hook_attributes: { url: string }
  }
  expect(asked.getAll('events[]').toSorted()).toEqual(manifest.default_events.toSorted())
  for (const [permission, level] of Object.entries(manifest.default_permissions))
    expect(asked.get(permission), permission).toBe(level)
  const { pathname } = new URL(manifest.hook_attributes.url)
  expect(asked.get('webhook_url')).toBe(`https://YOUR-HOST${pathname}`)
  expect(asked.get('public')).toBe('false')
})

test("the README's table has exactly the commands that there are", () => {
  // A command of a command follows the description of the one that it is of.
  const commands = [
    ...read('src/main.ts').matchAll(/(?:program\s+\.command\(|\brunning\()'([a-z]+)'/g),
  ]
  const table = readme.slice(readme.indexOf('## Commands'), readme.indexOf('## What it promises'))
  const rows = [...table.matchAll(/^\| `([a-z]+)`/gm)]
  expect(new Set(rows.map((it) => it[1]))).toEqual(new Set(commands.map((it) => it[1])))
})

test("the README's table has the slash commands as they are", () => {
  const cells = (text: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('| `/access'))
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  expect(cells(readme)).toEqual(cells(commandTable()))
  expect(cells(readme).length).toBeGreaterThan(0)
})

const pages = readdirSync(resolve(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((it) => it.endsWith('.md'))
  .map((it) => `docs/${it.replaceAll('\\', '/')}`)
const documents = ['README.md', 'CONTRIBUTING.md', ...pages]

const linkedFrom = (document: string) =>
  [...read(document).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
    .map((it) => it[1] ?? '')
    .filter((it) => !it.startsWith('http'))
    .map((it) => resolve(root, dirname(document), it))

test.each(documents)('every link of %s leads somewhere', (document) => {
  expect(linkedFrom(document).filter((it) => !existsSync(it))).toEqual([])
})

test('every page of docs/ is reached from another', () => {
  const reached = new Set(documents.flatMap(linkedFrom))
  expect(reached.size).toBeGreaterThan(0)
  expect(pages.filter((it) => !reached.has(resolve(root, it)))).toEqual([])
})

test('every source that the documents name exists', () => {
  const named = documents.flatMap((document) =>
    [...read(document).matchAll(/`((?:src|test|sandbox|lint|demo|docs|bin)\/[^`<*]*)/g)].map(
      (it) => it[1] ?? '',
    ),
  )
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((it) => !existsSync(resolve(root, it)))).toEqual([])
})

test('docs/architecture.md lists every decision', () => {
  const listed = new Set(linkedFrom('docs/architecture.md'))
  expect(
    pages.filter((it) => it.startsWith('docs/adr/') && !listed.has(resolve(root, it))),
  ).toEqual([])
})

test('docs/architecture.md tells of every table of the ledger', () => {
  const folder = resolve(root, 'src/adapters/postgres/migrations')
  const made = readdirSync(folder).flatMap((file) =>
    [
      ...read(`src/adapters/postgres/migrations/${file}`).matchAll(/create table hallpass\.(\w+)/g),
    ].map((it) => it[1] ?? ''),
  )
  const ledger = read('docs/architecture.md').split('## The ledger', 2)[1] ?? ''
  const told = [...ledger.matchAll(/^\| (`[^|]+)/gm)].flatMap((row) =>
    [...(row[1] ?? '').matchAll(/`(\w+)`/g)].map((it) => it[1] ?? ''),
  )
  expect(made.length).toBeGreaterThan(0)
  expect(made.filter((it) => !told.includes(it))).toEqual([])
})

test('every script that a document names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...documents, '.ci/run'].flatMap((it) =>
    [...read(it).matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? ''),
  )
  expect(named.filter((it) => scripts[it] === undefined)).toEqual([])
})

test('the published schema is the one that policies are checked against', async () => {
  const { policyJsonSchema } = await import('../../src/domain/policy/json-schema.ts')
  const published: unknown = JSON.parse(read('docs/policy.schema.json'))
  expect(published).toEqual(policyJsonSchema())
})

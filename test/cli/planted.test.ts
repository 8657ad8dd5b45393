// Secrets are planted in what people type and set: whatever goes wrong, no command repeats one.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { planted } from '../support/planted.ts'
import { hallpass, stackLine, type Ran } from './command.ts'

// Processes of their own take their time on a machine that has more to do.
vi.setConfig({ testTimeout: 60_000 })

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hallpass-planted-'))
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

/** Of what is shown of it: half of a secret is one too. */
const coreOf = (secret: string): string => secret.replace(/^.*?:\/\/[^:]*:/s, '').slice(12, 32)

function expectUntold({ out, err }: Ran): void {
  for (const [name, secret] of Object.entries(planted))
    expect(`${out}${err}`.includes(coreOf(secret)), name).toBe(false)
}

const all = Object.values(planted).join(' ')

test.each<readonly [string, (secret: string) => readonly string[]]>([
  ['a command', (secret) => [secret]],
  ['the command of another', (secret) => ['policy', secret]],
  ['one word too many', (secret) => ['start', secret]],
  ['an option', (secret) => [`--${secret}`]],
  ['the value of an option that is not known', (secret) => ['start', `--token=${secret}`]],
  ['that value apart', (secret) => ['start', '--token', secret]],
  ['the name of a file', (secret) => ['validate', secret]],
  ['the names of two', (secret) => ['diff', secret, secret]],
  ['the name of an event', (secret) => ['simulate', secret, '--policy', secret]],
  ['a time', (secret) => ['simulate', 'event.json', '--at', secret]],
  ['a seed', (secret) => ['drill', '--seed', secret]],
])('as %s', async (_, typed) => {
  const ran = await hallpass(typed(all), { cwd })
  expect(ran.code).toBe(1)
  expect(ran.err + ran.out).not.toBe('')
  expect(ran.err).not.toMatch(stackLine)
  expectUntold(ran)
})

test('what a person is told because of a freeze holds none', async () => {
  const { typedWords } = await import('../../src/entrypoints/cli/words.ts')
  const words = ['freeze', '--because', `someone has ${planted.installationToken} in a log`]
  expect(typedWords(words)).toEqual(['freeze', '--because', 'someone has [redacted] in a log'])
})

test('the name of a file that is there is left alone', async () => {
  const name = 'Bearer aNameThatLooksLikeOne123.yml'
  await writeFile(join(cwd, name), 'version: 1\nroles: []\n')
  const { code, out } = await hallpass(['validate', name], { cwd })
  expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining(`${name}:`) as string })
})

test('in an error that nobody caught, and in what it carries', async () => {
  // As a connection throws that fails where nobody listens; here once the command is through.
  const crash = `process.once('beforeExit', () => {
    const all = ${JSON.stringify(all)}
    throw Object.assign(new Error('AUTH ' + all), { args: [all] })
  })`
  const file = join(cwd, 'crash.mjs')
  await writeFile(file, crash)
  const env = { NODE_OPTIONS: `--import=${file}` }
  const ran = await hallpass(['validate', 'none.yml'], { cwd, env })
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('Error: AUTH') as string })
  expectUntold(ran)
})

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// vitest accepts syntax that Node refuses to strip: these start the real thing under plain Node.

const root = resolve(import.meta.dirname, '../..')
const empty = mkdtempSync(join(tmpdir(), 'hallpass-commands-'))
afterAll(() => rmSync(empty, { recursive: true, force: true }))

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function hallpass(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Ran> {
  const run = promisify(execFile)(process.execPath, [join(root, 'bin/hallpass.js'), ...args], {
    cwd: options.cwd ?? empty,
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
  })
  try {
    const { stdout, stderr } = await run
    return { code: 0, out: stdout, err: stderr }
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string }
    return { code: failed.code, out: failed.stdout, err: failed.stderr }
  }
}

const commands = [
  'start',
  'serve',
  'work',
  'demo',
  'drill',
  'validate',
  'diff',
  'simulate',
  'grants',
  'revoke',
  'explain',
  'freeze',
  'unfreeze',
  'freezes',
  'reconcile',
  'alarms',
  'policy',
  'claim',
  'doctor',
]

test.each(commands)('hallpass %s --help exits 0', async (command) => {
  const { code, out } = await hallpass([command, '--help'])
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringContaining(`hallpass ${command}`),
  })
})

test('hallpass --help lists exactly these commands', async () => {
  const { out } = await hallpass(['--help'])
  const listed = [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)\b/gm)].map(
    (it) => it[1],
  )
  expect(listed.filter((it) => it !== 'help')).toEqual(commands)
})

test('an unknown command fails', async () => {
  expect((await hallpass(['nonsense'])).code).not.toBe(0)
})

describe('without settings', () => {
  test.each(['start', 'serve', 'work'])(
    '%s exits non-zero, and names what is missing and the demo',
    async (command) => {
      const { code, err } = await hallpass([command])
      expect(code).toBe(1)
      for (const words of [
        'APP_ID',
        'PRIVATE_KEY',
        'WEBHOOK_SECRET',
        '.env.example',
        'npm run demo',
      ])
        expect(err).toContain(words)
      expect(err).not.toMatch(/^\s+at /m)
    },
  )
})

describe('.env', () => {
  const withFile = mkdtempSync(join(tmpdir(), 'hallpass-env-'))
  beforeAll(() => writeFileSync(join(withFile, '.env'), 'APP_ID=7\n'))
  afterAll(() => rmSync(withFile, { recursive: true, force: true }))

  test('fills in what the environment leaves out', async () => {
    const { err } = await hallpass(['start'], { cwd: withFile })
    expect(err).toContain('WEBHOOK_SECRET')
    expect(err).not.toContain('APP_ID')
  })
  test('never overrides the environment', async () => {
    const { err } = await hallpass(['start'], { cwd: withFile, env: { APP_ID: 'seven' } })
    expect(err).toContain('APP_ID')
  })
})

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { modes } from '../../src/domain/lanes/modes.ts'
import { awsModes } from '../real/aws.ts'
import { azureModes } from '../real/azure.ts'
import { gcpModes } from '../real/gcp.ts'
import { identityCenterModes } from '../real/identity-center.ts'
import { filesFor, leftOut, settings, settingsOf, suites } from '../real/settings.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(resolve(root, file), 'utf8')
const page = read('docs/clouds/real-accounts.md')
const rowsOf = (pattern: RegExp) =>
  page
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )

test('every mode is listed, as never run or with the day and the packages', () => {
  const rows = rowsOf(/^\| [A-Z]\. /)
  expect(rows.map(([mode]) => mode)).toEqual(
    Object.values(modes).map(({ letter, name }) => `${letter}. ${name}`),
  )
  for (const [, when = '', packages = ''] of rows) {
    expect(when).toMatch(/^(never so far|\d{4}-\d\d-\d\d)$/)
    if (when === 'never so far') expect(packages).toBe('')
    else expect(packages).toMatch(/^`@\S+ \d+\.\d+\.\d+`/)
  }
  const anyRun = rows.some(([, when]) => when !== 'never so far')
  expect(page.includes('**None so far.**')).toBe(!anyRun)
})

test('every mode has a way to be run', () => {
  const run = [...awsModes, ...gcpModes, ...azureModes, ...identityCenterModes]
  const named = run.filter((name) => !name.includes(' '))
  expect(named.toSorted()).toEqual(Object.keys(modes).toSorted())
})

test('every setting is on the page', () => {
  const rows = rowsOf(/^\| `HALLPASS_REAL_/)
  const expected = suites.flatMap((suite) =>
    settings[suite].map((it: { name: string; what: string; usual?: string }) => [
      `\`${it.name}\``,
      it.what,
      it.usual === undefined ? '' : `\`${it.usual}\``,
    ]),
  )
  expect(rows).toEqual(expected)
})

test('it runs where an account is named, and says what it leaves out', () => {
  const gcp = { HALLPASS_REAL_GCP_PROJECT: 'hallpass-test', HALLPASS_REAL_GCP_MEMBER: 'user:a@b.c' }
  expect(filesFor(gcp)).toEqual(['test/real/gcp.test.ts'])
  expect(leftOut(gcp)[0]).toBe(
    'left out: aws (set HALLPASS_REAL_AWS_ACCOUNT, HALLPASS_REAL_AWS_USER)',
  )
  expect(leftOut(gcp)).toHaveLength(suites.length - 1)
  expect(settingsOf('gcp', gcp)).toEqual(['hallpass-test', 'user:a@b.c', 'roles/browser'])
  expect(() => settingsOf('aws', { HALLPASS_REAL_AWS_USER: 'hallpass-test' })).toThrow(
    'set HALLPASS_REAL_AWS_ACCOUNT too',
  )
  expect(() => filesFor({})).toThrow('left out: gcp')
  expect(() => filesFor({ HALLPASS_REAL_GCP_PROJECT: '' })).toThrow('No real account is named')
})

test('CI writes to no account', () => {
  expect(() => filesFor({ CI: 'true', HALLPASS_REAL_GCP_PROJECT: 'hallpass-test' })).toThrow('CI')
  expect(read('.ci/run')).not.toMatch(/test:real|mode real/)
})

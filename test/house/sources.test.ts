import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const sources = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.js'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((it) => it !== '' && it !== 'test/house/sources.test.ts')
const withText = sources.map((file) => ({ file, text: readFileSync(resolve(root, file), 'utf8') }))

const switchedOff: readonly (readonly [string, RegExp])[] = [
  ['a lint rule', /(oxlint|eslint)-disable/],
  ['the type checker', /@ts-(ignore|expect-error|nocheck)/],
  ['a test', /\b(it|test|describe)\.(only|skip|todo|fails)\b(?!If)/],
]

test.each(switchedOff)('no source switches %s off', (_, pattern) => {
  expect(withText.filter(({ text }) => pattern.test(text)).map((it) => it.file)).toEqual([])
})

/** Files share their modules: what another file has loaded already would set nothing up for this one. */
test('what tests share sets nothing up by being imported', () => {
  const shared = withText.filter(({ file }) => /^test\/.*(?<!\.test)\.ts$/.test(file))
  const atImport = /^(before|after)(Each|All)\(/m
  expect(shared.filter(({ text }) => atImport.test(text)).map((it) => it.file)).toEqual([])
})

test('files are named in kebab-case', () => {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/
  expect(sources.filter((file) => !kebab.test(basename(file)))).toEqual([])
})

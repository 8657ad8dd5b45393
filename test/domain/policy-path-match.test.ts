import { expect, it, test } from 'vitest'
import { matchPaths, matchStepsMax } from '../../src/domain/policy/path-match.ts'
import type { Facts, Parameter } from '../../src/domain/policy/types.ts'
import { anIssue, goodPull, judged, organizationText, policyOf } from './policy.world.ts'

const policy = policyOf()
const [rule] = policy.rules
const role = policy.roles.get('logs-read')
if (rule === undefined || role === undefined) throw new Error('The sample has no rule.')

interface Matching {
  readonly exclude?: readonly string[]
  readonly parameters?: readonly string[]
  readonly facts?: Partial<Pick<Facts, 'changedPaths' | 'current'>>
  readonly steps?: { left: number }
}

const parameter = (name: string): Parameter => ({ name, exists: `services/{${name}}`, max: 3 })
const found = (
  include: readonly string[],
  paths: readonly string[],
  { exclude = [], parameters = [], facts = {}, steps = { left: matchStepsMax } }: Matching = {},
) =>
  matchPaths(
    { ...rule, when: { ...rule.when, paths: { include, exclude } } },
    { ...role, parameters: parameters.map(parameter) },
    { changedPaths: { paths, truncated: false }, current: goodPull, ...facts },
    steps,
  )
const some = <T>(length: number, make: (index: number) => T) =>
  Array.from({ length }, (_, n) => make(n))
const matched = (path: string, values: Readonly<Record<string, readonly string[]>> = {}) => ({
  kind: 'matched',
  path,
  values: new Map(Object.entries(values)),
})

test.each([
  ['a path that one of them covers', ['c', 'b/x.ts', 'a/y'], [], matched('b/x.ts')],
  ['no path that they cover', ['c', 'b/x.go'], [], { kind: 'unmatched' }],
  ['no path at all', [], [], { kind: 'unmatched' }],
  ['a path that is excluded', ['a/x.md'], ['**/*.md'], { kind: 'unmatched' }],
  ['one that is excluded beside one that is not', ['a/x.md', 'a/x'], ['**/*.md'], matched('a/x')],
])('%s decides whether a rule applies', (_, paths, exclude, expected) => {
  expect(found(['a/**', 'b/*.ts'], paths, { exclude })).toEqual(expected)
})

it('any change will do for a rule without paths', () => {
  const facts = { changedPaths: undefined, current: anIssue }
  expect(matchPaths(rule, role, facts, { left: 0 })).toEqual({ kind: 'any' })
})

test.each<[string, Matching['facts'], string]>([
  ['were not read', { changedPaths: undefined }, 'unknown'],
  ['are too many', { changedPaths: { paths: ['a/x'], truncated: true } }, 'unknown'],
  ['are those of an issue, which changes nothing', { current: anIssue }, 'unmatched'],
])('paths that %s match nothing', (_, facts, kind) => {
  expect(found(['a/**'], ['a/x'], { facts: facts ?? {} })).toEqual({ kind })
})

it('all paths fill in what the role takes, each value once and in order', () => {
  const paths = ['docs/a', 'services/pay/a', 'services/orders/b', 'services/pay/c']
  const filled = { parameters: ['service'] }
  expect(found(['services/{service}/**'], paths, filled)).toEqual(
    matched('services/pay/a', { service: ['orders', 'pay'] }),
  )
  expect(found(['services/{service}/**', 'docs/{file}'], paths, filled)).toEqual(
    matched('docs/a', { service: ['orders', 'pay'] }),
  )
  expect(
    found(['services/{service}/**'], paths, { ...filled, exclude: ['services/pay/**'] }),
  ).toEqual(matched('services/orders/b', { service: ['orders'] }))
})

it('what no glob names stays empty', () => {
  expect(found(['services/**'], ['services/pay/a'], { parameters: ['service'] })).toEqual(
    matched('services/pay/a', { service: [] }),
  )
})

it('as many globs and files as are usual at most are held against each other', () => {
  const globs = some(50, (n) => `services/s${n}/**/*.sql`)
  const paths = some(3_000, (n) => `services/s${n}x/src/deep/er/file-${n}.ts`)
  expect(found(globs, paths)).toEqual({ kind: 'unmatched' })
  const last = 'services/s49/a/b.sql'
  expect(found(globs, [...paths, last])).toEqual(matched(last))
})

// NB: unknown is a refusal: whoever makes the paths long enough gets nothing by it.
const manyGlobs = some(50, (n) => `**/*a*a*{b,c${n}}`)
const longPaths = some(3_000, (n) => some(12, (k) => `${'a'.repeat(200)}${n}${k}`).join('/'))

it('a pull request that takes too many steps is not decided upon', () => {
  expect(found(manyGlobs, longPaths)).toEqual({ kind: 'unknown' })
  expect(found(['docs/**'], longPaths, { exclude: manyGlobs })).toEqual({ kind: 'unknown' })
})

it('steps are counted for the whole ask, and what is left does for no second rule', () => {
  const steps = { left: 100 }
  expect(found(['**/*a*'], [`${'b'.repeat(255)}/a`], { steps })).toEqual({ kind: 'unknown' })
  expect(found(['a/**'], ['a/x'], { steps })).toEqual({ kind: 'unknown' })
})

it('what is not decided upon is refused, and the rules after it too', () => {
  const globs = (all: readonly string[]) => all.map((glob) => JSON.stringify(glob)).join(', ')
  const of = policyOf(
    organizationText.replace(
      /^ {2}- .*give: logs-read.*\n/m,
      `  - { name: long, when: { review_requested: { paths: [${globs(manyGlobs)}] } }, give: logs-read }
  - { name: short, when: { review_requested: { paths: ["last"] } }, give: db-read }\n`,
    ),
  )
  const changedPaths = { paths: [...longPaths, 'last'], truncated: false }
  const { offers, refusals } = judged({ policy: of, facts: { changedPaths } })
  expect(offers).toEqual([])
  expect(refusals.map(({ code, role }) => [code, role])).toEqual([
    ['paths-truncated', 'logs-read'],
    ['paths-truncated', 'db-read'],
  ])
})

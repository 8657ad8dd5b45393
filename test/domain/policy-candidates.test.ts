import { expect, it } from 'vitest'
import { candidatesOf } from '../../src/domain/policy/candidates.ts'
import { goodFacts, organizationText, policyOf } from './policy.world.ts'

const withGlobs = (globs: readonly string[]) =>
  policyOf(
    organizationText.replace(
      'review_requested: {}',
      `review_requested: { paths: [${globs.map((glob) => JSON.stringify(glob)).join(', ')}] }`,
    ),
  )
const found = (globs: readonly string[], paths: readonly string[]) => {
  const policy = withGlobs(globs)
  const facts = { ...goodFacts(policy), changedPaths: { paths, truncated: false } }
  return candidatesOf(policy, facts).map((candidate) => candidate.paths)
}
const some = <T>(length: number, make: (index: number) => T) =>
  Array.from({ length }, (_, n) => make(n))

it('a path that is covered makes a rule apply, and none leaves it out', () => {
  expect(found(['a/**', 'b/*.ts'], ['c', 'b/x.ts'])).toEqual(['matched'])
  expect(found(['a/**', 'b/*.ts'], ['c', 'b/x.go'])).toEqual([])
})

it('as many globs and files as are usual at most are held against each other', () => {
  const globs = some(50, (n) => `services/s${n}/**/*.sql`)
  const paths = some(3_000, (n) => `services/s${n}x/src/deep/er/file-${n}.ts`)
  expect(found(globs, paths)).toEqual([])
  expect(found(globs, [...paths, 'services/s49/a/b.sql'])).toEqual(['matched'])
})

// NB: unknown is a refusal: whoever makes the paths long enough gets nothing by it.
it('a pull request that takes too many steps is not decided upon', () => {
  const globs = some(50, (n) => `**/*a*a*{b,c${n}}`)
  const paths = some(3_000, (n) => some(12, (k) => `${'a'.repeat(200)}${n}${k}`).join('/'))
  expect(found(globs, paths)).toEqual(['unknown'])
})

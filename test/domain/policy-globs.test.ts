import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { globMatcher, globMatches, globProblem } from '../../src/domain/policy/globs.ts'
import { code, codes } from '../../src/domain/policy/quote.ts'
import { nearest } from '../../src/domain/policy/nearest.ts'
import { formatDuration, parseDuration } from '../../src/domain/policy/durations.ts'

describe('a glob', () => {
  test.each([
    ['shop-*', 'shop-orders', true],
    ['shop-*', 'shop-', true],
    ['shop-*', 'my-shop-orders', false],
    ['*', '.github', true],
    ['{shop,web}-*', 'web-a', true],
    ['[a-c]*', 'bee', true],
    ['[a-c]*', 'dee', false],
    ['a?c', 'abc', true],
    ['services/**', 'services/orders/a.go', true],
    ['services/**', 'services', true],
    ['services/**', 'my/services/a', false],
    ['**/*.sql', 'a.sql', true],
    ['**/*.sql', 'db/migrations/1.sql', true],
    ['**', '.github/workflows/ci.yml', true],
    ['a/**/b/**/c', 'a/x/b/y/z/c', true],
    ['a/**/b/**/c', 'a/x/c', false],
    ['services/*', 'services/orders/a.go', false],
    ['src/c++/**', 'src/c++/a.cc', true],
    ['services/*/', 'services/a', false],
    ['(a|b)', 'a', false],
    ['!a', 'b', false],
    ['a.{ts,tsx}', 'a.tsx', true],
    ['a.{ts,tsx}', 'a.tsxx', false],
    ['{a,aa}{b,}', 'aa', true],
    ['{[a,b],c*}.go', ',.go', true],
    ['{[a,b],c*}.go', 'code.go', true],
    ['{[a,b],c*}.go', 'bc.go', false],
    ['[a-]x', '-x', true],
    ['[a-]x', 'bx', false],
    ['[{]', '{', true],
    ['*', 'a'.repeat(255), true],
    ['*', 'a'.repeat(256), false],
    ['**', 'a'.repeat(256), true],
    ['*.?', 'grün.🦊', true],
  ])('%s over %s: %s', (glob, path, expected) => {
    expect(globMatches(glob, path)).toBe(expected)
  })

  test.each([
    '(a+)+',
    '!a',
    'a**',
    'a//b',
    '/a',
    '',
    '*a*a*a*',
    '{a',
    'a]',
    '{a,{b}}',
    'a\\*',
    '^a$',
    '@(a|b)',
    'a'.repeat(201),
    '{a}',
    '{1..3}',
  ])('is refused: %s', (glob) => {
    expect(globProblem(glob)).toMatch(/^write /)
  })

  it('without wildcards covers itself alone', () => {
    const name = fc.stringMatching(/^[a-z0-9._-]{1,20}$/)
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(globMatches(a, a)).toBe(true)
        expect(globMatches(a, b)).toBe(a === b)
      }),
    )
  })

  it('agrees with a plain search, whatever name it is held against', () => {
    const name = fc.stringMatching(/^[ab.]{1,8}$/)
    const piece = fc.constantFrom('a', 'b', '.', '*', '?', '[ab]', '{a,b.,ab*}')
    const segment = fc
      .array(piece, { minLength: 1, maxLength: 5 })
      .map((pieces) => pieces.join(''))
      .filter((glob) => globProblem(glob) === undefined)
    const plain = new Map([
      ['.', '[.]'],
      ['*', '.*'],
      ['?', '.'],
      ['{', '(?:'],
      [',', '|'],
      ['}', ')'],
    ])
    fc.assert(
      fc.property(segment, name, (glob, text) => {
        const source = glob.replaceAll(/[.*?{,}]/g, (part) => plain.get(part) ?? part)
        expect(globMatches(glob, text)).toBe(new RegExp(`^${source}$`).test(text))
      }),
    )
  })

  test.each([
    ['wildcards', '*a*a*[b]', 'a'.repeat(255), 3_000],
    ['alternatives', '{a,aa}'.repeat(33), 'a'.repeat(255), 20_000],
    ['both', `{a,}{a,}{*a,}*a*[b]`, 'a'.repeat(255), 5_000],
  ])('takes few steps on a name that is made to take many: %s', (_, glob, name, most) => {
    const steps = { left: 1_000_000 }
    expect(globMatcher([glob])(name, steps)).toBe(false)
    expect(1_000_000 - steps.left).toBeLessThan(most)
  })

  it('holds a name that many paths share against each glob once', () => {
    const covers = globMatcher(['src/*a*a*[b]/*.ts', 'src/*a*a*[b]/*.go'])
    const stepsOf = (path: string) => {
      const steps = { left: 1_000_000 }
      covers(path, steps)
      return 1_000_000 - steps.left
    }
    const path = `src/${'a'.repeat(255)}/x`
    expect(stepsOf(path)).toBeGreaterThan(500)
    expect(stepsOf(path)).toBeLessThan(30)
  })

  it('covers nothing once its steps are used up', () => {
    const covers = globMatcher(['**/*a*'])
    const steps = { left: 100 }
    expect(covers(`${'b'.repeat(255)}/a`, steps)).toBe(false)
    expect(steps.left).toBeLessThan(0)
    expect(covers('a', steps)).toBe(false)
    expect(covers('a', { left: 100 })).toBe(true)
  })

  it('takes few steps on a path that is made to take many', () => {
    const glob = Array.from({ length: 12 }, () => '**/*a*').join('/')
    const path = Array.from({ length: 40 }, () => `${'a'.repeat(98)}b`).join('/')
    expect(globMatches(glob, path)).toBe(true)
    expect(globMatches(`${glob}/x`, path)).toBe(false)
  })
})

describe('quoted text', () => {
  it('is one code span on one line, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(code(text)).toMatch(/^`[^`\n\r]+`$/)
        expect([...code(text)].length).toBeLessThanOrEqual(102)
      }),
    )
  })

  it('is listed as people list', () => {
    expect([codes([]), codes(['a']), codes(['a', 'b']), codes(['a', 'b', 'c'])]).toEqual([
      '',
      '`a`',
      '`a` and `b`',
      '`a`, `b` and `c`',
    ])
  })
})

describe('the nearest name', () => {
  test.each([
    ['rolez', 'roles'],
    ['eligable', 'eligible'],
    ['Roles', 'roles'],
    ['zzz', undefined],
  ])('of %s is %s', (written, expected) => {
    expect(nearest(written, ['version', 'roles', 'rules', 'eligible'])).toBe(expected)
  })
})

it('writes durations as it reads them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds)
    }),
  )
})

import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  captures,
  capturer,
  parametersOf,
  pathGlobProblem,
} from '../../src/domain/policy/path-globs.ts'

const captured = (glob: string, path: string) => captures(glob, path, { left: 100_000 })

describe('a glob with a name in it', () => {
  test.each([
    ['services/{service}/**', 'services/orders/src/a.go', { service: 'orders' }],
    ['services/{service}/**', 'services/orders', { service: 'orders' }],
    ['services/{service}/**', 'my/services/orders/a.go', undefined],
    ['services/{service}/**', 'services/orders/../admin/a.go', { service: 'orders' }],
    ['services/{service}/*.go', 'services/orders/a.ts', undefined],
    ['{team}/{service}/**', 'shop/orders/a', { team: 'shop', service: 'orders' }],
    ['*/{service}/**', 'services/orders/a', { service: 'orders' }],
    ['terraform/{service}.tf', 'terraform/orders.tf', { service: 'orders' }],
    ['terraform/{service}.tf', 'terraform/.tf', undefined],
    ['svc-{service}-api/**', 'svc-orders-api/a', { service: 'orders' }],
    ['svc-{service}-api/**', 'svc-api/a', undefined],
    ['{a}', '*', { a: '*' }],
    ['{constructor}/**', 'a/b', { constructor: 'a' }],
    ['services/**', 'services/orders/a.go', {}],
    ['services/**', 'docs/a.md', undefined],
    ['**/{service}/**', 'a/b/c', undefined],
  ])('%s over %s', (glob, path, expected) => {
    expect(captured(glob, path)).toEqual(expected)
  })

  test.each([
    ['**/{service}/**', 'write `**` after `{name}`, not before it'],
    ['**/{a}.tf', 'write `**` after `{name}`, not before it'],
    ['{a}/{a}', 'write each `{name}` once'],
    ['{a}{b}', 'write `{name}` alone between slashes'],
    ['*{a}', 'write `{name}` alone between slashes'],
    ['{a}{b,c}', 'write `{name}` alone between slashes'],
    ['[{a}]', 'write `{name}` alone between slashes'],
    ['{a}/x(', 'write a glob of names'],
    ['/{a}', 'write it without the leading'],
    ['{A}', 'write `{a,b}` with a comma'],
    ['{__proto__}', 'write `{a,b}` with a comma'],
    [`{${'a'.repeat(33)}}`, 'write `{a,b}` with a comma'],
  ])('is refused, and covers nothing: %s', (glob, problem) => {
    expect(pathGlobProblem(glob)).toContain(problem)
    expect(captured(glob, 'a/a')).toBeUndefined()
  })

  it('yields exactly what stands there', () => {
    const part = fc.stringMatching(/^[^/\0]{1,40}$/)
    fc.assert(
      fc.property(part, part, (value, file) => {
        expect(captured('services/{service}/**', `services/${value}/${file}`)).toEqual({
          service: value,
        })
      }),
    )
  })

  it('covers nothing once its steps are used up', () => {
    const at = capturer('{service}/**/*a*a*[b]')
    const steps = { left: 500 }
    expect(at(`x/${'a'.repeat(250)}/x`, steps)).toBeUndefined()
    expect(steps.left).toBeLessThan(0)
    expect(at(`x/${'a'.repeat(250)}`, { left: 10_000 })).toBeUndefined()
    expect(at('x/aab', { left: 500 })).toEqual({ service: 'x' })
  })
})

it('names the parameters of any text once, in order', () => {
  expect(parametersOf('arn:aws:s3:::{env}-{service}/{env}/{a,b}/${aws:username}')).toEqual([
    'env',
    'service',
  ])
})

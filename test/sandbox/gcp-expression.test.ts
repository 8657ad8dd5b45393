import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExpression, type Attributes } from '../../sandbox/gcp/expression.ts'
import { CelError } from '../../sandbox/gcp/tokens.ts'

const end = Date.parse('2031-05-01T10:00:00Z')
const evaluate = (text: string, attributes: Partial<Attributes> = {}) =>
  parseExpression(text).evaluate({ time: end, ...attributes })

test.each([
  ['<', end - 1, true],
  ['<', end, false],
  ['<=', end, true],
  ['<=', end + 1, false],
  ['>', end, false],
  ['>', end + 1, true],
  ['>=', end - 1, false],
  ['>=', end, true],
])('request.time %s the end, at %d: %s', (operator, time, expected) => {
  for (const moment of ['2031-05-01T10:00:00Z', '2031-05-01T12:00:00.000+02:00'])
    expect(evaluate(`request.time ${operator} timestamp("${moment}")`, { time })).toBe(expected)
})

test('a window is open from its start until before its end', () => {
  const text =
    '(request.time >= timestamp("2031-05-01T09:00:00Z") && request.time < timestamp("2031-05-01T10:00:00Z"))'
  fc.assert(
    fc.property(fc.integer({ min: end - 7_200_000, max: end + 7_200_000 }), (time) => {
      expect(evaluate(text, { time })).toBe(time >= end - 3_600_000 && time < end)
    }),
  )
})

const bucket = {
  name: 'projects/_/buckets/orders',
  service: 'storage.googleapis.com',
  type: 'storage.googleapis.com/Bucket',
}
test.each([
  ['resource.name == "projects/_/buckets/orders"', true],
  ["resource.name != 'projects/_/buckets/orders'", false],
  ['resource.name.startsWith("projects/_/buckets/ord")', true],
  ['resource.name.startsWith("projects/_/buckets/Ord")', false],
  ['resource.name.endsWith("/orders")', true],
  ['resource.service == "storage.googleapis.com" && !(resource.type == "x")', true],
  ['false || false || true', true],
  ['true && true && false', false],
  ['true || true && false', true],
  ['(true || true) && false', false],
  ['!!true', true],
  ['!false == true', true],
  ['resource.name == "a\\"b"', false],
])('%s: %s', (text, expected) => {
  expect(evaluate(text, bucket)).toBe(expected)
})

test.each([
  ['resource.name == "x"', undefined],
  ['!resource.name.startsWith("x")', undefined],
  ['resource.name == "x" || true', true],
  ['true || resource.name == "x"', true],
  ['resource.name == "x" || false', undefined],
  ['resource.name == "x" && false', false],
  ['resource.name == "x" && true', undefined],
])('%s, for what has no name: %s', (text, expected) => {
  expect(evaluate(text)).toBe(expected)
})

describe('cannot be read, and so is refused:', () => {
  test.each([
    '',
    'request.time',
    '"true"',
    'true false',
    '(true',
    'true)',
    'true &&',
    'true & true',
    'request.time < "2031-05-01T10:00:00Z"',
    'request.time < timestamp("tomorrow")',
    'request.time < timestamp("2031-05-01")',
    'request.time < timestamp("2031-13-01T10:00:00Z")',
    'request.time < timestamp("2031-02-30T10:00:00Z")',
    'request.time < timestamp("2031-05-01T24:00:00Z")',
    'request.time < timestamp(request.time)',
    'request.time < timestamp("2031-05-01T10:00:00Z") + duration("1h")',
    'request.time.getHours("Europe/Berlin") < 18',
    'request.time.startsWith("x")',
    'resource.name < "x"',
    'resource.name.matches("x")',
    'resource.name = "x"',
    'resource.labels == "x"',
    'resource.name in ["x"]',
    'resource.name == "x\ny"',
    '!resource.name',
    'true < false',
    'constructor == "x"',
    `${'('.repeat(5000)}true${')'.repeat(5000)}`,
    `${'!'.repeat(5000)}true`,
  ])('%j', (text) => {
    expect(() => parseExpression(text)).toThrow(CelError)
  })
})

test('operators are counted, comparisons are not', () => {
  const text = '!(request.time < timestamp("2031-05-01T10:00:00Z")) && true || resource.name == "x"'
  expect(parseExpression(text).operators).toBe(3)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesPattern } from '../../sandbox/aws/conditions.ts'
import { evaluate, evaluateWithin } from '../../sandbox/aws/evaluate.ts'
import { parsePolicy } from '../../sandbox/aws/policy-document.ts'

const start = Date.parse('2026-11-22T17:00:00Z')
const end = Date.parse('2026-11-22T18:00:00Z')
const iso = (at: number) => new Date(at).toISOString()

const statement = (more: object = {}) => ({
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::orders/*',
  ...more,
})
const source = (id: string, ...statements: object[]) => ({
  id,
  statements: parsePolicy(
    JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    'identity',
  ),
})
const ask = (context: Record<string, string> = {}) => ({
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::orders/1',
  context: new Map(Object.entries(context)),
})
const decide = (condition: object, context: Record<string, string>) =>
  evaluate([source('p', statement({ Condition: condition }))], ask(context))

describe('the window', () => {
  const window = {
    DateGreaterThanEquals: { 'aws:CurrentTime': '2026-11-22T17:00:00Z' },
    DateLessThan: { 'aws:CurrentTime': '2026-11-22T18:00:00Z' },
  }
  test.each([
    [start - 1000, 'implicitDeny'],
    [start - 1, 'implicitDeny'],
    [start, 'allowed'],
    [end - 1, 'allowed'],
    [end, 'implicitDeny'],
    [end + 1000, 'implicitDeny'],
  ])('at %d: %s', (at, decision) => {
    expect(decide(window, { 'aws:currenttime': iso(at) }).decision).toBe(decision)
  })

  test('is open from its start until before its end, and at no other time', () => {
    fc.assert(
      fc.property(fc.integer({ min: start - 7_200_000, max: end + 7_200_000 }), (at) => {
        const open = decide(window, { 'aws:currenttime': iso(at) }).decision === 'allowed'
        expect(open).toBe(at >= start && at < end)
      }),
    )
  })

  test('DateLessThanEquals takes its last instant in', () => {
    const until = { DateLessThanEquals: { 'aws:CurrentTime': '2026-11-22T18:00:00Z' } }
    expect(decide(until, { 'aws:currenttime': iso(end) }).decision).toBe('allowed')
    expect(decide(until, { 'aws:currenttime': iso(end + 1) }).decision).toBe('implicitDeny')
  })

  test('a key without a value is told, and matches nothing', () => {
    expect(decide(window, {})).toMatchObject({
      decision: 'implicitDeny',
      missing: ['aws:CurrentTime'],
      unsupported: [],
    })
  })
})

describe('a decision', () => {
  test('needs an Allow, and a Deny wins wherever it stands', () => {
    expect(evaluate([], ask()).decision).toBe('implicitDeny')
    expect(evaluate([source('a', statement())], ask())).toMatchObject({
      decision: 'allowed',
      by: ['a'],
    })
    const deny = source('d', statement({ Effect: 'Deny', Action: 's3:*' }))
    for (const sources of [
      [source('a', statement()), deny],
      [deny, source('a', statement())],
    ])
      expect(evaluate(sources, ask())).toMatchObject({ decision: 'explicitDeny', by: ['d'] })
  })

  test.each([
    [{ Action: 'S3:getobject' }, 'allowed'],
    [{ Action: 's3:Get*' }, 'allowed'],
    [{ Action: 's3:Put*' }, 'implicitDeny'],
    [{ Action: ['ec2:*', 's3:GetObjec?'] }, 'allowed'],
    [{ Resource: 'arn:aws:s3:::ORDERS/*' }, 'implicitDeny'],
    [{ Resource: 'arn:aws:s3:::orders' }, 'implicitDeny'],
    [{ Resource: 'arn:aws:s3:::orders/?' }, 'allowed'],
    [{ Resource: 'arn.aws:s3:::orders/*' }, 'implicitDeny'],
  ])('%j: %s', (more, decision) => {
    expect(evaluate([source('p', statement(more))], ask()).decision).toBe(decision)
  })

  test.each([
    [{ StringEquals: { 'sts:RoleSessionName': 'a' } }, 'a', 'allowed'],
    [{ StringEquals: { 'sts:RoleSessionName': 'a' } }, 'A', 'implicitDeny'],
    [{ StringEquals: { 'sts:RoleSessionName': ['b', 'a'] } }, 'a', 'allowed'],
    [{ StringEquals: { 'sts:RoleSessionName': 'a*' } }, 'ab', 'implicitDeny'],
    [{ StringLike: { 'sts:RoleSessionName': 'a*' } }, 'ab', 'allowed'],
    [{ StringLike: { 'sts:rolesessionname': 'b*' } }, 'ab', 'implicitDeny'],
  ])('%j for %s: %s', (condition, name, decision) => {
    expect(decide(condition, { 'sts:rolesessionname': name }).decision).toBe(decision)
  })

  test.each([
    [{ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, 'operator Bool'],
    [
      { 'ForAllValues:StringEquals': { 'aws:username': 'a' } },
      'operator ForAllValues:StringEquals',
    ],
    [{ StringEquals: { 'aws:SourceIp': '10.0.0.1' } }, 'key aws:SourceIp'],
    [{ DateLessThan: { 'aws:CurrentTime': 'tomorrow' } }, 'value of aws:CurrentTime'],
    [{ StringEquals: { 'aws:username': '${aws:userid}' } }, 'policy variables'],
  ])('%j cannot be judged: it allows nothing, and is told', (condition, what) => {
    const context = { 'aws:currenttime': iso(start), 'aws:username': '${aws:userid}' }
    expect(decide(condition, context)).toMatchObject({
      decision: 'implicitDeny',
      unsupported: [`p: ${what}`],
    })
  })

  test.each([
    [{ StringNotEquals: { 'aws:username': ['a', 'b'] } }, 'c', 'allowed'],
    [{ StringNotEquals: { 'aws:username': ['a', 'b'] } }, 'b', 'implicitDeny'],
    [{ StringNotLike: { 'aws:username': 'a*' } }, 'ab', 'implicitDeny'],
    [{ StringNotEquals: { 'aws:username': 'a' } }, undefined, 'allowed'],
    [{ StringEquals: { 'aws:username': 'a' } }, undefined, 'implicitDeny'],
    [{ StringEqualsIfExists: { 'aws:username': 'a' } }, undefined, 'allowed'],
    [{ StringEqualsIfExists: { 'aws:username': 'a' } }, 'b', 'implicitDeny'],
    [{ StringEqualsIgnoreCase: { 'aws:username': 'A' } }, 'a', 'allowed'],
    [{ Null: { 'aws:username': 'true' } }, undefined, 'allowed'],
    [{ Null: { 'aws:username': 'true' } }, 'a', 'implicitDeny'],
    [{ Null: { 'aws:username': 'false' } }, 'a', 'allowed'],
    [
      { ArnLike: { 'aws:username': 'arn:aws:iam::1:policy/*' } },
      'arn:aws:iam::1:policy/a',
      'allowed',
    ],
    [
      { ArnEquals: { 'aws:username': 'arn:aws:iam::*:policy/a' } },
      'arn:aws:iam::1:policy/a',
      'allowed',
    ],
    [
      { ArnLike: { 'aws:username': 'arn:aws:iam::*/a' } },
      'arn:aws:iam::1:policy/a',
      'implicitDeny',
    ],
    [{ ArnNotLike: { 'aws:username': 'arn:aws:iam::2:*' } }, 'arn:aws:iam::1:policy/a', 'allowed'],
  ])('%j for %s: %s', (condition, name, decision) => {
    const context = name === undefined ? {} : { 'aws:username': name }
    expect(decide(condition, context).decision).toBe(decision)
  })

  test.each([
    [{ NotAction: 'iam:*', Resource: '*' }, 'allowed'],
    [{ NotAction: 's3:*', Resource: '*' }, 'implicitDeny'],
    [{ Action: '*', NotResource: 'arn:aws:s3:::secret/*' }, 'allowed'],
    [{ Action: '*', NotResource: ['arn:aws:s3:::orders/*'] }, 'implicitDeny'],
  ])('%j: %s', (written, decision) => {
    expect(evaluate([source('p', { Effect: 'Allow', ...written })], ask()).decision).toBe(decision)
  })
})

describe('limits, such as a boundary', () => {
  const powers = (...limits: object[]) => ({
    identity: [source('own', statement())],
    limits: limits.map((limit, n) => ({ what: `limit ${n}`, sources: [source(`l${n}`, limit)] })),
  })
  test.each([
    ['none', powers(), 'allowed', ['own']],
    ['one that allows it', powers(statement({ Action: 's3:*' })), 'allowed', ['own']],
    ['one that does not', powers(statement({ Action: 'ec2:*' })), 'implicitDeny', []],
    [
      'one of two that does not',
      powers(statement(), statement({ Action: 'ec2:*' })),
      'implicitDeny',
      [],
    ],
    ['one that denies it', powers(statement({ Effect: 'Deny' })), 'explicitDeny', ['l0']],
  ])('%s', (_limits, given, decision, by) => {
    expect(evaluateWithin(given, ask())).toMatchObject({ decision, by })
  })

  test('allow nothing by themselves', () => {
    const alone = { ...powers(statement()), identity: [] }
    expect(evaluateWithin(alone, ask()).decision).toBe('implicitDeny')
  })
})

test('a pattern without wildcards matches itself and nothing else', () => {
  const plain = fc.string().filter((text) => !/[*?]/.test(text))
  fc.assert(
    fc.property(plain, plain, (a, b) => {
      expect(matchesPattern(a, b)).toBe(a === b)
      expect(matchesPattern(`${a}*`, a + b)).toBe(true)
    }),
  )
})

test.each([
  'no json',
  '[]',
  '{"Version":"2012-10-17"}',
  '{"Version":"2020-01-01","Statement":[]}',
  '{"Version":"2012-10-17","Statement":[],"Extra":1}',
  '{"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"*","Resource":"*"}}',
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*"}}',
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*"}}',
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":{},"Resource":"*"}}',
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}',
])('%s is malformed', (text) => {
  expect(() => parsePolicy(text, 'identity')).toThrow(
    expect.objectContaining({ code: 'MalformedPolicyDocument', status: 400 }),
  )
})

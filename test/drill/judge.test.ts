// The drill's judge says what is wrong, and says nothing where all is well: each kind of fault, planted.
import { expect, test } from 'vitest'
import type { AccessEvidence, Evidence, GrantEvidence } from '../../drill/evidence.ts'
import { boundMs, heardMs, judge } from '../../drill/judge.ts'

const second = 1_000
const minute = 60 * second

/** Asked for at 0, given after a second, and over with its lease of a minute. */
const grant: GrantEvidence = {
  n: 1,
  person: 'dev-1',
  role: 'group',
  askedAt: 0,
  blind: false,
  approvedBy: second,
  leaseMs: minute,
  residualMs: 0,
  writtenEnd: undefined,
  endedAt: undefined,
  heardAt: undefined,
  neverArrived: [],
  holdsOn: false,
  ids: ['g1'],
  comments: 1,
  said: 'ended',
  check: 'ended',
  saidEndedAt: 63 * second,
}
const access: AccessEvidence = {
  person: 'dev-1',
  way: 'group',
  grants: [1],
  endsItself: false,
  own: false,
  allowed: [{ from: second, to: 62 * second }],
  stood: [{ from: second, to: 62 * second }],
  sessions: [],
  refused: [],
  marks: [],
}
const evidence: Evidence = {
  seed: 1,
  kills: 0,
  deliveries: 1,
  at: 200 * second,
  grants: [grant],
  access: [access],
  foreignTouched: [],
  crashes: [],
}

const tamperedBy = (
  ofGrant: Partial<GrantEvidence>,
  ofAccess: Partial<AccessEvidence> = {},
  more: Partial<Evidence> = {},
): Evidence => ({
  ...evidence,
  grants: [{ ...grant, ...ofGrant }],
  access: [{ ...access, ...ofAccess }],
  ...more,
})
const kindsIn = (tampered: Evidence) => judge(tampered).faults.map(({ kind }) => kind)
const span = (from: number, to: number | undefined) => [
  { from: from * second, to: to === undefined ? undefined : to * second },
]

test('nothing is said of what went well, and how late it was is measured', () => {
  expect(judge(evidence)).toEqual({
    faults: [],
    late: [{ way: 'group', ms: second }],
    lateMs: { p50: second, p99: second, max: second },
  })
})

test('lost: a delivery that nobody asked for again', () => {
  expect(kindsIn(tamperedBy({ neverArrived: ['pull_request.closed'] }))).toEqual(['lost'])
})

const ended = { endedAt: 10 * second, heardAt: 11 * second }
const written = { endsItself: true, own: true, marks: ['g1'] }
const set = { residualMs: 60 * minute, said: 'sessions', saidEndedAt: undefined } as const

test.each<[string, Evidence]>([
  ['is never given', tamperedBy({ said: 'ended' }, { allowed: [], stood: [] })],
  ['is taken away early', tamperedBy({}, { allowed: span(1, 30), stood: span(1, 30) })],
  ['is given before it was asked for alone', tamperedBy({ askedAt: 90 * second })],
  [
    'stands though its end was acknowledged',
    tamperedBy({ ...ended, saidEndedAt: 63 * second }, { stood: span(1, 12 + heardMs / second) }),
  ],
])('lost: access that %s', (_, tampered) => {
  expect(new Set(kindsIn(tampered))).toContain('lost')
})

test.each<[string, Evidence]>([
  ['that never ends', tamperedBy({ said: 'active' as 'open' }, { allowed: span(1, undefined) })],
  [
    'that its own cloud should have ended, a moment later',
    tamperedBy({ writtenEnd: 61 * second }, { ...written, allowed: span(1, 62) }),
  ],
  [
    'without an end of its own, longer than its bound',
    tamperedBy(
      { saidEndedAt: undefined, said: 'ended' },
      { allowed: span(1, 62 + boundMs / second) },
    ),
  ],
  [
    'by a session, longer than the residual',
    tamperedBy(set, { sessions: span(70, 70 + 3_600 + boundMs / second) }),
  ],
  [
    'that opens again after all',
    tamperedBy({ saidEndedAt: undefined }, { allowed: [...span(1, 61), ...span(120, 121)] }),
  ],
])('outlived: access %s', (_, tampered) => {
  expect(new Set(kindsIn(tampered))).toContain('outlived')
})

test('time in which its cloud refused is added once, and only after it was due', () => {
  const refused = [
    { from: 0, to: 65 * second },
    { from: 63 * second, to: 71 * second },
  ]
  const until = (seconds: number) =>
    tamperedBy(
      { saidEndedAt: undefined, said: 'ended' },
      { refused, allowed: span(1, seconds + boundMs / second) },
    )
  expect(kindsIn(until(71))).toEqual([])
  expect(kindsIn(until(72))).toEqual(['outlived'])
})

test('time in which its cloud refused once it was gone excuses nothing', () => {
  const stood = { allowed: span(1, 63 + boundMs / second) }
  const later = [{ from: 120 * second, to: 180 * second }]
  const told = { saidEndedAt: undefined, said: 'ended' } as const
  expect(kindsIn(tamperedBy(told, { ...stood, refused: later }))).toEqual(['outlived'])
})

test('duplicates: a second grant, comment or thing in a cloud for one cause', () => {
  expect(kindsIn(tamperedBy({ ids: ['g1', 'g2'] }))).toEqual(['duplicates'])
  expect(kindsIn(tamperedBy({ comments: 2 }))).toEqual(['duplicates'])
  const twice = tamperedBy({ writtenEnd: 62 * second }, { ...written, marks: ['g1', 'g2'] })
  expect(kindsIn(twice)).toEqual(['duplicates'])
})

test("foreign_touched: any change to what is others'", () => {
  expect(kindsIn({ ...evidence, foreignTouched: ['a policy'] })).toEqual(['foreign_touched'])
})

test.each<[string, Evidence]>([
  ['says that it is still given', tamperedBy({ said: 'open', saidEndedAt: undefined })],
  ['says that it is ending', tamperedBy({ said: 'ending', saidEndedAt: undefined })],
  ['says nothing', tamperedBy({ said: 'nothing', saidEndedAt: undefined })],
  ['says so in its comment alone', tamperedBy({ check: 'running' })],
  ['said so while it was still allowed', tamperedBy({ saidEndedAt: 61 * second })],
  [
    'said so while a session ran',
    tamperedBy({ ...set, said: 'ended', saidEndedAt: 63 * second }, { sessions: span(2, 3_602) }),
  ],
  ['waits for sessions of what has none', tamperedBy({ said: 'sessions', saidEndedAt: undefined })],
])('unproven: a pull request that %s', (_, tampered) => {
  expect(kindsIn(tampered)).toEqual(['unproven'])
})

test('a process that ends by itself is told', () => {
  expect(kindsIn({ ...evidence, crashes: ['start-1'] })).toEqual(['crashed'])
})

test('what several hold is due with the last of them', () => {
  const other: GrantEvidence = { ...grant, n: 2, askedAt: 20 * second, approvedBy: 21 * second }
  const shared: Evidence = {
    ...evidence,
    grants: [{ ...grant, ...ended }, other],
    access: [{ ...access, grants: [1, 2], allowed: span(1, 82), stood: span(1, 82) }],
  }
  expect(judge(shared)).toMatchObject({ faults: [], lateMs: { max: second } })
})

test('what two hold ends with the lease of the one who was given it', () => {
  const other: GrantEvidence = { ...grant, n: 2, approvedBy: undefined, ids: [], comments: 0 }
  const shared = (to: number): Evidence => ({
    ...evidence,
    grants: [grant, { ...other, said: 'nothing', saidEndedAt: undefined, blind: true }],
    access: [{ ...access, grants: [1, 2], allowed: span(1, to), stood: span(1, to) }],
  })
  expect(kindsIn(shared(62))).toEqual([])
  expect(kindsIn(shared(63 + boundMs / second))).toContain('outlived')
})

test('access that is ended before it was given need not be given, and is not lost', () => {
  const blind = tamperedBy(
    { ...ended, blind: true, ids: [], comments: 0, said: 'nothing', saidEndedAt: undefined },
    { allowed: [], stood: [] },
  )
  expect(kindsIn(blind)).toEqual([])
})

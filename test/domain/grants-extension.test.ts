// A longer lease is a new offer: it needs the approval that the first one needed, and takes nothing back.
import { describe, expect, it, test } from 'vitest'
import { apply } from '../../src/domain/grants/apply.ts'
import { evolve } from '../../src/domain/grants/evolve.ts'
import { extensionOf } from '../../src/domain/grants/extension.ts'
import { dueAt, waitingOf, warnsAt } from '../../src/domain/grants/phases.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { GrantCommand, GrantEvent, Offer } from '../../src/domain/grants/types.ts'
import {
  approve,
  byTwo,
  grantAfter,
  hour,
  hubot,
  minute,
  monalisa,
  octocat,
  offer,
  principal,
  request,
  revoke,
  second,
  seen,
  sre,
  staged,
  start,
  assume,
  type Step,
} from './grants.fixtures.ts'

const byOne: Offer = { ...offer, approval: staged(1) }
const active: readonly Step[] = [
  [request(byOne), start],
  [approve(sre), start],
  [seen, start],
]
const free: readonly Step[] = [
  [request(offer), start],
  [seen, start],
]
const onApproved: readonly Step[] = active.slice(0, 2)

const extend = (of: Partial<Offer> = {}, number = 2, code = 'EXTE-ND01'): GrantCommand => ({
  type: 'extend',
  revision: revisionOf({ ...byOne, ...of }, number, code),
  lapseSeconds: 1800,
})
const at = start + hour
const waiting: readonly Step[] = [...active, [extend(), at]]
const ofTwo: readonly Step[] = [...active, [extend({ approval: staged(2) }), at]]
const yes = (by: typeof sre, more = {}) => approve(by, { code: 'EXTE-ND01', ...more })
const halfway: readonly Step[] = [...ofTwo, [yes(sre), at]]
const byOneMore = (more = {}): GrantCommand => ({
  ...extend({ approval: staged(2) }, 3, 'EXTE-ND02'),
  ...more,
})
const no: GrantCommand = {
  type: 'deny',
  code: 'EXTE-ND01',
  by: sre,
  isBot: false,
  stages: [0],
  writesHead: false,
  because: 'enough',
}
const withdraw: GrantCommand = { type: 'withdraw', by: { kind: 'person', person: octocat } }
const tick: GrantCommand = { type: 'tick' }
const extension = ['grant.approval-given', 'grant.extended']

test.each<[string, GrantCommand, readonly Step[], number, readonly string[] | RegExp]>([
  ['asks', extend(), active, at, ['grant.extension-requested']],
  ['asks before it is seen in its cloud', extend(), onApproved, at, ['grant.extension-requested']],
  ['extends what needs none', extend({ approval: 'none' }), free, at, ['grant.extended']],
  ['extends no request', extend(), active.slice(0, 1), at, /is requested/],
  ['extends nothing that ends', extend(), [...active, [revoke, start]], at, /is ending/],
  ['extends nothing that is over', extend(), active, start + 2 * hour, /lease is over/],
  ['makes no lease shorter', extend({ leaseSeconds: 3600 }), active, at, /no later/],
  ['extends by whole seconds', extend({ leaseSeconds: 7200.5 }), active, at, /whole seconds/],
  ['numbers it', extend({}, 3), active, at, /Revision 1 is the current/],
  ['gives it a code of its own', extend({}, 2, 'AAAA-AAAA'), active, at, /code of its own/],
  ['asks once', extend({}, 3, 'EXTE-ND02'), waiting, at, /is asked for/],
  ['asks once, whoever has approved', byOneMore(), halfway, at, /is asked for/],
  [
    'asks anew to void a yes',
    byOneMore({ voids: true }),
    halfway,
    at,
    ['grant.extension-requested'],
  ],
  [
    'asks for another length',
    extend({ leaseSeconds: 9000 }, 3, 'EXTE-ND02'),
    waiting,
    at,
    ['grant.extension-requested'],
  ],
  [
    'reuses no code that waits',
    extend({ leaseSeconds: 9000 }, 3, 'EXTE-ND01'),
    waiting,
    at,
    /code of its own/,
  ],

  ['keeps the recipient', extend({ recipient: hubot }), active, at, /not what it was/],
  ['keeps the role', extend({ role: 'x' }), active, at, /not what it was/],
  [
    'keeps the subject',
    extend({ subject: { ...offer.subject, number: 1 } }),
    active,
    at,
    /not what/,
  ],
  [
    'keeps the principal',
    extend({ bindings: [{ role: assume, principal: { ...principal, userId: 'AIDAX' } }] }),
    active,
    at,
    /not what it was/,
  ],
  ['keeps how long sessions last', extend({ residualSeconds: 1 }), active, at, /not what it was/],
  ['keeps the cause', extend({ cause: 'another' }), active, at, /another ground/],
  ['keeps the time of asking', extend({ askedAt: at }), active, at, /another ground/],
  ['keeps what ends it', extend({ until: ['closed'] }), active, at, /another ground/],
  ['keeps whom it separates', extend({ separated: [1] }), active, at, /another ground/],
  ['keeps the label', extend({ label: 'x' }), active, at, /another ground/],
  [
    'keeps the commit',
    extend({ boundHead: 'b' }),
    [[request({ ...offer, boundHead: 'a' }), start]],
    at,
    /another commit/,
  ],
  [
    'breaks no glass again',
    extend({ approval: 'none', breakGlass: { notify: [], reviewers: [] } }),
    [[request({ ...offer, breakGlass: { notify: [], reviewers: [] } }), start]],
    at,
    /only with an approval/,
  ],

  ['is approved', yes(sre), waiting, at, extension],
  ['is approved by nobody without the code', approve(sre), waiting, at, /no current/],
  ['is approved by no recipient', yes(octocat), waiting, at, /does not approve/],
  ['is approved by no requester', yes(monalisa), waiting, at, /does not approve/],
  ['is approved by no bot', yes(sre, { isBot: true }), waiting, at, /bot/],
  ['is approved by nobody else', yes(sre, { stages: [] }), waiting, at, /not name/],
  ['is approved before it lapses', yes(sre), waiting, at + 30 * minute, /lapsed/],
  ['is approved once', yes(hubot), [...waiting, [yes(sre), at]], at, /is active/],
  ['counts one of two', yes(sre), ofTwo, at, ['grant.approval-given']],
  ['counts a person once', yes(sre), [...ofTwo, [yes(sre), at]], at, /approved this/],
  ['counts two of two', yes(hubot), [...ofTwo, [yes(sre), at]], at, extension],
  [
    'is not approved by the code of one that was replaced',
    yes(sre),
    [...waiting, [extend({ leaseSeconds: 9000 }, 3, 'EXTE-ND02'), at]],
    at,
    /no current/,
  ],
  [
    'is approved while the lease runs',
    yes(sre),
    [...active, [extend(), start + 2 * hour - minute]],
    start + 2 * hour,
    /lease is over/,
  ],
  // The clock of another process may be behind.
  ['is approved for later', yes(sre), waiting, start, /no later/],

  ['is denied', no, waiting, at, ['grant.extension-denied']],
  ['is denied by the code', { ...no, code: 'AAAA-AAAA' }, waiting, at, /no current/],
  ['is denied where it waits', no, active, at, /is active/],
  ['is withdrawn', withdraw, waiting, at, ['grant.extension-withdrawn']],
  ['is withdrawn by the code', { ...withdraw, code: 'AAAA-AAAA' }, waiting, at, /nothing that/],
  ['is withdrawn where it waits', withdraw, active, at, /is active/],
  ['lapses', tick, waiting, at + 30 * minute, ['grant.extension-lapsed']],
  ['does not lapse before', tick, waiting, at + 30 * minute - 1, []],
  ['does not outlive the lease', tick, waiting, start + 2 * hour, ['grant.ending']],
  [
    'lapses and warns',
    tick,
    [...active, [extend(), start + 80 * minute]],
    start + 2 * hour - 1,
    ['grant.extension-lapsed', 'grant.warned'],
  ],
])('%s', (_name, command, given, now, then) => {
  const result = apply(command, grantAfter(...given), now)
  if (then instanceof RegExp) {
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringMatching(then) as string })
  } else {
    expect(result.kind === 'applied' && result.events.map(({ type }) => type)).toEqual(then)
  }
})

describe('what was extended', () => {
  const later = start + 90 * minute + 700
  const extended = grantAfter(...waiting, [yes(sre), at + 300])

  it('ends a lease after the approval, in whole seconds', () => {
    expect(extended).toMatchObject({
      phase: 'active',
      approvedAt: start,
      endsAt: at + 2 * hour,
      extension: undefined,
      revision: { number: 2, code: 'EXTE-ND01' },
    })
  })
  it('can be extended again', () => {
    const again = apply(extend({}, 3, 'EXTE-ND02'), extended, later)
    const after = again.kind === 'applied' ? again.grant : undefined
    expect(apply(yes(hubot, { code: 'EXTE-ND02' }), after, later)).toMatchObject({
      grant: { endsAt: start + 90 * minute + 2 * hour },
    })
  })
  it('is warned of anew', () => {
    const warned = grantAfter(...free, [tick, start + 2 * hour - minute])
    expect(warned).toMatchObject({ warnedFor: start + 2 * hour })
    const longer = apply(extend({ approval: 'none' }), warned, start + 2 * hour - minute)
    if (longer.kind === 'refused') throw new Error(longer.reason)
    expect(dueAt(longer.grant)).toBe(start + 4 * hour - 11 * minute)
    expect(apply(tick, longer.grant, start + 4 * hour - 11 * minute)).toMatchObject({
      events: [{ type: 'grant.warned', endsAt: start + 4 * hour - minute }],
    })
  })
})

describe('what waits', () => {
  it('leaves the grant as it is', () => {
    expect(grantAfter(...waiting)).toMatchObject({
      endsAt: start + 2 * hour,
      revision: { number: 1, code: 'AAAA-AAAA' },
      extension: { revision: { number: 2 }, lapsesAt: at + 30 * minute, approvals: [] },
    })
    expect(dueAt(grantAfter(...waiting))).toBe(at + 30 * minute)
    expect(waitingOf(grantAfter(...waiting))?.revision.code).toBe('EXTE-ND01')
  })
  it('goes on waiting when the access is seen', () => {
    const grant = grantAfter(...onApproved, [extend(), at], [seen, at])
    expect(grant).toMatchObject({ phase: 'active', extension: { lapsesAt: at + 30 * minute } })
  })
  it('takes over no yes that another length was given', () => {
    const longer: Step = [extend({ approval: staged(2), leaseSeconds: 9000 }, 3, 'EXTE-ND02'), at]
    const grant = grantAfter(...ofTwo, [yes(sre), at], longer)
    expect(grant).toMatchObject({ extension: { revision: { number: 3 }, approvals: [] } })
    const again = apply(yes(hubot, { code: 'EXTE-ND02' }), grant, at)
    expect(again).toMatchObject({ events: [{ type: 'grant.approval-given' }] })
  })
  it.each([
    ['denied', no],
    ['withdrawn', withdraw],
  ])('is over when it is %s', (_how, command) => {
    const grant = grantAfter(...waiting, [command, at])
    expect(grant).toMatchObject({ phase: 'active', endsAt: start + 2 * hour, extension: undefined })
    expect(apply(yes(sre), grant, at)).toMatchObject({ kind: 'refused' })
  })
  it('is void when the grant ends', () => {
    const grant = grantAfter(...waiting, [revoke, at])
    expect(grant).not.toHaveProperty('extension')
    expect(apply(yes(sre), grant, at)).toMatchObject({ reason: 'The grant is ending.' })
  })
})

describe('extensionOf', () => {
  const grant = grantAfter([
    request({
      ...byTwo,
      label: 'incident',
      team: { id: 6, slug: 'sre' },
      boundHead: 'a',
      separated: [1, 3],
      until: ['unlabeled', 'closed'],
      breakGlass: undefined,
    }),
    start,
  ])
  const now: Offer = {
    ...byTwo,
    cause: 'comment:1',
    askedAt: at,
    trigger: 'requested',
    separated: [1, 9],
    until: ['closed', 'merged'],
    leaseSeconds: 60,
    requester: octocat,
  }
  it('offers what policy offers now, on the ground of the grant', () => {
    expect(extensionOf(grant, now)).toEqual({
      ...now,
      ...{ cause: offer.cause, askedAt: start, trigger: 'review_requested', boundHead: 'a' },
      ...{ label: 'incident', team: { id: 6, slug: 'sre' } },
      separated: [1, 9, 3],
      until: ['closed', 'merged', 'unlabeled'],
    })
  })
  it('says the same of what it made', () => {
    const made = extensionOf(grant, now)
    expect(extensionOf(grant, made)).toEqual(made)
  })
  it('breaks the glass where the policy does by now', () => {
    const breakGlass = { notify: [], reviewers: [] }
    const glass: Offer = { ...now, approval: 'none', breakGlass }
    expect(extensionOf(grant, glass)).toMatchObject({ breakGlass })
    const revision = revisionOf(extensionOf(grantAfter(...active), glass), 2, 'EXTE-ND01')
    const command = { type: 'extend', revision, lapseSeconds: 1800 } as const
    expect(apply(command, grantAfter(...active), at)).toEqual({
      kind: 'refused',
      reason: 'What broke the glass goes on only with an approval.',
    })
  })
  it('separates nobody where the policy does not any more', () => {
    const together = { ...now, approval: { ...staged(1), separate: false }, separated: [] }
    expect(extensionOf(grant, together).separated).toEqual([])
  })
})

test.each([
  [7200, 10 * minute],
  [2400, 10 * minute],
  [2396, 599 * second],
  [600, 150 * second],
])('a lease of %i seconds is warned of that long before', (leaseSeconds, aheadMs) => {
  const grant = grantAfter([request({ ...offer, leaseSeconds }), start], [seen, start])
  if (grant.phase !== 'active') throw new Error(grant.phase)
  expect(grant.endsAt - warnsAt(grant)).toBe(aheadMs)
  expect(dueAt(grant)).toBe(grant.endsAt - aheadMs)
  expect(apply(tick, grant, grant.endsAt - aheadMs - 1)).toMatchObject({ events: [] })
})

test.each([599, 60, 1])(
  'a lease of %i seconds is over before a warning was read',
  (leaseSeconds) => {
    const grant = grantAfter([request({ ...offer, leaseSeconds }), start], [seen, start])
    if (grant.phase !== 'active') throw new Error(grant.phase)
    expect(dueAt(grant)).toBe(grant.endsAt)
    expect(apply(tick, grant, grant.endsAt - 1)).toMatchObject({ events: [] })
  },
)

describe('a history that cannot be', () => {
  const { revision } = extend() as Extract<GrantCommand, { type: 'extend' }>
  const longer = { type: 'grant.extended', digest: revision.digest, revision } as const
  test.each<[GrantEvent, readonly Step[], RegExp]>([
    [{ ...longer, endsAt: at + 2 * hour + 1 }, waiting, /past what was approved/],
    [{ ...longer, endsAt: start + 2 * hour }, waiting, /ends later/],
    [{ ...longer, endsAt: at + 2 * hour }, active, /nobody asked to extend/],
    [{ ...longer, digest: 'x', endsAt: at + 2 * hour }, waiting, /another revision/],
    [{ ...longer, endsAt: at + 2 * hour }, ofTwo, /another revision/],
    [{ ...longer, endsAt: at + 2 * hour }, [...active, [revoke, start]], /is ending/],
    [{ type: 'grant.extension-lapsed' }, active, /nobody asked to extend/],
    [{ type: 'grant.warned', endsAt: at }, active.slice(0, 1), /is requested/],
    [
      { type: 'grant.approval-given', by: sre, digest: 'x', code: 'EXTE-ND01', stage: 0 },
      waiting,
      /another revision/,
    ],
  ])('%o', (event, given, why) => {
    expect(() => evolve(grantAfter(...given), event, at)).toThrow(why)
  })
})

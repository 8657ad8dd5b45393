import { describe, expect, it, test } from 'vitest'
import { apply } from '../../src/domain/grants/apply.ts'
import { decide } from '../../src/domain/grants/decide.ts'
import { evolve } from '../../src/domain/grants/evolve.ts'
import { dueAt, isLive, needsSessionsUntil } from '../../src/domain/grants/phases.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { GrantCommand, Offer } from '../../src/domain/grants/types.ts'
import {
  activated,
  approve,
  approved,
  bindingId,
  byTwo,
  goneAt,
  grantAfter,
  hour,
  hubot,
  minute,
  monalisa,
  octocat,
  offer,
  request,
  requested,
  revoke,
  revoked,
  second,
  seen,
  sre,
  staged,
  start,
  type Step,
} from './grants.fixtures.ts'

const typesOf = (command: GrantCommand, steps: readonly Step[], now: number) => {
  const decision = decide(command, steps.length === 0 ? undefined : grantAfter(...steps), now)
  return decision.kind === 'refused' ? decision.reason : decision.events.map(({ type }) => type)
}

const reviseTo = (to: Offer, number = 2, code = 'BBBB-BBBB'): GrantCommand => ({
  type: 'revise',
  revision: revisionOf(to, number, code),
})
const shorter: Offer = { ...byTwo, leaseSeconds: 60 }
const oneOfTwo: readonly Step[] = [requested, [approve(sre), start + minute]]
const ended: readonly Step[] = [
  ...revoked,
  [goneAt(start + hour), start + hour],
  [{ type: 'conclude', cloudAt: undefined }, start + hour],
]
const tick: GrantCommand = { type: 'tick' }
const withdraw: GrantCommand = { type: 'withdraw', by: { kind: 'person', person: octocat } }
const deny: GrantCommand = {
  type: 'deny',
  code: 'AAAA-AAAA',
  by: sre,
  isBot: false,
  stages: [0],
  writesHead: true,
  because: 'not now',
}
const trouble: GrantCommand = { type: 'trouble', because: 'AccessDenied' }

describe('decide', () => {
  test.each<[string, GrantCommand, readonly Step[], number, readonly string[] | RegExp]>([
    // given … when … then
    ['asks for approval', request(byTwo), [], start, ['grant.requested']],
    ['approves what needs none', request(offer), [], start, ['grant.requested', 'grant.approved']],
    ['requests once', request(offer), [approved], start, /requested before/],
    ['refuses no bindings', request({ ...offer, bindings: [] }), [], start, /no bindings/],
    ['refuses no lease', request({ ...offer, leaseSeconds: 0 }), [], start, /whole seconds/],
    ['refuses half a second', request({ ...offer, leaseSeconds: 1.5 }), [], start, /whole seconds/],
    ['refuses no stages', request({ ...offer, approval: staged() }), [], start, /Each stage/],
    [
      'refuses empty stages',
      request({ ...offer, approval: staged(1, 0) }),
      [],
      start,
      /Each stage/,
    ],
    [
      'refuses half a person',
      request({ ...offer, approval: staged(0.5) }),
      [],
      start,
      /Each stage/,
    ],
    [
      'breaks no glass that waits for approval',
      request({ ...byTwo, breakGlass: { notify: [], reviewers: [] } }),
      [],
      start,
      /waits for no approval/,
    ],
    ['refuses ids that do not match', { ...request(offer), bindingIds: [] }, [], start, /one id/],
    ['does nothing to no grant', tick, [], start, /no such grant/],

    ['counts one of two', approve(sre), [requested], start, ['grant.approval-given']],
    [
      'approves with the second',
      approve(hubot),
      oneOfTwo,
      start + hour,
      ['grant.approval-given', 'grant.approved'],
    ],
    ['counts a person once', approve(sre), oneOfTwo, start + hour, /approved this before/],
    ['counts the recipient never', approve(octocat), [requested], start, /does not approve/],
    ['counts the requester never', approve(monalisa), [requested], start, /does not approve/],
    ['counts a bot never', approve(hubot, { isBot: true }), [requested], start, /bot/],
    ['counts nobody else', approve(hubot, { stages: [] }), [requested], start, /not name/],
    ['needs the code', approve(sre, { code: 'CCCC-CCCC' }), [requested], start, /no current/],
    ['approves nothing that lapsed', approve(sre), [requested], start + 24 * hour, /lapsed/],
    ['approves nothing twice', approve(sre), [approved], start, /is approved/],
    [
      'approves no replaced revision',
      approve(hubot),
      [...oneOfTwo, [reviseTo(shorter), start + minute]],
      start + hour,
      /no current/,
    ],
    [
      'starts counting again after a revision',
      approve(hubot, { code: 'BBBB-BBBB' }),
      [...oneOfTwo, [reviseTo(shorter), start + minute]],
      start + hour,
      ['grant.approval-given'],
    ],

    ['revises', reviseTo(shorter), oneOfTwo, start, ['grant.revised']],
    ['revises in order', reviseTo(shorter, 3), [requested], start, /current one/],
    ['revises what changed', reviseTo(byTwo), [requested], start, /Nothing in it/],
    ['revises the same to void a yes', reviseTo(byTwo), oneOfTwo, start, ['grant.revised']],
    ['gives a new code', reviseTo(shorter, 2, 'AAAA-AAAA'), [requested], start, /code of its own/],
    ['revises nothing approved', reviseTo(shorter), [approved], start, /is approved/],
    [
      'does not drop the approval',
      reviseTo({ ...shorter, approval: 'none' }),
      [requested],
      start,
      /goes on waiting/,
    ],
    [
      'keeps the recipient',
      reviseTo({ ...byTwo, recipient: hubot }),
      [requested],
      start,
      /Another recipient/,
    ],
    ['keeps the role', reviseTo({ ...byTwo, role: 'x' }), [requested], start, /Another role/],
    [
      'keeps the number of bindings',
      reviseTo({ ...byTwo, bindings: [...byTwo.bindings, ...byTwo.bindings] }),
      [requested],
      start,
      /one id/,
    ],

    ['denies', deny, [requested], start, ['grant.denied']],
    ['denies by the code', { ...deny, code: 'x' }, [requested], start, /no current/],
    ['denies by approvers', { ...deny, stages: [] }, [requested], start, /may deny/],
    ['denies nothing approved', deny, [approved], start, /is approved/],
    ['denies by no bot', { ...deny, isBot: true }, [requested], start, /bot/],
    [
      'denies as one of those who may not approve it themselves',
      { ...deny, by: monalisa },
      [requested],
      start,
      ['grant.denied'],
    ],
    ['withdraws by the code', { ...withdraw, code: 'x' }, [requested], start, /nothing that waits/],
    ['withdraws', withdraw, [requested], start, ['grant.withdrawn']],
    ['withdraws nothing approved', withdraw, [approved], start, /is approved/],

    ['lapses when due', tick, [requested], start + 24 * hour, ['grant.lapsed']],
    ['does not lapse before', tick, [requested], start + 24 * hour - 1, []],
    ['expires when due', tick, activated, start + 2 * hour, ['grant.ending']],
    ['expires what was never seen', tick, [approved], start + 2 * hour, ['grant.ending']],
    [
      'does not expire before',
      tick,
      [...activated, [tick, start + 2 * hour - 1]],
      start + 2 * hour - 1,
      [],
    ],
    ['has nothing to do while ending', tick, revoked, start + 24 * hour, []],

    ['ends what is active', revoke, activated, start, ['grant.ending']],
    ['ends what is approved', revoke, [approved], start, ['grant.ending']],
    ['ends once', revoke, revoked, start + hour, /is ending/],
    ['ends nothing ended', revoke, ended, start + hour, /is ended/],
    ['ends no request', revoke, [requested], start, /is requested/],

    ['activates', seen, [approved], start, ['grant.binding-present', 'grant.activated']],
    ['is seen once', seen, activated, start, /seen before/],
    ['is not seen while ending', seen, revoked, start + hour, /is ending/],
    ['sees its own', { ...seen, bindingId: 'x' } as GrantCommand, [approved], start, /not hold/],

    ['is gone', goneAt(start), revoked, start + hour, ['grant.binding-gone']],
    ['is gone only when ending', goneAt(start), activated, start, /is active/],
    [
      'is gone at once when never tried',
      goneAt(start),
      [approved, [revoke, start]],
      start,
      ['grant.binding-gone'],
    ],
    ['is gone once', goneAt(start), [...revoked, [goneAt(start), start]], start, /known/],
    [
      'is gone anew when it came back',
      goneAt(start + 1),
      [...revoked, [goneAt(start), start]],
      start + 1,
      ['grant.binding-gone'],
    ],

    ['concludes nothing unproven', { type: 'conclude', cloudAt: start }, revoked, start, /proven/],
    [
      'concludes what leaves no session',
      { type: 'conclude', cloudAt: undefined },
      [...revoked, [goneAt(start), start]],
      start,
      ['grant.ended'],
    ],
    [
      'waits for the last session',
      { type: 'conclude', cloudAt: start + hour - second },
      [...revoked, [goneAt(start, start + hour), start]],
      start + 3 * hour,
      /session/,
    ],
    [
      'waits for the cloud to say so',
      { type: 'conclude', cloudAt: undefined },
      [...revoked, [goneAt(start, start + hour), start]],
      start + 3 * hour,
      /session/,
    ],
    [
      'concludes by the cloud’s time',
      { type: 'conclude', cloudAt: start + hour },
      [...revoked, [goneAt(start, start + hour), start]],
      start,
      ['grant.ended'],
    ],
    ['concludes once', { type: 'conclude', cloudAt: undefined }, ended, start, /is ended/],

    ['is stuck', trouble, revoked, start + hour, ['grant.stuck']],
    ['is stuck once', trouble, [...revoked, [trouble, start]], start, /known/],
    ['is not stuck before it is given', trouble, [requested], start, /is requested/],
    [
      'gets unstuck',
      { type: 'trouble-over' },
      [...revoked, [trouble, start]],
      start,
      ['grant.unstuck'],
    ],
    ['has no trouble', { type: 'trouble-over' }, revoked, start, /no trouble/],
  ])('%s', (_name, command, given, now, then) => {
    const outcome = typesOf(command, given, now)
    if (then instanceof RegExp) expect(outcome).toMatch(then)
    else expect(outcome).toEqual(then)
  })

  it('waits for the longest session of all its bindings', () => {
    const two: Offer = { ...offer, bindings: [...offer.bindings, ...offer.bindings] }
    const [first = '', other = ''] = request(two).bindingIds
    const gone = (id: string, sessionsUntil: number): Step => [
      { ...goneAt(start, sessionsUntil), bindingId: id } as GrantCommand,
      start,
    ]
    const partly: Step[] = [[request(two), start], [revoke, start], gone(first, start + hour)]
    const conclude: GrantCommand = { type: 'conclude', cloudAt: start + hour }
    expect(typesOf(conclude, partly, start)).toMatch(/proven/)
    const both = [...partly, gone(other, start + 2 * hour)]
    expect(typesOf(conclude, both, start)).toMatch(/session/)
    expect(needsSessionsUntil(grantAfter(...both))).toBe(start + 2 * hour)
  })
})

describe('the end of a lease', () => {
  it('is rounded down to the whole second, counted from the approval', () => {
    expect(grantAfter([request(offer), start + 999])).toMatchObject({
      phase: 'approved',
      approvedAt: start + 999,
      endsAt: start + 2 * hour,
    })
    expect(grantAfter(...oneOfTwo, [approve(hubot), start + hour + 1500])).toMatchObject({
      endsAt: start + 3 * hour + second,
    })
  })
})

describe('evolve', () => {
  it('follows a grant from request to proven end', () => {
    expect(grantAfter(...ended)).toMatchObject({
      phase: 'ended',
      version: 7,
      activatedAt: start + minute,
      endingAt: start + hour,
      endedAt: start + hour,
      reason: 'revoked',
      detail: 'enough',
      holds: [{ bindingId, state: 'gone', certainAt: start + hour }],
    })
  })

  it('releases every hold when it ends', () => {
    expect(grantAfter(...revoked).holds).toMatchObject([
      { state: 'released', observedAt: start + minute },
    ])
  })

  it('keeps since when it is stuck, and the latest reason', () => {
    const grant = grantAfter(
      ...revoked,
      [trouble, start + 1],
      [{ type: 'trouble', because: 'Throttling' }, start + 2],
    )
    expect(grant.stuck).toEqual({ since: start + 1, because: 'Throttling' })
  })

  it('voids approvals with the revision', () => {
    expect(grantAfter(...oneOfTwo, [reviseTo(shorter), start])).toMatchObject({
      approvals: [],
      revision: { number: 2, code: 'BBBB-BBBB' },
    })
  })

  test.each([
    [{ type: 'grant.lapsed' } as const, [approved]],
    [{ type: 'grant.activated' } as const, activated],
    [{ type: 'grant.ended', cloudAt: undefined } as const, activated],
    [{ type: 'grant.binding-present', bindingId } as const, revoked],
    [{ type: 'grant.binding-present', bindingId: 'x' } as const, [approved]],
    [{ type: 'grant.approved', digest: 'other', endsAt: start } as const, [requested]],
  ])('refuses a history that cannot be: %o', (event, given) => {
    expect(() => evolve(grantAfter(...given), event, start)).toThrow('cannot happen')
  })

  it('refuses an end past what was approved, and a grant from nothing', () => {
    const waiting = grantAfter(requested)
    const { digest } = waiting.revision
    const late = { type: 'grant.approved', digest, endsAt: start + 2 * hour + 1 } as const
    expect(() => evolve(waiting, late, start)).toThrow('past what was approved')
    expect(() => evolve(undefined, { type: 'grant.lapsed' }, start)).toThrow('never requested')
  })
})

describe('apply', () => {
  it('gives the same grant when nothing is due', () => {
    const grant = grantAfter(...activated)
    expect(apply(tick, grant, start)).toEqual({ kind: 'applied', grant, events: [] })
  })
})

test.each([
  ['requested', [requested], false, start + 24 * hour],
  ['approved', [approved], true, start + 2 * hour],
  ['active', activated, true, start + 110 * minute],
  ['active and warned', [...activated, [tick, start + 110 * minute]], true, start + 2 * hour],
  ['ending', revoked, true, undefined],
  ['ended', ended, false, undefined],
] as const)('a grant that is %s', (_phase, steps, live, due) => {
  const grant = grantAfter(...steps)
  expect(isLive(grant)).toBe(live)
  expect(dueAt(grant)).toBe(due)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  idsOf,
  judgeFound,
  type Judged,
  type Knowledge,
  type KnownBinding,
  type Verdict,
} from '../../src/domain/lanes/judge-found.ts'
import { laneOf } from '../../src/domain/lanes/lane-of.ts'
import { digestOf, orphansToAskAbout, unaskedMax } from '../../src/domain/lanes/orphans.ts'
import { alarmsOf } from '../../src/domain/lanes/alarms.ts'
import type { Found } from '../../src/domain/lanes/places.ts'
import type { AwsRole } from '../../src/domain/lanes/types.ts'

const account = '111122223333'
const now = Date.UTC(2031, 4, 1)
const hour = 3_600_000
const allow: AwsRole = { cloud: 'aws', mode: 'inline-permissions', account, allow: [] }
const group: AwsRole = { cloud: 'aws', mode: 'group', account, group: 'oncall' }

function bindingOf(id: string, user: string, role: AwsRole, endsAt: number) {
  const principal = { cloud: 'aws', account, userName: user, userId: `AIDA${user}` } as const
  const lane = laneOf({ role, principal })
  const times = { startsAt: 0, endsAt, residualSeconds: 0 }
  return {
    lane,
    binding: { id, laneId: lane.id, name: id, sessionName: id, principal, role, ...times },
  }
}
const marked = (
  id: string,
  more: { instance?: string; user?: string; endsAt?: number } = {},
): Found => ({
  kind: 'marked',
  instance: more.instance ?? 'i7',
  ...bindingOf(id, more.user ?? 'alice', allow, more.endsAt ?? now + hour),
})
const member = (id: string, role = group): Found => ({
  kind: 'unmarked',
  what: 'IAM user bob in the group oncall',
  ...bindingOf(id, 'bob', role, now + hour),
})
const known = (id: string, more: Partial<KnownBinding> = {}): KnownBinding => ({
  id,
  laneId: `aws/${account}/user/AIDAalice`,
  open: false,
  certainAt: now - hour,
  ...more,
})
const open = (id: string, more: Partial<KnownBinding> = {}) =>
  known(id, { open: true, certainAt: undefined, ...more })

const knowing = (...bindings: readonly KnownBinding[]): Knowledge => ({
  instance: 'i7',
  bindings: new Map(bindings.map((each) => [each.id, each])),
  roles: [group],
  cloudAt: now,
  provenBefore: now - 15_000,
})

describe('what is found', () => {
  test.each<[string, Found, readonly KnownBinding[], Verdict | undefined]>([
    ['ours, and wanted or being removed', marked('a'), [open('a')], 'in-hand'],
    ['ours, with a recorded end', marked('a'), [known('a')], 'ended'],
    [
      'ours, proven gone since the list was read',
      marked('a'),
      [known('a', { certainAt: now })],
      undefined,
    ],
    [
      'ours, given up before it was tried',
      marked('a'),
      [known('a', { certainAt: undefined })],
      'ended',
    ],
    ['ours, and not in the ledger', marked('a'), [open('b')], 'orphan'],
    [
      'ours, not in the ledger, and past its own deadline',
      marked('a', { endsAt: now }),
      [],
      'expired',
    ],
    ["another instance's", marked('a', { instance: 'i8' }), [], 'others'],
    [
      "another instance's, under an id that we know",
      marked('a', { instance: 'i8' }),
      [known('a')],
      'others',
    ],
    ['a copy of our mark on somebody else', marked('a', { user: 'eve' }), [open('a')], 'orphan'],
    [
      'that copy, once it is adopted',
      marked('a', { user: 'eve' }),
      [open('a'), open(`aws/${account}/user/AIDAeve/a`)],
      'in-hand',
    ],
    ['a member whom we put there', member('m'), [open('m')], 'in-hand'],
    ['a member whom we took away, and who is back', member('m'), [known('m')], 'stranger'],
    [
      'a member whom we took away just now',
      member('m'),
      [known('m', { certainAt: now })],
      undefined,
    ],
    ['a member whom nobody knows', member('m'), [], 'stranger'],
    [
      'a member of a group that nobody calls exclusive',
      member('m', { ...group, group: 'devs' }),
      [],
      undefined,
    ],
  ])('%s', (_, found, bindings, verdict) => {
    expect(judgeFound(found, knowing(...bindings))?.verdict).toBe(verdict)
  })

  test('is asked about by every id that it may have', () => {
    expect(idsOf(marked('a', { user: 'eve' }))).toEqual(['a', `aws/${account}/user/AIDAeve/a`])
  })
})

const judged = (verdict: Verdict, n: number): readonly Judged[] =>
  Array.from({ length: n }, (_, i) => {
    const found = marked(`${verdict}-${i}`)
    return { verdict, found, id: found.binding.id }
  })
const place = (placeId: string, counts: Partial<Record<Verdict, number>>) => ({
  placeId,
  judged: Object.entries(counts).flatMap(([verdict, n]) => judged(verdict as Verdict, n)),
})

describe('orphans', () => {
  test.each<[string, readonly Partial<Record<Verdict, number>>[], number, number]>([
    ['one alone passes', [{ orphan: 1 }], 0, 0],
    ['two of two are too much of the place', [{ orphan: 2 }], 0, 2],
    ['a fifth of the place passes', [{ orphan: 2, 'in-hand': 8 }], 0, 0],
    ['more than a fifth does not', [{ orphan: 2, 'in-hand': 7 }], 0, 2],
    ['five of many pass', [{ orphan: 5, 'in-hand': 100 }], 0, 0],
    ['six never do', [{ orphan: 6, 'in-hand': 1000 }], 0, 6],
    ['six in six places neither', Array.from({ length: 6 }, () => ({ orphan: 1 })), 0, 6],
    ['what passed within the day counts', [{ orphan: 1, 'in-hand': 50 }], 5, 1],
    ["another place's share is its own", [{ orphan: 2 }, { orphan: 2, 'in-hand': 20 }], 0, 2],
    [
      'what ended or expired is no share of what stands',
      [{ orphan: 2, ended: 50, expired: 50 }],
      0,
      2,
    ],
    ['recorded ends always pass', [{ ended: 100, expired: 100 }], 9, 0],
  ])('%s', (_, places, lately, asked) => {
    const all = places.map((counts, i) => place(`p${i}`, counts))
    expect(orphansToAskAbout(all, lately).size).toBe(asked)
  })

  test('that go unasked in a day are never more than the limit, however they are spread', () => {
    const counts = fc.record({ orphan: fc.nat(20), 'in-hand': fc.nat(60), ended: fc.nat(5) })
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 8 }), fc.nat(12), (places, lately) => {
        const all = places.map((each, i) => place(`p${i}`, each))
        const asked = orphansToAskAbout(all, lately)
        const unasked = all
          .flatMap((p) => p.judged)
          .filter((j) => j.verdict === 'orphan' && !asked.has(j))
        expect(unasked.length === 0 || unasked.length + lately <= unaskedMax).toBe(true)
        expect([...asked].every(({ verdict }) => verdict === 'orphan')).toBe(true)
      }),
    )
  })

  test('are named by a digest of exactly this set', () => {
    const [a, b] = judged('orphan', 2) as [Judged, Judged]
    expect(digestOf([a, b])).toBe(digestOf([b, a]))
    expect(digestOf([a, b])).toMatch(/^[0-9a-f]{16}$/)
    expect(new Set([digestOf([a]), digestOf([b]), digestOf([a, b]), digestOf([])]).size).toBe(4)
  })
})

test('a forgotten ledger judges nothing to be removed unasked', () => {
  // All that stands, judged by a ledger that knows some of it and was given back its own instance id.
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(5), (n, kept) => {
      const all = Array.from({ length: n }, (_, i) => marked(`b${i}`))
      const ledger = knowing(
        ...all.slice(0, Math.min(kept, n)).map(({ binding: { id } }) => open(id)),
      )
      const judgedAll = all.map((found) => judgeFound(found, ledger)) as Judged[]
      const orphans = judgedAll.filter(({ verdict }) => verdict === 'orphan')
      const asked = orphansToAskAbout([{ placeId: 'p', judged: judgedAll }], 0)
      expect(orphans.length - asked.size).toBeLessThanOrEqual(1)
    }),
  )
})

test('alarms say what is there, and bear the same id as long as it is the same', () => {
  const stranger: Judged = { verdict: 'stranger', found: member('m'), id: 'm' }
  const [a, b] = judged('orphan', 2) as [Judged, Judged]
  const alarms = alarmsOf('p', [stranger, a, b], [a, b], now)
  expect(alarms.map(({ id }) => id)).toEqual(['stranger/m', `orphans/p/${digestOf([a, b])}`])
  expect(alarms.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^IAM user bob in the group oncall was not given by Hallpass/),
    expect.stringMatching(/^2 bindings bear this Hallpass's mark/),
  ])
  expect(alarmsOf('p', [a], [], now)).toEqual([])
})

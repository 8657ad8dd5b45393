import { describe, expect, it } from 'vitest'
import type { Debt } from '../../src/domain/debts/types.ts'
import { LedgerConflict } from '../../src/domain/errors.ts'
import type { Commit, IdentityLink, Spent, WriteCost } from '../../src/workflows/ports.ts'
import {
  changing,
  dueAt,
  grantIn,
  hour,
  key,
  lane,
  minute,
  onEveryDatabase,
  present,
  second,
  start,
  starting,
  subject,
} from './ledger.world.ts'

const debt = (id: string, more: Partial<Debt> = {}): Debt => ({
  id,
  personId: 1,
  requesterId: 3,
  grantId: `g-${id}`,
  subject: subject(),
  role: 'orders-db-write',
  code: `CODE-${id}`,
  openedAt: start,
  reviewers: [{ kind: 'team', slug: 'security' }],
  reason: 'orders are \0 down',
  issue: undefined,
  acknowledged: undefined,
  ...more,
})
const acknowledged = { by: { id: 4, login: 'sre' }, at: start + minute }
const opening = (...debts: readonly Debt[]): Commit => ({ now: start, debts })
const plain = (owed: Debt) => ({ ...owed, reason: 'orders are \uFFFD down' })

const link = (more: Partial<IdentityLink> = {}): IdentityLink => ({
  personId: 1,
  cloud: 'aws',
  account: '111122223333',
  principalId: 'AIDAOCTO',
  ...more,
})

onEveryDatabase('Records', (world) => {
  describe('of debts', () => {
    it('are found by whom they bind, by code and on their subject', async () => {
      const { ledger } = world()
      await ledger.commit({ ...opening(debt('a'), debt('b')), dirtySubjects: [subject()] })
      await ledger.commit(opening(debt('c', { personId: 5, requesterId: 5, subject: subject(13) })))
      const owed = [plain(debt('a')), plain(debt('b'))]
      expect(await ledger.debtsOf([1, 2])).toEqual(owed)
      expect(await ledger.debtsOf([3])).toEqual(owed)
      expect(await ledger.debtsOf([2])).toEqual([])
      expect(await ledger.debt('CODE-a')).toEqual(owed[0])
      expect(await ledger.debt('CODE-x')).toBeUndefined()
      expect((await ledger.report(key()))?.debts).toEqual(owed)
    })

    it('bind until they are acknowledged, which nothing undoes', async () => {
      const { ledger } = world()
      await ledger.commit({ ...opening(debt('a')), dirtySubjects: [subject()] })
      await ledger.commit(opening(debt('a', { acknowledged })))
      await ledger.commit(opening(debt('a', { issue: 7 })))
      const done = plain(debt('a', { issue: 7, acknowledged }))
      expect(await ledger.debtsOf([1])).toEqual([])
      expect(await ledger.debt('CODE-a')).toEqual(done)
      const again = { ...acknowledged, by: { id: 9, login: 'late' } }
      await expect(ledger.commit(opening(debt('a', { acknowledged: again })))).rejects.toThrow(
        LedgerConflict,
      )
      expect((await ledger.report(key()))?.debts).toEqual([done])
    })

    it('are opened by one act at a time, whoever of the two has one', async () => {
      const { ledger, another } = world()
      const other = await another()
      const both = [
        { personId: 1, requesterId: 3 },
        { personId: 6, requesterId: 1 },
      ]
      const tries = await Promise.allSettled(
        Array.from({ length: 10 }, (_, n) =>
          (n % 2 ? ledger : other).commit(opening(debt(`${n}`, both[n % 2]))),
        ),
      )
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const each of tries)
        if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(LedgerConflict)
    })
  })

  describe('of decisions', () => {
    const documents = [
      { blob: 'b2', text: 'version: 1\n# ü' },
      { blob: 'b1', text: 'rules: []' },
    ]
    it('give back the facts as they were, and the documents’ texts, of every revision', async () => {
      const { ledger } = world()
      const facts = { 'pa\0th': ['\uD800', null, 1.5], now: start }
      const decision = (revision: number) => ({ grantId: 'a', revision, facts, documents })
      await ledger.commit({ ...starting({ id: 'a' }), decisions: [decision(1)] })
      await ledger.commit({
        ...starting({ id: 'b' }),
        decisions: [{ ...decision(1), grantId: 'b' }],
      })
      const now = start + minute
      const last = { ...decision(2), documents: [] }
      await ledger.commit({ now, decisions: [decision(2), last] })
      expect(await ledger.decision('a')).toEqual([
        { ...decision(1), at: start },
        { ...decision(2), at: now },
        { ...last, at: now },
      ])
      expect(await ledger.decision('c')).toEqual([])
      const { rows } = await world().database.pool.query('select from hallpass.policy_texts')
      expect(rows).toHaveLength(2)
    })
  })

  describe('of who people are', () => {
    it('stay as they were first found, for the person and for the principal', async () => {
      const { ledger, another } = world()
      const other = await another()
      await ledger.commit({ now: start, identityLinks: [link(), link()] })
      await ledger.commit({ now: start, identityLinks: [link({ account: '999988887777' })] })
      for (const changed of [link({ principalId: 'AIDAOTHER' }), link({ personId: 2 })])
        await expect(other.commit({ now: start, identityLinks: [changed] })).rejects.toThrow(
          LedgerConflict,
        )
      expect(await other.identityLink(1, 'aws', '111122223333')).toEqual(link())
      expect(await other.identityLink(2, 'aws', '111122223333')).toBeUndefined()
      expect(await other.identityHolder('aws', '111122223333', 'AIDAOCTO')).toEqual(link())
      expect(await other.identityHolder('aws', '111122223333', 'AIDAOTHER')).toBeUndefined()
    })
  })

  describe('of accepted policies', () => {
    const accepted = (blob: string, replaces?: string | null): Commit => ({
      now: start,
      acceptedPolicy: {
        where: 'acme/access:policy.yml',
        blob,
        text: `text of ${blob}`,
        ...(replaces === undefined ? {} : { replaces }),
      },
    })
    it('go from one to the next, and not from what is not accepted any more', async () => {
      const { ledger, another } = world()
      const other = await another()
      const where = 'acme/access:policy.yml'
      expect(await ledger.acceptedPolicy(where)).toBeUndefined()
      await expect(ledger.commit(accepted('b1', 'b0'))).rejects.toThrow(LedgerConflict)
      await ledger.commit(accepted('b1', null))
      await expect(ledger.commit(accepted('b2', null))).rejects.toThrow(LedgerConflict)
      const tries = await Promise.allSettled([
        ledger.commit(accepted('b2', 'b1')),
        other.commit(accepted('b3', 'b1')),
      ])
      expect(tries.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      await ledger.commit(accepted('b4'))
      expect(await ledger.acceptedPolicy(where)).toEqual({ blob: 'b4', text: 'text of b4' })
      expect(await ledger.acceptedPolicy('elsewhere')).toBeUndefined()
    })
  })

  describe('of writes', () => {
    const full = (count: number, at: (n: number) => number) =>
      world().database.pool.query(
        `insert into hallpass.write_budgets values (9, $1::bigint[])
          on conflict (installation_id) do update set spent = excluded.spent`,
        [Array.from({ length: count }, (_, n) => at(n)).toSorted((a, b) => a - b)],
      )
    const taken = (spent: readonly Spent[]) => spent.filter(({ ok }) => ok).length

    it('are no more than a minute allows, however many ask at once', async () => {
      const { ledger, another } = world()
      const other = await another()
      await full(70, (n) => start - n * 100)
      const come = Array.from({ length: 16 }, (_, n) => n)
      const spent = await Promise.all(
        come.map((n) => (n % 2 ? ledger : other).spend(9, 'acknowledge', start)),
      )
      expect(taken(spent)).toBe(10)
      expect(await ledger.spend(10, 'rest', start)).toEqual({ ok: true })
    })

    it.each<[WriteCost, number, number]>([
      ['acknowledge', 80, 500],
      ['approval', 72, 450],
      ['ending', 64, 400],
      ['rest', 48, 300],
      ['stranger', 16, 100],
    ])('leave room for what comes before %s', async (cost, minuteMax, hourMax) => {
      const { ledger } = world()
      const spend = (at: number) => ledger.spend(9, cost, at)
      await full(minuteMax - 1, (n) => start - n * 100)
      expect(await spend(start)).toEqual({ ok: true })
      const oldest = start - (minuteMax - 2) * 100
      expect(await spend(start)).toEqual({ ok: false, at: oldest + minute })
      expect(await spend(oldest + minute - 1)).toEqual({ ok: false, at: oldest + minute })
      expect(await spend(oldest + minute)).toEqual({ ok: true })

      await full(hourMax - 1, (n) => start - n * 6_000)
      expect(await spend(start)).toEqual({ ok: true })
      const first = start - (hourMax - 2) * 6_000
      expect(await spend(start + second)).toEqual({ ok: false, at: first + hour })
      expect(await spend(first + hour)).toEqual({ ok: true })
    })

    it('are forgotten after an hour', async () => {
      const { ledger, database } = world()
      for (const at of [start, start + second, start + hour + 1]) await ledger.spend(9, 'rest', at)
      const { rows } = await database.pool.query(
        'select unnest(spent) as at from hallpass.write_budgets',
      )
      expect(rows).toEqual([{ at: start + second }, { at: start + hour + 1 }])
    })
  })

  describe('of an extension', () => {
    it('move the deadline of what it holds, and wake its lane and the next warning', async () => {
      const { ledger } = world()
      await ledger.commit(starting({ id: 'a', leaseSeconds: 3600 }))
      const seen = changing(await grantIn(ledger, 'a'), start, present('b-a'))
      await ledger.commit({ now: start, grants: [seen] })
      expect((await dueAt(ledger, start + 49 * minute)).grants).toEqual([])
      expect((await dueAt(ledger, start + 50 * minute)).grants).toEqual(['a'])
      const before = await ledger.lane(lane.id)
      expect(before?.bindings[0]?.binding.endsAt).toBe(start + hour)

      const now = start + 30 * minute
      const { revision } = seen.grant
      const longer = changing(seen.grant, now, {
        type: 'extend',
        lapseSeconds: 3600,
        revision: { ...revision, number: 2, code: 'BBBB-BBBB' },
      })
      await ledger.commit({ now, grants: [longer] })
      const after = await ledger.lane(lane.id)
      expect(after?.bindings[0]?.binding.endsAt).toBe(now + hour)
      expect(after?.dirtyVersion).toBe((before?.dirtyVersion ?? 0) + 1)
      expect((await dueAt(ledger, start + 79 * minute)).grants).toEqual([])
      expect((await dueAt(ledger, start + 80 * minute)).grants).toEqual(['a'])
    })
  })
})

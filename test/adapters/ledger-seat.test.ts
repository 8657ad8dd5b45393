import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { createLedger } from '../../src/adapters/postgres/ledger.ts'
import { openServer } from '../../src/adapters/postgres/server.ts'
import { LedgerUnclaimed } from '../../src/domain/errors.ts'
import { claimLedger } from '../../src/workflows/claim-ledger.ts'
import type { Ledger } from '../../src/workflows/ports.ts'
import { fakeDeps } from '../support/fakes.ts'
import {
  changing,
  delivery,
  dueAt,
  grantIn,
  hour,
  onEveryDatabase,
  present,
  salts,
  start,
  starting,
} from './ledger.world.ts'

vi.setConfig({ testTimeout: 30_000 })

const operator = { kind: 'operator', name: 'root' } as const

/** What an operator types. */
function claim(ledger: Ledger, { asNew = false, of }: { asNew?: boolean; of?: string } = {}) {
  const { deps } = fakeDeps()
  return claimLedger({ ...deps, ledger }, { asNew, of, by: operator })
}

const typesIn = async (ledger: Ledger) =>
  (await ledger.log(0, 100)).map(
    ({ canonical }) => (JSON.parse(canonical) as { readonly type: string }).type,
  )

onEveryDatabase('Where a ledger is', (world) => {
  const at = (place: string) =>
    createLedger({ pool: world().database.another(), salts, now: start, place })
  /** As if it had never been started: the tests share one. */
  const unsettled = () =>
    world().database.pool.query(
      `delete from hallpass.seat; insert into hallpass.seat default values`,
    )

  it('is noted at the first start, and is the same at the next', async () => {
    await unsettled()
    const first = await at('p1')
    expect(first.seat.unclaimed()).toBeUndefined()
    expect(await first.seat.settle(7)).toBeUndefined()
    const next = await at('p1')
    expect(await next.seat.settle(7)).toBeUndefined()
    expect((await next.seat.read()).noted).toMatchObject({ places: ['p1'], app: 7 })
    expect((await at('p2')).seat.unclaimed()?.why).toBe('another-place')
    const other = await at('p1')
    expect((await other.seat.settle(8))?.why).toBe('another-app')
  })

  it('lets nobody act elsewhere, and takes in and tells all the same', async () => {
    await unsettled()
    const original = await at('p1')
    await original.seat.settle(7)
    await original.commit(starting({ id: 'g1' }))
    const copy = await at('p2')
    const acts: readonly (() => Promise<unknown>)[] = [
      () => copy.claim('lane:x', 'me', start, 1_000),
      () => copy.commit(starting({ id: 'g2' })),
      () => copy.commit({ now: start, events: [] }),
      () => copy.spend(1, 'rest', start),
      () => copy.deliveryFailed('d', 'error', null, start),
      () => copy.reportFailed('1#1', 'error', start, start),
    ]
    for (const act of acts) await expect(act()).rejects.toThrow(LedgerUnclaimed)
    await expect(acts[1]?.()).rejects.toThrow(/`hallpass claim`.*`hallpass claim --as-new`/)
    expect(copy.seat.tenure().aborted).toBe(true)
    expect(await copy.accept(delivery({ id: 'd1' }), start)).toBe('stored')
    expect(await copy.grant('g1')).toBeDefined()
    expect(await copy.grant('g2')).toBeUndefined()
    expect(original.seat.tenure().aborted).toBe(false)
  })

  it('goes on once it is claimed, by either address', async () => {
    await unsettled()
    const original = await at('p1')
    await original.seat.settle(7)
    const moved = await at('p2')
    expect((await moved.seat.look())?.why).toBe('another-place')
    expect(await claim(moved)).toMatchObject({ kind: 'claimed', why: 'another-place' })
    expect(moved.seat.unclaimed()).toBeUndefined()
    expect(moved.seat.tenure().aborted).toBe(false)
    await moved.commit(starting({ id: 'g1' }))
    expect(await original.seat.look()).toBeUndefined()
    expect(await claim(moved)).toEqual({ kind: 'unneeded', instance: moved.instance })
    expect(await typesIn(moved)).toContain('instance.claimed')
    expect(await moved.seat.asksSince()).toBeDefined()
  })

  it('is proven to have lost history by who has seen more of it, and everybody hears', async () => {
    await unsettled()
    const [one, other] = [await at('p1'), await at('p1')]
    await one.seat.settle(7)
    await other.seat.settle(7)
    await one.commit({ ...starting({ id: 'g1' }), now: start })
    const before = one.seat.tenure()
    await lose(world().database.pool)
    expect((await one.seat.look())?.why).toBe('history-lost')
    expect(before.aborted).toBe(true)
    await expect(one.commit(starting({ id: 'g3' }))).rejects.toThrow(LedgerUnclaimed)
    expect((await other.seat.look())?.why).toBe('history-lost')
    expect((await at('p1')).seat.unclaimed()?.why).toBe('history-lost')

    expect(await claim(other)).toMatchObject({ kind: 'claimed', why: 'history-lost' })
    expect(await one.seat.look()).toBeUndefined()
    await one.commit(starting({ id: 'g3', cause: 'c3' }))
    expect(await one.seat.look()).toBeUndefined()
    expect(await other.seat.look()).toBeUndefined()
  })

  it('is not taken for lost while others write', async () => {
    await unsettled()
    const [one, other] = [await at('p1'), await at('p1')]
    await one.seat.settle(7)
    const writing = Array.from({ length: 10 }, (_, n) =>
      other.commit(starting({ id: `g${n}`, number: n + 1 })),
    )
    const looks = writing.map(() => one.seat.look())
    await Promise.all(writing)
    expect(await Promise.all(looks)).toEqual(writing.map(() => undefined))
    expect(await one.seat.look()).toBeUndefined()
  })

  it('is another one for who ran on it when it becomes another instance', async () => {
    await unsettled()
    const original = await at('p1')
    await original.seat.settle(7)
    await original.commit(starting({ id: 'g1' }))
    const { grant } = (await original.grant('g1')) ?? {}
    await original.commit({ now: start, grants: [changing(grant, start, present('b-g1'))] })
    await original.commit(starting({ id: 'g2', approval: 'asked' }))
    await original.accept(delivery({ id: 'd1' }), start)
    const copy = await at('p2')
    const former = copy.instance
    expect(await claim(copy, { asNew: true })).toMatchObject({ kind: 'claimed', ended: 2 })

    expect(await grantIn(copy, 'g1')).toMatchObject({ phase: 'ended', reason: 'left-to-original' })
    expect(await grantIn(copy, 'g2')).toMatchObject({ phase: 'withdrawn' })
    expect(await dueAt(copy, start + 24 * hour)).toMatchObject({
      deliveries: [],
      lanes: [],
      subjects: [],
      grants: [],
      standing: [],
    })
    const renewed = await at('p2')
    expect(renewed.instance).not.toBe(former)
    expect(renewed.seat.unclaimed()).toBeUndefined()
    expect((await renewed.lane('aws/111122223333/AIDAOCTOCAT'))?.bindings ?? []).toEqual([])
    expect(copy.seat.unclaimed()?.why).toBe('renamed')
    expect(original.seat.unclaimed()).toBeUndefined()
    expect((await original.seat.look())?.why).toBe('renamed')
    await world().database.pool.query(`update hallpass.instance set id = '${former}'`)
  })

  it('asks anew for what it had asked for before it was restored, and a copy asks for nothing of that', async () => {
    await unsettled()
    const original = await at('p1')
    await original.seat.settle(7)
    const once = { event: 'push', lostAt: start, asked: 3, nextAt: start + hour } as const
    await original.commit({
      now: start,
      recovery: {
        lost: [
          { ...once, guid: 'open', attemptId: '1', state: 'open' },
          { ...once, guid: 'over', attemptId: '2', state: 'over' },
        ],
      },
    })
    const restored = await at('p2')
    await claim(restored)
    const { lost } = await restored.recovery()
    expect(lost.toSorted((a, b) => (a.guid < b.guid ? -1 : 1))).toMatchObject([
      { guid: 'open', asked: 0, nextAt: 0 },
      { guid: 'over', asked: 3, state: 'over' },
    ])
    const copy = await at('p3')
    await claim(copy, { asNew: true })
    expect((await (await at('p3')).recovery()).lost).toEqual([])
    await world().database.pool.query(`update hallpass.instance set id = $1`, [original.instance])
  })

  it('is made another instance on purpose only by who names it', async () => {
    await unsettled()
    const ledger = await at('p1')
    await ledger.seat.settle(7)
    const former = ledger.instance
    expect(await claim(ledger, { asNew: true })).toEqual({ kind: 'unneeded', instance: former })
    expect(await claim(ledger, { asNew: true, of: 'other000' })).toEqual({
      kind: 'another',
      instance: former,
    })
    expect(await claim(ledger, { asNew: true, of: former })).toMatchObject({
      kind: 'claimed',
      why: null,
    })
    await world().database.pool.query(`update hallpass.instance set id = '${former}'`)
  })
})

/** As when a state of before is restored: the newest event is gone, and what came of it. */
const lose = (pool: pg.Pool) =>
  pool.query(`
    delete from hallpass.holds; delete from hallpass.decisions; delete from hallpass.grants;
    delete from hallpass.personal;
    delete from hallpass.events where position > 1;
    update hallpass.chain set (position, hash) = (select position, hash from hallpass.events)`)

const root = process.env['TEST_DATABASE_URL']

describe.runIf(root !== undefined)('a database of a server', () => {
  async function administer(...statements: readonly string[]): Promise<void> {
    const client = new pg.Client({ connectionString: root })
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }
  const urlOf = (name: string) => {
    const url = new URL(root ?? '')
    url.pathname = `/${name}`
    return url.href
  }
  const open = async (name: string) => {
    const database = openServer(urlOf(name))
    const { pool, place, inspected } = database
    return { database, ledger: await createLedger({ pool, place, inspected, salts, now: start }) }
  }
  const cutOff = (name: string) =>
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`

  it('is another one when it is cloned, and when an old state takes its place under who runs on it', async () => {
    const name = `hallpass_test_${randomBytes(6).toString('hex')}`
    const clone = `${name}_clone`
    await administer(`create database ${name}`)
    const { database, ledger } = await open(name)
    try {
      await ledger.seat.settle(7)
      await ledger.commit(starting({ id: 'g1' }))
      await administer(cutOff(name), `create database ${clone} template ${name}`)
      const copy = await open(clone)
      expect(copy.ledger.seat.unclaimed()?.why).toBe('another-database')
      await copy.database.close()
      // The connections that were cut are made again, to the same place: nothing has happened.
      await ledger.commit(starting({ id: 'g2' }))
      const tenure = ledger.seat.tenure()

      await administer(
        `alter database ${name} allow_connections false`,
        cutOff(name),
        `alter database ${name} rename to ${name}_old`,
        `alter database ${clone} rename to ${name}`,
      )
      await expect(ledger.commit(starting({ id: 'g3' }))).rejects.toThrow(LedgerUnclaimed)
      expect(tenure.aborted).toBe(true)
      expect(await ledger.grant('g3')).toBeUndefined()
      expect(await ledger.accept(delivery(), start)).toBe('stored')
    } finally {
      await database.close()
      for (const each of [name, clone, `${name}_old`])
        await administer(`drop database if exists ${each} with (force)`)
    }
  })
})

import { expect, it } from 'vitest'
import { LedgerConflict } from '../../src/domain/errors.ts'
import {
  bindingOf,
  changing,
  delivery,
  grantIn,
  gone,
  hour,
  key,
  lane,
  minute,
  onEveryDatabase,
  present,
  revoke,
  second,
  start,
  starting,
  subject,
} from './ledger.world.ts'

onEveryDatabase('Grants', (world) => {
  it('come back as they were written', async () => {
    const { ledger } = world()
    const first = starting({ id: 'a', number: 12, at: start })
    const next = starting({ id: 'b', number: 12, at: start + second, approval: 'asked' })
    const elsewhere = starting({ id: 'c', number: 13, at: start + 2 * second })
    for (const commit of [next, first, elsewhere]) await ledger.commit(commit)
    expect(await ledger.grant('a')).toEqual({
      grant: first.grants[0].grant,
      standingCheckedAt: start,
      standingVersion: 0,
    })
    expect(await ledger.grant('none')).toBeUndefined()
    const rows = await ledger.grantsOf(key(12))
    expect(rows.map(({ grant }) => grant)).toEqual([first.grants[0].grant, next.grants[0].grant])
    expect(await ledger.grantsOf(key(99))).toEqual([])
  })

  it('are listed newest first', async () => {
    const { ledger } = world()
    for (const [id, at] of [
      ['a', start],
      ['c', start + 2 * second],
      ['b', start + second],
    ] as const)
      await ledger.commit(starting({ id, at }))
    await ledger.commit(starting({ id: 'asked', approval: 'asked' }))
    const ids = async (filter: { live?: boolean; limit: number }) =>
      (await ledger.listGrants(filter)).map(({ id }) => id)
    expect(await ids({ limit: 2 })).toEqual(['c', 'b'])
    expect(await ids({ live: true, limit: 9 })).toEqual(['c', 'b', 'a'])
    expect(await ids({ live: false, limit: 9 })).toEqual(['asked'])
  })

  it('grant one cause, role and recipient at most once, whoever comes at the same time', async () => {
    const { ledger, another } = world()
    const other = await another()
    expect(await ledger.causeUsed('once', 'orders-db-read', 1)).toBe(false)
    const tries = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((id, index) =>
        (index % 2 ? ledger : other).commit(starting({ id, cause: 'once' })),
      ),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of tries)
      if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(LedgerConflict)
    expect(await ledger.listGrants({ limit: 9 })).toHaveLength(1)
    expect(await ledger.causeUsed('once', 'orders-db-read', 1)).toBe(true)
    expect(await ledger.causeUsed('once', 'orders-db-read', 2)).toBe(false)
    expect(await ledger.causeUsed('once', 'another-role', 1)).toBe(false)
    await ledger.commit(starting({ id: 'e', cause: 'once', recipientId: 2 }))
  })

  it('refuse a change that was decided on what is not so any more, with all that came with it', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    await ledger.commit(starting({ id: 'b' }))
    const [a, b] = [await grantIn(ledger, 'a'), await grantIn(ledger, 'b')]
    const given = delivery()
    await ledger.accept(given, start)
    await ledger.commit({ now: start, grants: [changing(a, start + second, present('b-a'))] })
    const before = { log: await ledger.log(0, 99), report: await ledger.report(key()) }
    await expect(
      ledger.commit({
        now: start + minute,
        grants: [changing(b, start + minute, revoke), changing(a, start + minute, revoke)],
        delivery: { id: given.id, outcome: 'handled' },
        bindings: [{ id: 'b-b', set: { attemptedAt: start } }],
        notices: [{ subject: subject(), key: 'policy', notice: null }],
      }),
    ).rejects.toThrow(LedgerConflict)
    expect((await grantIn(ledger, 'b')).phase).toBe('approved')
    expect(await ledger.delivery(given.id)).toBeDefined()
    expect((await ledger.lane(lane.id))?.bindings.map((each) => each.attemptedAt)).toEqual([
      undefined,
      undefined,
    ])
    expect({ log: await ledger.log(0, 99), report: await ledger.report(key()) }).toEqual(before)
  })

  it('take one of two changes that are made at once', async () => {
    const { ledger, another } = world()
    const other = await another()
    await ledger.commit(starting({ id: 'a' }))
    const grant = await grantIn(ledger, 'a')
    const tries = await Promise.allSettled([
      ledger.commit({ now: start, grants: [changing(grant, start, revoke)] }),
      other.commit({ now: start, grants: [changing(grant, start, present('b-a'))] }),
    ])
    expect(tries.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect((await grantIn(ledger, 'a')).version).toBeGreaterThan(grant.version)
  })

  it('refuse to hold what the ledger does not know: nothing would ever take it back', async () => {
    const { ledger } = world()
    const { newBindings: _, ...commit } = starting({ id: 'a' })
    await expect(ledger.commit(commit)).rejects.toThrow('does not know')
    expect(await ledger.grant('a')).toBeUndefined()
  })

  it('refuse a count that is not their events’', async () => {
    const { ledger } = world()
    const commit = starting({ id: 'a' })
    const [change] = commit.grants
    await expect(
      ledger.commit({ ...commit, grants: [{ ...change, events: change.events.slice(1) }] }),
    ).rejects.toThrow('count')
  })

  it('survive text that Postgres cannot store', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a', cause: 'nul \0 and half \uD800' }))
    expect(await ledger.causeUsed('nul \0 and half \uD800', 'orders-db-read', 1)).toBe(true)
    const grant = await grantIn(ledger, 'a')
    await ledger.commit({
      now: start,
      grants: [changing(grant, start, { type: 'trouble', because: 'cloud said \0\uDC00' })],
    })
    expect((await grantIn(ledger, 'a')).stuck?.because).toBe('cloud said \uFFFD\uFFFD')
  })
})

onEveryDatabase('Bindings', (world) => {
  const bindings = async () => (await world().ledger.lane(lane.id))?.bindings ?? []
  const dirtyVersion = async () => (await world().ledger.lane(lane.id))?.dirtyVersion

  it('are desired from the approval on, in a lane that is dirty', async () => {
    const { ledger } = world()
    const commit = starting({ id: 'a' })
    await ledger.commit(commit)
    const { grant } = commit.grants[0]
    expect(await ledger.lane(lane.id)).toEqual({
      lane,
      dirtyVersion: 1,
      failures: 0,
      settledAt: undefined,
      bindings: [
        {
          binding: bindingOf('b-a', start, start + 2 * hour),
          desired: 'present',
          attemptedAt: undefined,
          presentAt: undefined,
          missedAt: undefined,
          removedAt: undefined,
          certainAt: undefined,
          sessionsUntil: undefined,
          latestEndsAt: start + 2 * hour,
          holders: [grant],
        },
      ],
      standingReadAt: new Map([['a', start]]),
    })
    await ledger.commit(starting({ id: 'asked', approval: 'asked' }))
    expect(await dirtyVersion()).toBe(1)
    expect(await bindings()).toHaveLength(1)
    expect(await ledger.lane('none')).toBeUndefined()
  })

  it('stay desired until the last of two holders ends, with the deadline of the last', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a', bindingIds: ['shared'], leaseSeconds: 7200 }))
    expect(await dirtyVersion()).toBe(1)
    await ledger.commit(starting({ id: 'b', bindingIds: ['shared'], leaseSeconds: 3600 }))
    expect(await dirtyVersion()).toBe(1)
    expect((await bindings())[0]).toMatchObject({
      desired: 'present',
      binding: { endsAt: start + 2 * hour },
      holders: [{ id: 'a' }, { id: 'b' }],
    })

    await ledger.commit({
      now: start,
      grants: [changing(await grantIn(ledger, 'a'), start, revoke)],
    })
    expect(await dirtyVersion()).toBe(2)
    expect((await bindings())[0]).toMatchObject({
      desired: 'present',
      binding: { endsAt: start + hour },
      // The cloud may have the later one still.
      latestEndsAt: start + 2 * hour,
      holders: [
        { id: 'a', phase: 'ending' },
        { id: 'b', phase: 'approved' },
      ],
    })

    await ledger.commit({
      now: start,
      grants: [changing(await grantIn(ledger, 'b'), start, revoke)],
    })
    expect(await dirtyVersion()).toBe(3)
    expect((await bindings())[0]).toMatchObject({
      desired: 'absent',
      binding: { endsAt: start + hour },
    })
  })

  it('may be outlived by the longest that any holder’s role allows, until they begin anew', async () => {
    const { ledger } = world()
    const holding = (id: string, residualSeconds: number) => {
      const commit = starting({ id, bindingIds: ['shared'] })
      const newBindings = (commit.newBindings ?? []).map(({ binding, ...rest }) => ({
        ...rest,
        binding: { ...binding, residualSeconds },
      }))
      return ledger.commit({ ...commit, newBindings })
    }
    await holding('a', 3600)
    await ledger.commit({
      now: start,
      bindings: [{ id: 'shared', set: { attemptedAt: start, presentAt: start } }],
    })
    for (const [id, seconds] of [
      ['b', 7200],
      ['c', 1800],
    ] as const) {
      await holding(id, seconds)
      expect(await bindings()).toMatchObject([
        { binding: { residualSeconds: 7200 }, attemptedAt: start, presentAt: start },
      ])
    }
    for (const id of ['a', 'b', 'c']) {
      const steps = [revoke, gone('shared', start), { type: 'conclude', cloudAt: start }] as const
      const grants = [changing(await grantIn(ledger, id), start, ...steps)]
      await ledger.commit({
        now: start,
        grants,
        bindings: [{ id: 'shared', set: { removedAt: start, certainAt: start } }],
      })
    }
    expect(await bindings()).toEqual([])
    await holding('d', 900)
    expect(await bindings()).toMatchObject([
      { binding: { residualSeconds: 900 }, attemptedAt: undefined, certainAt: undefined },
    ])
  })

  it('that a new grant holds too are locked before their lane, as by everybody else', async () => {
    const { ledger, another, database } = world()
    // The embedded database lets one transaction in at a time as it is.
    if (database.databaseUrl === undefined) return
    await ledger.commit(starting({ id: 'a', bindingIds: ['shared'] }))
    const other = await database.pool.connect()
    await other.query('begin')
    await other.query(`select from hallpass.bindings where id = 'shared' for update`)
    const joining = (await another()).commit(starting({ id: 'b', bindingIds: ['shared'] }))
    const waits = async () => {
      const { rows } = await database.pool.query(
        `select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0
    }
    while (!(await waits()));
    try {
      await other.query('select from hallpass.lanes where id = $1 for update nowait', [lane.id])
    } finally {
      await other.query('rollback')
      other.release()
    }
    await joining
    expect((await bindings())[0]?.holders).toHaveLength(2)
  })

  it('are not lost when both holders end at once', async () => {
    const { ledger, another } = world()
    const other = await another()
    for (let round = 0; round < 5; round += 1) {
      const shared = { bindingIds: [`shared-${round}`] }
      await ledger.commit(starting({ id: `a${round}`, number: 1, ...shared }))
      await ledger.commit(starting({ id: `b${round}`, number: 2, ...shared }))
      const [a, b] = [await grantIn(ledger, `a${round}`), await grantIn(ledger, `b${round}`)]
      await Promise.all([
        ledger.commit({ now: start, grants: [changing(a, start, revoke)] }),
        other.commit({ now: start, grants: [changing(b, start, revoke)] }),
      ])
    }
    expect((await bindings()).map(({ desired }) => desired)).toEqual(Array(5).fill('absent'))
  })

  it('do not wait for each other for ever when the same ones change at once in another order', async () => {
    const { ledger, another } = world()
    const other = await another()
    const ids = ['a', 'b', 'c', 'd']
    for (const id of ids) await ledger.commit(starting({ id, bindingIds: ['x', 'y'] }))
    const all = await Promise.all(ids.map((id) => grantIn(ledger, id)))
    const trouble = (reversed: boolean) => ({
      now: start,
      grants: (reversed ? all.toReversed() : all).map((grant) =>
        changing(grant, start, { type: 'trouble', because: 'x' }),
      ),
      dirtyLanes: [lane.id],
      dirtySubjects: reversed ? [subject(1), subject(2)] : [subject(2), subject(1)],
    })
    const tries = await Promise.allSettled([
      ledger.commit(trouble(false)),
      other.commit(trouble(true)),
      ledger.commit(trouble(true)),
      other.commit(trouble(false)),
    ])
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of tries)
      if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(LedgerConflict)
  })

  it('are no lane’s work any more once they are proven gone and nobody live held them', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    await ledger.commit({ now: start, bindings: [{ id: 'b-a', set: { attemptedAt: start } }] })
    const ending = changing(await grantIn(ledger, 'a'), start, revoke)
    await ledger.commit({ now: start, grants: [ending] })
    const proof = { removedAt: start, certainAt: start + second, sessionsUntil: start + hour }
    const left = changing(ending.grant, start, gone('b-a', start + second, start + hour))
    await ledger.commit({ now: start, grants: [left], bindings: [{ id: 'b-a', set: proof }] })
    expect(await bindings()).toMatchObject([{ ...proof, holders: [{ phase: 'ending' }] }])

    const over = changing(left.grant, start + hour, { type: 'conclude', cloudAt: start + hour })
    await ledger.commit({ now: start + hour, grants: [over] })
    expect(over.grant.phase).toBe('ended')
    expect(await bindings()).toEqual([])
    expect(await ledger.listGrants({ live: true, limit: 9 })).toEqual([])

    await ledger.commit({
      now: start + hour,
      bindings: [{ id: 'b-a', set: { certainAt: null, removedAt: null } }],
    })
    expect(await bindings()).toMatchObject([
      { attemptedAt: start, removedAt: undefined, certainAt: undefined, holders: [] },
    ])
  })

  it('are work while they were tried and not proven gone, whoever held them', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    await ledger.commit({ now: start, bindings: [{ id: 'b-a', set: { attemptedAt: start } }] })
    const over = changing(await grantIn(ledger, 'a'), start, revoke, gone('b-a', start), {
      type: 'conclude',
      cloudAt: undefined,
    })
    await ledger.commit({ now: start, grants: [over] })
    expect(await bindings()).toMatchObject([{ binding: { id: 'b-a' }, holders: [] }])
  })

  it('keep what was noted until it changes, and are addressed by their lane’s newest name', async () => {
    const { ledger } = world()
    const commit = starting({ id: 'a' })
    await ledger.commit(commit)
    await ledger.commit({
      now: start,
      bindings: [
        { id: 'b-a', set: { attemptedAt: start, presentAt: start + 1 } },
        { id: 'b-a', set: { missedAt: start + 2 } },
      ],
    })
    await ledger.commit({ now: start, bindings: [{ id: 'b-a', set: { presentAt: null } }] })
    expect(await bindings()).toMatchObject([
      { attemptedAt: start, presentAt: undefined, missedAt: start + 2 },
    ])
    const renamed = { ...lane.principal, userName: 'renamed' }
    const later = starting({ id: 'b' })
    await ledger.commit({
      ...later,
      newBindings:
        later.newBindings?.map((each) => ({
          ...each,
          lane: { ...lane, principal: renamed },
        })) ?? [],
    })
    expect((await ledger.lane(lane.id))?.lane).toMatchObject({ principal: renamed })
  })
})

import { describe, expect, it } from 'vitest'
import { ActRepeated, LedgerConflict } from '../../src/domain/errors.ts'
import { freezableOf, type Freeze, type FreezeScope } from '../../src/domain/grants/freeze.ts'
import type { Limits } from '../../src/domain/policy/types.ts'
import type { Commit, Ledger, Limited } from '../../src/workflows/ports.ts'
import { approve, sre } from '../domain/grants.fixtures.ts'
import type { FreshDatabase } from '../support/databases.ts'
import {
  changing,
  grantIn,
  hour,
  key,
  minute,
  onEveryDatabase,
  present,
  revoke,
  second,
  start,
  starting,
  subject,
} from './ledger.world.ts'

const unlimited: Limits = { atOnce: undefined, cooldownSeconds: undefined, dailySeconds: undefined }
const role = 'orders-db-read'
const here = { recipientId: 1, role, repositoryId: 77 }

/** A commit that starts a grant within a limit. */
function within(
  wish: Parameters<typeof starting>[0],
  limits: Partial<Limits>,
  scope: Limited['scope'] = 'role',
): Commit {
  const commit = starting(wish)
  const [{ grant }] = commit.grants
  const { leaseSeconds } = grant.revision.offer
  const all = { ...unlimited, ...limits }
  return {
    ...commit,
    limits: [{ scope, limits: all, leaseSeconds, ...freezableOf(grant.revision.offer) }],
  }
}

const freeze = (scope: FreezeScope, id = 'f'): Freeze => ({
  id,
  scope,
  by: { kind: 'operator', name: 'ops' },
  at: start,
  because: 'a key leaked',
})
const everything: Commit = { now: start, freezes: [{ begin: freeze({ kind: 'all' }) }] }

/** Those that were carried out. The others were conflicts, every one. */
async function carriedOut(tries: readonly Promise<unknown>[]): Promise<readonly number[]> {
  const settled = await Promise.allSettled(tries)
  return settled.flatMap((each, index) => {
    if (each.status === 'fulfilled') return [index]
    expect(each.reason).toBeInstanceOf(LedgerConflict)
    return []
  })
}

/** `waits`: somebody waits for a lock in this database. `ended`: it had no need to. */
async function waitsOrEnds(
  { pool }: Pick<FreshDatabase, 'pool'>,
  work: Promise<unknown>,
): Promise<'waits' | 'ended'> {
  const ended = work.then(() => 'ended' as const)
  const waits = async () => {
    const { rows } = await pool.query(
      `select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rows.length > 0 ? ('waits' as const) : undefined
  }
  for (;;) {
    const seen = await Promise.race([ended, waits()])
    if (seen !== undefined) return seen
  }
}

const ids = async (ledger: Ledger) => (await ledger.listGrants({ limit: 99 })).map(({ id }) => id)

onEveryDatabase('Admission', (world) => {
  describe('of one more', () => {
    it('lets one of many in that come at once, and no other beyond the limit', async () => {
      const { ledger, another } = world()
      const other = await another()
      const come = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, index) =>
        (index % 2 ? ledger : other).commit(
          within({ id, recipientId: index + 1, number: index + 1 }, { atOnce: 1 }),
        ),
      )
      expect(await carriedOut(come)).toHaveLength(1)
      expect(await ids(ledger)).toHaveLength(1)
    })

    it('waits while another one is being let in', async () => {
      const { another, database } = world()
      // The embedded database lets one transaction in at a time as it is.
      if (database.databaseUrl === undefined) return
      const first = await database.pool.connect()
      await first.query('begin')
      await first.query('select from hallpass.admission for update')
      const commit = within({ id: 'a' }, { atOnce: 1 })
      const second = (await another()).commit(commit)
      expect(await waitsOrEnds(database, second)).toBe('waits')
      await first.query('commit')
      first.release()
      await second
    })

    it.each([
      ['role', { id: 'b', recipientId: 2, repositoryId: 78 }, { id: 'c', role: 'other' }],
      ['person', { id: 'b', role: 'other', repositoryId: 78 }, { id: 'c', recipientId: 2 }],
      ['repository', { id: 'b', role: 'other', recipientId: 2 }, { id: 'c', repositoryId: 78 }],
    ] as const)('counts what the same %s has, and nothing else', async (scope, same, apart) => {
      const { ledger } = world()
      await ledger.commit(within({ id: 'a', approval: 'asked' }, { atOnce: 1 }, scope))
      const late = ledger.commit(within(same, { atOnce: 1 }, scope))
      await expect(late).rejects.toThrow(LedgerConflict)
      await ledger.commit(within(apart, { atOnce: 1 }, scope))
    })

    it('counts those that come in the same commit', async () => {
      const { ledger } = world()
      const two = ['a', 'b'].map((id) => within({ id }, { dailySeconds: 3 * 3600 }))
      const both: Commit = {
        now: start,
        grants: two.flatMap(({ grants = [] }) => grants),
        newBindings: two.flatMap(({ newBindings = [] }) => newBindings),
        limits: two.flatMap(({ limits = [] }) => limits),
      }
      await expect(ledger.commit(both)).rejects.toThrow('daily')
      expect(await ids(ledger)).toEqual([])
    })

    it('does not count what the commit itself changes', async () => {
      const { ledger } = world()
      const asked = within({ id: 'a', approval: 'asked' }, { atOnce: 1, dailySeconds: 7200 })
      await ledger.commit(asked)
      const denied = changing(await grantIn(ledger, 'a'), start, {
        ...approve(sre),
        type: 'deny',
        because: undefined,
      })
      await ledger.commit({ now: start, grants: [denied], limits: asked.limits ?? [] })
    })
  })

  it('tells what was used: what is open, what began within a day, and when the last was over', async () => {
    const { ledger } = world()
    const nothing = { atOnce: 0, lastEndedAt: undefined, secondsInDay: 0 }
    const asked = { ...here, now: start }
    expect(await ledger.usage(asked)).toEqual({
      role: nothing,
      person: nothing,
      repository: nothing,
    })
    await ledger.commit(starting({ id: 'old', at: start - 25 * hour, leaseSeconds: 90_000 + 60 }))
    await ledger.commit(starting({ id: 'done', at: start - hour }))
    await ledger.commit(starting({ id: 'runs', at: start, role: 'other', leaseSeconds: 60 }))
    await ledger.commit(starting({ id: 'waits', repositoryId: 78, approval: 'asked' }))
    await ledger.commit(starting({ id: 'theirs', recipientId: 2, leaseSeconds: 600 }))
    const over = start - 30 * minute
    const done = changing(await grantIn(ledger, 'done'), over, present('b-done'), revoke)
    await ledger.commit({ now: over, grants: [done] })
    expect(await ledger.usage(asked)).toEqual({
      role: { atOnce: 3, lastEndedAt: over, secondsInDay: 1800 + 7200 },
      person: { atOnce: 3, lastEndedAt: over, secondsInDay: 1800 + 7200 + 60 },
      repository: { atOnce: 3, lastEndedAt: over, secondsInDay: 1800 + 60 + 600 },
    })
    const others = await ledger.usage({ ...asked, without: ['waits', 'done'] })
    expect(others.person).toEqual({ atOnce: 2, lastEndedAt: undefined, secondsInDay: 60 })
    const early = within({ id: 'x' }, { cooldownSeconds: 1801 })
    await expect(ledger.commit(early)).rejects.toThrow('cooldown')
    await ledger.commit(within({ id: 'x' }, { cooldownSeconds: 1800 }))
  })

  it('does not let anything in that came to nothing count', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a', approval: 'asked' }))
    await ledger.commit(starting({ id: 'b' }))
    const { usage } = ledger
    expect((await usage({ ...here, now: start })).role.atOnce).toBe(2)
    const lapsed = changing(await grantIn(ledger, 'a'), start + 25 * hour, { type: 'tick' })
    const failed = changing(await grantIn(ledger, 'b'), start, {
      type: 'end',
      reason: 'could-not-be-given',
      by: { kind: 'hallpass' },
    })
    await ledger.commit({ now: start, grants: [lapsed, failed] })
    const nothing = { atOnce: 0, lastEndedAt: undefined, secondsInDay: 0 }
    expect((await usage({ ...here, now: start })).role).toEqual(nothing)
  })

  describe('while it is frozen', () => {
    it('is refused to what a freeze covers, until that is over', async () => {
      const { ledger } = world()
      const scopes: readonly FreezeScope[] = [
        { kind: 'all' },
        { kind: 'person', personId: 1 },
        { kind: 'role', role },
        { kind: 'repository', repositoryId: 77 },
      ]
      for (const [index, scope] of scopes.entries()) {
        const id = `f${index}`
        const begin = freeze(scope, id)
        const grant = { ...starting({ id: `g${index}` }), unfrozen: [here] }
        await ledger.commit({ now: start, freezes: [{ begin }] })
        expect(await ledger.freezes()).toEqual([begin])
        await expect(ledger.commit(grant)).rejects.toThrow(LedgerConflict)
        await ledger.commit({ now: start, freezes: [{ end: id }] })
        await ledger.commit(grant)
      }
      expect(await ledger.freezes()).toEqual([])
      await expect(ledger.commit({ now: start, freezes: [{ end: 'f0' }] })).rejects.toThrow('over')
    })

    it('leaves no grant that neither the freeze saw nor was refused', async () => {
      const { ledger, another } = world()
      const other = await another()
      const come = Array.from({ length: 8 }, (_, index) => index)
      const seen = other.commit(everything).then(() => ids(other))
      const admitted = await carriedOut(
        come.map((index) => ledger.commit({ ...starting({ id: `g${index}` }), unfrozen: [here] })),
      )
      expect(await seen).toEqual(expect.arrayContaining(admitted.map((index) => `g${index}`)))
      const late = { ...starting({ id: 'late' }), unfrozen: [here] }
      await expect(ledger.commit(late)).rejects.toThrow(LedgerConflict)
    })

    it.each(['a new grant', 'a new grant within limits', 'an approval'])(
      'keeps %s waiting while a freeze is being written, and then refuses it',
      async (what) => {
        const { ledger, another, database } = world()
        // The embedded database lets one transaction in at a time as it is.
        if (database.databaseUrl === undefined) return
        await ledger.commit(starting({ id: 'asked', approval: 'asked' }))
        const asked = changing(await grantIn(ledger, 'asked'), start, approve(sre))
        const commit: Commit =
          what === 'an approval' ? { now: start, grants: [asked] } : within({ id: 'a' }, {})
        const freezing = await database.pool.connect()
        await freezing.query('begin')
        await freezing.query('select from hallpass.admission for update')
        await freezing.query('insert into hallpass.freezes values ($1, $2, $3)', [
          'f',
          start,
          JSON.stringify(freeze({ kind: 'all' })),
        ])
        const { limits = [], ...rest } = commit
        const tried = (await another()).commit({
          ...rest,
          ...(what.includes('limits') ? { limits } : {}),
          unfrozen: [here],
        })
        const settled = Promise.allSettled([tried])
        await waitsOrEnds(database, settled)
        await freezing.query('commit')
        freezing.release()
        await expect(tried).rejects.toThrow(LedgerConflict)
      },
    )

    it('leaves no approval that neither the freeze saw nor was refused', async () => {
      const { ledger, another } = world()
      const other = await another()
      const asked = Array.from({ length: 6 }, (_, index) => `g${index}`)
      for (const id of asked) await ledger.commit(starting({ id, approval: 'asked' }))
      const yes = await Promise.all(
        asked.map(async (id) => changing(await grantIn(ledger, id), start, approve(sre))),
      )
      const versions = async () =>
        (await other.listGrants({ open: true, limit: 99 })).map(
          ({ id, version }) => `${id} ${version}`,
        )
      const seen = other.commit(everything).then(versions)
      const approved = await carriedOut(
        yes.map((change) => ledger.commit({ now: start, grants: [change], unfrozen: [here] })),
      )
      expect(await seen).toEqual(
        expect.arrayContaining(approved.map((index) => `g${index} ${yes[index]?.grant.version}`)),
      )
    })
  })

  describe('of an act', () => {
    it('happens once, whoever brings it and in whatever order, with all that comes with it', async () => {
      const { ledger, another } = world()
      const other = await another()
      expect(await ledger.hasAct('comment:1')).toBe(false)
      const acts = ['comment:1', 'comment:1/2']
      const come = ['a', 'b', 'c', 'd'].map((id, index) =>
        (index % 2 ? ledger : other).commit({
          ...starting({ id }),
          acts: index % 2 ? acts : acts.toReversed(),
        }),
      )
      const settled = await Promise.allSettled(come)
      const refused = settled.filter((each) => each.status === 'rejected')
      expect(refused).toHaveLength(3)
      for (const { reason } of refused) expect(reason).toBeInstanceOf(ActRepeated)
      expect(await ids(ledger)).toHaveLength(1)
      expect(await ledger.hasAct('comment:1')).toBe(true)
      expect(await ledger.hasAct('comment:2')).toBe(false)
    })

    it('may be tried again when its commit came to nothing', async () => {
      const { ledger } = world()
      await ledger.commit(everything)
      const commit: Commit = { now: start, acts: ['comment:1'], dirtySubjects: [subject()] }
      await expect(ledger.commit({ ...commit, unfrozen: [here] })).rejects.toThrow('frozen')
      expect(await ledger.hasAct('comment:1')).toBe(false)
      await ledger.commit(commit)
      expect((await ledger.report(key()))?.dirtyVersion).toBe(1)
    })
  })

  it('does not make commits wait for each other in a circle', async () => {
    const { ledger, another } = world()
    const other = await another()
    await ledger.commit(starting({ id: 'z1' }))
    await ledger.commit(starting({ id: 'z2', at: start + second }))
    const grants = [await grantIn(ledger, 'z1'), await grantIn(ledger, 'z2')]
    const wishes = Array.from({ length: 12 }, (_, index) => index)
    const come = wishes.map((index) => {
      const commit = within({ id: `g${index}`, number: 12 + (index % 3) }, {})
      const documents = ['b1', 'b2'].map((blob) => ({ blob, text: blob }))
      const turned = index % 2 ? documents.toReversed() : documents
      const decisions = [{ grantId: `g${index}`, revision: 1, facts: {}, documents: turned }]
      return (index % 2 ? ledger : other).commit({
        ...commit,
        acts: [`a${index}`],
        unfrozen: [here],
        decisions,
        standingConfirmed: grants.map(({ id }) => ({ id, version: 0 })),
        events: [
          {
            stream: 'instance',
            event: { type: 'freeze.over', id: 'f', by: freeze({ kind: 'all' }).by },
          },
        ],
      })
    })
    expect(await carriedOut(come)).toHaveLength(wishes.length)
  })
})

import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Migrator } from 'kysely/migration'
import { openDatabase } from '../../src/adapters/postgres/database.ts'
import { createLedger } from '../../src/adapters/postgres/ledger.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { ledgerMigration } from '../../src/adapters/postgres/migrations/0001-ledger.ts'
import { nothingPosted } from '../../src/workflows/ports.ts'
import { ledgerStores, type FreshDatabase } from '../support/databases.ts'

const salts = () => randomBytes(16).toString('hex')
const now = Date.UTC(2026, 10, 22)

/** A ledger as the first release left it, with grants in it. */
async function first(database: FreshDatabase): Promise<void> {
  const db = openDatabase(database.pool)
  const ledger = ledgerMigration({ instance: 'abcdefgh', at: now, salts })
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ '0001-ledger': ledger }) },
    migrationTableSchema: 'hallpass',
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw new Error('not migrated', { cause: error })
  await database.pool.query(`insert into hallpass.subjects (key, installation_id, account_id,
    repository_id, number, kind, owner, repository, dirty_version, posted)
    values ('77#12', 9, 8, 77, 12, 'pull_request', 'acme', 'shop', 1,
      '{"commentId":5,"commentsMade":1,"commentBody":"b","check":null}')`)
  await database.pool.query(`insert into hallpass.lanes (id, principal)
    values ('aws/1/user/A', '{"cloud":"aws","account":"1","userName":"a","userId":"A"}')`)
  for (const id of ['b-1', 'b-2'])
    await database.pool.query(
      `insert into hallpass.bindings (id, lane_id, binding, ends_at) values ($1, 'aws/1/user/A',
        '{"role":{"cloud":"aws","mode":"inline-permissions","account":"1","allow":[]}}', 1)`,
      [id],
    )
  for (const [index, state] of states.entries()) {
    const ends = 'endsAt' in state ? state.endsAt : null
    await database.pool.query(
      `insert into hallpass.grants (id, subject, cause, role, recipient_id, phase, version, state,
        requested_at, ends_at, due_at, standing_checked_at)
        values ($1, '77#12', $1, 'r', 1, $2, 3, $3, $4, $5, $5, $4)`,
      [state.id, state.phase, JSON.stringify(state), now + index, ends],
    )
  }
}

const subject = {
  installationId: 9,
  accountId: 8,
  repositoryId: 77,
  number: 12,
  kind: 'pull_request',
  owner: 'acme',
  repository: 'shop',
}
const revision = (approval: unknown) => ({
  number: 1,
  digest: 'd',
  code: 'AAAA-AAAA',
  offer: { role: 'r', recipient: { id: 1, login: 'o' }, subject, leaseSeconds: 7200, approval },
})
const times = { approvedAt: now, endsAt: now + 7_200_000 }
const by = [{ kind: 'team', slug: 'sre' }]
const states = [
  {
    id: 'waits',
    phase: 'requested',
    version: 3,
    lapsesAt: now + 86_400_000,
    revision: revision({ by, count: 2 }),
    approvals: [
      { by: { id: 4, login: 'sre' }, at: now },
      { by: { id: 5, login: 'dba' }, at: now },
    ],
  },
  { id: 'runs', phase: 'active', version: 3, revision: revision('none'), ...times },
  {
    id: 'over',
    phase: 'ended',
    version: 3,
    revision: revision('none'),
    reason: 'reviewed',
    ...times,
    endingAt: now + 1_800_000,
    endedAt: now + 1_900_000,
  },
]

describe.each(ledgerStores())('Migrating, $name', ({ fresh }) => {
  let database: FreshDatabase
  beforeAll(async () => {
    database = await fresh()
  })
  beforeEach(() => database.pool.query('drop schema if exists hallpass cascade'))
  afterAll(() => database.close())
  const open = () => createLedger({ pool: database.another(), salts, now })

  it('is done once by many that start together', async () => {
    const ledgers = await Promise.all(Array.from({ length: 6 }, open))
    expect(new Set(ledgers.map(({ instance }) => instance)).size).toBe(1)
    expect(await ledgers[0]?.log(0, 10)).toHaveLength(1)
    expect((await open()).instance).toBe(ledgers[0]?.instance)
  })

  it('tells what went wrong and leaves nothing behind', async () => {
    const { pool } = database
    await pool.query('create schema hallpass')
    await pool.query('create table hallpass.deliveries (theirs int)')
    const failed = createLedger({ pool, salts, now })
    await expect(failed).rejects.toThrow('could not be brought up to date')
    await expect(failed).rejects.toMatchObject({
      cause: { message: /"deliveries" already exists/ },
    })
    const { rows } = await pool.query(
      `select relname from pg_class
       where relnamespace = 'hallpass'::regnamespace and relkind = 'r'`,
    )
    expect(rows).toEqual([{ relname: 'deliveries' }])
    await pool.query('drop schema hallpass cascade')
    expect((await open()).instance).toMatch(/^.{8}$/)
  })

  it('refuses a ledger that a newer program has migrated', async () => {
    await open()
    await database.pool.query(
      `insert into hallpass.kysely_migration values ('9999-later', '2027-01-01T00:00:00.000Z')`,
    )
    await expect(open()).rejects.toMatchObject({ cause: { message: /9999-later is missing/ } })
  })

  it('asks two questions where all is up to date, and waits for nobody', async () => {
    await open()
    const heard: string[] = []
    const db = openDatabase(database.pool, ({ query }) => void heard.push(query.sql))
    await migrate(db, { instance: 'another', at: now, salts })
    expect(heard).toEqual([
      expect.stringContaining('to_regclass'),
      expect.stringContaining('kysely_migration'),
    ])
  })

  it('brings what the first release kept up to date', async () => {
    await first(database)
    const ledger = await open()
    expect(ledger.instance).toBe('abcdefgh')
    expect(await ledger.log(0, 10)).toHaveLength(1)
    const { posted, grants, debts } = (await ledger.report('77#12')) ?? {}
    expect(posted).toEqual({ ...nothingPosted, commentId: 5, commentsMade: 1, commentBody: 'b' })
    expect(debts).toEqual([])
    const [waits, runs, over] = grants ?? []
    expect(waits).toMatchObject({
      approvals: [
        { by: { id: 4 }, stage: 0 },
        { by: { id: 5 }, stage: 0 },
      ],
      revision: {
        offer: {
          trigger: 'review_requested',
          separationUnproven: true,
          parameters: {},
          approval: { stages: [{ by, count: 2 }], separate: true, lapseSeconds: 86_400 },
        },
      },
    })
    const upgraded = { approval: 'none', separationUnproven: false, trigger: 'review_requested' }
    expect(runs?.revision.offer).toMatchObject(upgraded)
    expect(over?.revision.offer).toMatchObject(upgraded)
    expect(await ledger.givenRoles()).toEqual([
      { cloud: 'aws', mode: 'inline-permissions', account: '1', allow: [] },
    ])
    expect((await ledger.lane('aws/1/user/A'))?.lane).toMatchObject({
      id: 'aws/1/user/A',
      cloud: 'aws',
      principal: { userId: 'A' },
    })
  })

  it('goes on from the fences that were given', async () => {
    await first(database)
    await database.pool.query(
      `insert into hallpass.claims values ('report:77#12', null, 8, $1, false), ('recover', 'a', 7, $1, false)`,
      [now],
    )
    const ledger = await open()
    const rest = await database.pool.query('select key from hallpass.claims')
    expect(rest.rows).toEqual([{ key: 'recover' }])
    for (const [key, takenOver] of [['recover', true] as const, ['report:77#12', false] as const]) {
      const claim = await ledger.claim(key, 'b', now, 1000)
      expect(claim).toMatchObject({ takenOver })
      expect(claim?.fence).toBeGreaterThan(1_000_000)
    }
  })

  it('counts what the first release gave, and warns of its end', async () => {
    await first(database)
    const ledger = await open()
    const usage = await ledger.usage({ recipientId: 1, role: 'r', repositoryId: 77, now })
    const counted = { atOnce: 2, lastEndedAt: now + 1_800_000, secondsInDay: 7200 + 7200 + 1800 }
    expect(usage).toEqual({ role: counted, person: counted, repository: counted })
    const due = async (at: number) => {
      const { grants } = await ledger.due(at, { standingBefore: 0, limit: 9 })
      return grants
    }
    expect(await due(now + 6_599_999)).toEqual([])
    expect(await due(now + 6_600_000)).toEqual(['runs'])
  })
})

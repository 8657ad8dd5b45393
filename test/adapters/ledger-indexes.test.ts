import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi, type MockInstance } from 'vitest'
import { createLedger } from '../../src/adapters/postgres/ledger.ts'
import { ledgerStores, type FreshDatabase } from '../support/databases.ts'
import { delivery, dueAt, key, lane, minute, salts, start, starting } from './ledger.world.ts'

const server = ledgerStores().find(({ name }) => name === 'postgres')

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly Plan[]
}
interface Run extends Plan {
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Run[]
}
interface Asked {
  readonly text: string
  readonly values: readonly unknown[]
}

/** Ten thousand of each thing that is over, around one that is not. */
const history = [
  `insert into hallpass.subjects
     (key, installation_id, account_id, repository_id, number, kind, owner, repository, dirty_version, clean_version)
   select '77#' || n, 9, 8, 77, n, 'pull_request', 'acme', 'shop', 3, 3
   from generate_series(1000, 11000) n`,
  `insert into hallpass.grants
     (id, subject, cause, role, recipient_id, phase, version, state, requested_at, ends_at, standing_checked_at)
   select 'old-' || n, '77#' || n, 'c' || n, 'orders-db-read', 1, 'ended', 6, jsonb_build_object(
     'approvedAt', n, 'endsAt', n + 1000, 'endingAt', n + 1000, 'reason', 'expired',
     'revision', '{"offer":{"subject":{"repositoryId":77}}}'::jsonb), n, n, n
   from generate_series(1000, 11000) n`,
  `insert into hallpass.lanes (id, address, dirty_version, clean_version)
   select 'old-' || n, '{}', 3, 3 from generate_series(1000, 11000) n`,
  `insert into hallpass.bindings (id, lane_id, binding, latest_ends_at, ends_at, attempted_at, certain_at)
   select 'old-' || n, '${lane.id}', '{}', n, n, n, n from generate_series(1000, 11000) n`,
  `insert into hallpass.holds select 'old-' || n, 'old-' || n, 'gone' from generate_series(1000, 11000) n`,
  `insert into hallpass.deliveries
     (id, event, installation_id, account_id, subject, body, body_hash, received_at, next_at, state)
   select 'old-' || n, 'x', 9, 8, '77#' || n, '', n, n, n, 'done' from generate_series(1000, 11000) n`,
  `insert into hallpass.notices select '77#' || n, 'policy', n, '{}' from generate_series(1000, 11000) n`,
  `insert into hallpass.debts (id, code, person_id, requester_id, subject, opened_at, debt)
   select 'old-' || n, n, 1, 1, '77#' || n, n, '{"acknowledged":{}}' from generate_series(1000, 11000) n`,
  `insert into hallpass.acts select 'old-' || n, n from generate_series(1000, 11000) n`,
  `insert into hallpass.policy_texts select 'old-' || n, 'x' from generate_series(1000, 11000) n`,
  `insert into hallpass.decisions (grant_id, revision, at, facts, blobs)
   select 'old-' || n, 1, n, '{}', array['old-' || n] from generate_series(1000, 11000) n`,
  `insert into hallpass.identity_links
   select n, 'aws', '111122223333', 'AIDA' || n from generate_series(1000, 11000) n`,
  `insert into hallpass.accepted_policies select n, 'old-' || n from generate_series(1000, 11000) n`,
  `insert into hallpass.claims select 'report:77#' || n, null, 3, n, false from generate_series(1000, 11000) n`,
]

describe.skipIf(server === undefined)('History', () => {
  let database: FreshDatabase
  beforeAll(async () => {
    if (server === undefined) throw new Error('skipped')
    database = await server.fresh()
    const ledger = await createLedger({ pool: database.pool, salts, now: start })
    await ledger.commit(starting({ id: 'a' }))
    await ledger.accept(delivery(), start)
    for (const statement of history) await database.pool.query(statement)
    // Vacuumed as a server does by itself: an index-only scan needs it to be chosen.
    await database.pool.query('vacuum analyze')
  })
  afterAll(() => database.close())

  async function asked(work: () => Promise<unknown>): Promise<readonly Asked[]> {
    // Each connection that is used: which `query` it has is its own business.
    const spies = new Set<MockInstance>()
    const listen = (client: pg.PoolClient) => void spies.add(vi.spyOn(client, 'query'))
    database.pool.on('acquire', listen)
    await work()
    database.pool.off('acquire', listen)
    const calls = [...spies].flatMap((spy) => spy.mock.calls as readonly (readonly unknown[])[])
    for (const spy of spies) spy.mockRestore()
    return calls
      .map(([text, values]) => ({
        text: String(text),
        values: (values ?? []) as readonly unknown[],
      }))
      .filter(({ text }) => /^\s*select/.test(text))
  }

  async function scanned({ text, values }: Asked): Promise<readonly string[]> {
    const { rows } = await database.pool.query<{ 'QUERY PLAN': readonly { Plan: Plan }[] }>(
      `explain (format json) ${text}`,
      [...values],
    )
    const walk = (plan: Plan): readonly string[] => [
      ...(plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? '?'] : []),
      ...(plan.Plans ?? []).flatMap(walk),
    ]
    return rows[0]?.['QUERY PLAN'].flatMap(({ Plan }) => walk(Plan)) ?? []
  }

  /** How many rows were looked at, kept or not. */
  async function rowsRead({ text, values }: Asked): Promise<number> {
    const { rows } = await database.pool.query<{ 'QUERY PLAN': readonly { Plan: Run }[] }>(
      `explain (analyze, format json) ${text}`,
      [...values],
    )
    const read = (run: Run): number =>
      (run['Actual Rows'] + (run['Rows Removed by Filter'] ?? 0)) * run['Actual Loops'] +
      (run.Plans ?? []).reduce((sum, plan) => sum + read(plan), 0)
    return rows[0]?.['QUERY PLAN'].reduce((sum, { Plan }) => sum + read(Plan), 0) ?? 0
  }

  it('is not read to find what is due', async () => {
    const ledger = await createLedger({ pool: database.pool, salts, now: start })
    const questions = await asked(() => dueAt(ledger, start + 4 * minute))
    expect(questions).toHaveLength(6)
    for (const question of questions) expect(await scanned(question), question.text).toEqual([])
  })

  it('is not read to work on a lane, a report or a grant', async () => {
    const ledger = await createLedger({ pool: database.pool, salts, now: start })
    const questions = await asked(async () => {
      expect((await ledger.lane(lane.id))?.bindings).toHaveLength(1)
      await ledger.report(key())
      await ledger.listGrants({ live: true, limit: 10 })
      await ledger.causeUsed('cause-a', 'orders-db-read', 1)
    })
    expect(questions.length).toBeGreaterThan(6)
    // A table of one row, whatever happens.
    for (const question of questions)
      expect(['seat'], question.text).toEqual(
        expect.arrayContaining([...(await scanned(question))]),
      )
  })

  it('is not read to tell what is so now, nor how late access was gone', async () => {
    const ledger = await createLedger({ pool: database.pool, salts, now: start })
    const questions = await asked(async () => {
      const { grants } = await ledger.measures(start + 4 * minute)
      expect(grants).toEqual({ requested: 0, approved: 1, active: 0, ending: 0 })
      expect((await ledger.lateness(0)).all).toBeUndefined()
    })
    expect(questions).toHaveLength(6)
    for (const question of questions) expect(await rowsRead(question)).toBeLessThan(300)
    // These have a row for each thing that is there now.
    const small = ['alarms', 'freezes', 'schedule', 'write_budgets']
    for (const question of questions)
      expect(small, question.text).toEqual(expect.arrayContaining([...(await scanned(question))]))
  })

  it('is not read to count what is used, nor to ask who owes, who is who and what was decided', async () => {
    const ledger = await createLedger({ pool: database.pool, salts, now: start })
    const used = { recipientId: 1, role: 'orders-db-read', repositoryId: 77, now: start }
    const questions = await asked(async () => {
      const { person } = await ledger.usage(used)
      expect(person).toEqual({ atOnce: 1, lastEndedAt: 12_000, secondsInDay: 7200 })
      await ledger.listGrants({ open: true, limit: 10 })
      await ledger.debtsOf([1, 2])
      await ledger.debt('10000')
      await ledger.hasAct('old-5000')
      await ledger.decision('old-5000')
      await ledger.identityLink(5000, 'aws', '111122223333')
      await ledger.identityHolder('aws', '111122223333', 'AIDA5000')
      await ledger.acceptedPolicy('5000')
      await ledger.knownBindings(['old-5000', 'new'])
      await ledger.adoptedSince(start)
    })
    expect(questions).toHaveLength(11)
    const [usage] = questions
    if (usage === undefined) throw new Error('nothing was asked')
    expect(await rowsRead(usage)).toBeLessThan(60)
    for (const question of questions) expect(await scanned(question), question.text).toEqual([])
  })
})

// A person has said that the ledger may be acted on: in one transaction with what follows from that.
import { sql } from 'kysely'
import { LedgerConflict } from '../../domain/errors.ts'
import type { Claiming } from '../../workflows/ports.ts'
import { appendEvents } from './append-events.ts'
import { entriesOf } from './commit.ts'
import { deriveBindings } from './commit-bindings.ts'
import { writeGrants } from './commit-grants.ts'
import { writeLanes } from './commit-lanes.ts'
import { touchSubjects } from './commit-subjects.ts'
import { transact, type Database, type Tx } from './database.ts'
import { jsonText } from './json.ts'
import { planReconciliation } from './reconciliation.ts'

export async function claimSeat(
  db: Database,
  claiming: Claiming,
  salts: () => string,
): Promise<void> {
  const { now, grants, event, asNew } = claiming
  const change = { now, grants, events: [event] }
  await transact(db, async (tx) => {
    await moveSeat(tx, claiming)
    await touchSubjects(tx, change)
    await writeGrants(tx, grants, now)
    await (asNew === undefined ? lookAtAll(tx, claiming) : leaveAll(tx, asNew, now))
    await appendEvents(tx, entriesOf(change), now, salts)
  })
}

async function moveSeat(tx: Tx, { now, read, seat, askedSince }: Claiming): Promise<void> {
  const moved = await tx
    .updateTable('seat')
    .set({
      noted: jsonText(seat),
      unclaimed: null,
      found_at: null,
      // NB: later than any before, so that every process that knew a former one hears of it.
      claimed_at: sql<number>`greatest(${now}::bigint, claimed_at + 1)`,
      asked_since: askedSince,
      asks: true,
    })
    .where(
      sql<boolean>`noted is not distinct from ${read.noted === undefined ? null : jsonText(read.noted)}::jsonb`,
    )
    .returning('one_row')
    .executeTakeFirst()
  if (moved === undefined)
    throw new LedgerConflict('Somebody else has claimed the ledger meanwhile')
}

/** Whatever was seen of the clouds and of GitHub may be long past: all that lives is read again. */
async function lookAtAll(tx: Tx, { grants, now }: Claiming): Promise<void> {
  const moved = await deriveBindings(tx, grants)
  const open = await tx
    .selectFrom('bindings')
    .select('lane_id')
    .distinct()
    .where('open', '=', true)
    .execute()
  await writeLanes(tx, [...moved, ...open.map(({ lane_id }) => lane_id)], undefined)
  await tx.updateTable('grants').set({ standing_checked_at: 0 }).where('held', '=', true).execute()
  await planReconciliation(tx, now)
  // What came of asking is lost with the history: an answer that was given in it brought nothing here.
  await tx
    .updateTable('lost_deliveries')
    .set({ asked: 0, next_at: 0 })
    .where('state', '=', 'open')
    .execute()
}

/** NB: no cloud and no comment is touched for any of it. What is a fact of people, such as a freeze, stays. */
async function leaveAll(tx: Tx, instance: string, now: number): Promise<void> {
  for (const statement of left) await sql.raw(statement).execute(tx)
  await tx
    .updateTable('deliveries')
    .set({ state: 'done', outcome: 'left to the original', done_at: now, body: new Uint8Array() })
    .where('state', '=', 'pending')
    .execute()
  await tx.updateTable('instance').set({ id: instance }).execute()
  await tx.updateTable('seat').set({ copied_at: now, asks: false }).execute()
}

const left = [
  `update hallpass.bindings set desired = false, held = false, attempted_at = null where open`,
  `update hallpass.lanes set clean_version = dirty_version, check_at = null, failures = 0,
    last_error = null`,
  `update hallpass.subjects set clean_version = dirty_version, posted = default, failures = 0,
    last_error = null`,
  ...['notices', 'alarms', 'sites', 'schedule', 'debts', 'lost_deliveries'].map(
    (table) => `delete from hallpass.${table}`,
  ),
]

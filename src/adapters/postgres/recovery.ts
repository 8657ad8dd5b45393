// Deliveries that were lost, and how far GitHub's list of them was read.
import { sql } from 'kysely'
import { redeliveryMsMax, type LostDelivery } from '../../domain/deliveries/judge-attempts.ts'
import { hourMs, type Instant } from '../../domain/time.ts'
import type { Commit, Ledger } from '../../workflows/ports.ts'
import type { Database, Tx } from './database.ts'
import { plainText } from './json.ts'

export async function readRecovery(db: Database): ReturnType<Ledger['recovery']> {
  const { created_at: bornAt } = await db
    .selectFrom('instance')
    .select('created_at')
    .executeTakeFirstOrThrow()
  const planned = await db
    .selectFrom('schedule')
    .select(['recover_at', 'recovered_to'])
    .executeTakeFirst()
  const rows = await db.selectFrom('lost_deliveries').selectAll().orderBy('lost_at').execute()
  const lost = rows.map(({ attempt_id, lost_at, next_at, ...row }) => ({
    ...row,
    attemptId: attempt_id,
    lostAt: lost_at,
    nextAt: next_at,
  }))
  const { recover_at: nextAt, recovered_to: readTo } = planned ?? {}
  return { bornAt, nextAt: nextAt ?? undefined, readTo: readTo ?? undefined, lost }
}

export async function receivedAmong(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('deliveries')
    .select('id')
    .where(sql<boolean>`id = any(${ids}::text[])`)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** What GitHub lists no more is forgotten. */
const keptMs = redeliveryMsMax + 24 * hourMs

export async function writeRecovery(
  tx: Tx,
  { nextAt, readTo, lost = [] }: NonNullable<Commit['recovery']>,
  now: Instant,
): Promise<void> {
  const times = {
    ...(nextAt === undefined ? {} : { recover_at: nextAt }),
    ...(readTo === undefined ? {} : { recovered_to: readTo }),
  }
  if (nextAt !== undefined || readTo !== undefined)
    await tx
      .insertInto('schedule')
      .values(times)
      .onConflict((conflict) => conflict.column('one_row').doUpdateSet(times))
      .execute()
  for (const each of lost) await writeLost(tx, each)
  if (readTo !== undefined)
    await tx
      .deleteFrom('lost_deliveries')
      .where('lost_at', '<', now - keptMs)
      .execute()
}

async function writeLost(tx: Tx, { guid, ...lost }: LostDelivery): Promise<void> {
  const row = {
    attempt_id: plainText(lost.attemptId),
    event: plainText(lost.event),
    lost_at: lost.lostAt,
    asked: lost.asked,
    next_at: lost.nextAt,
    state: lost.state,
  }
  await tx
    .insertInto('lost_deliveries')
    .values({ guid: plainText(guid), ...row })
    .onConflict((conflict) => conflict.column('guid').doUpdateSet(row))
    .execute()
}

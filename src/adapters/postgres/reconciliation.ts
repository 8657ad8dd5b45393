// What the ledger knows when somebody looks around in the clouds, and what is recorded of it.
import { sql } from 'kysely'
import type { Alarm } from '../../domain/lanes/alarms.ts'
import type { KnownBinding } from '../../domain/lanes/judge-found.ts'
import { siteOf } from '../../domain/lanes/places.ts'
import type { BindingId, CloudRole } from '../../domain/lanes/types.ts'
import type { Instant } from '../../domain/time.ts'
import type { Commit } from '../../workflows/ports.ts'
import { lockBindings, writeLaneAddresses } from './commit-bindings.ts'
import type { Database, Tx } from './database.ts'
import { jsonText, plainText } from './json.ts'

export async function knownBindings(
  db: Database,
  ids: readonly BindingId[],
): Promise<readonly KnownBinding[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('bindings')
    .select(['id', 'lane_id', 'open', 'certain_at'])
    .where(sql<boolean>`id = any(${ids}::text[])`)
    .execute()
  return rows.map(({ id, lane_id, open, certain_at }) => ({
    id,
    laneId: lane_id,
    open,
    certainAt: certain_at ?? undefined,
  }))
}

export async function givenRoles(db: Database): Promise<readonly CloudRole[]> {
  const rows = await db.selectFrom('sites').select('role').orderBy('id').execute()
  return rows.map(({ role }) => role)
}

export async function adoptedSince(db: Database, since: Instant): Promise<number> {
  const { count } = await db
    .selectFrom('bindings')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('adopted_at', '>=', since)
    .executeTakeFirstOrThrow()
  return count
}

export async function readAlarms(db: Database): Promise<readonly Alarm[]> {
  const rows = await db.selectFrom('alarms').selectAll().orderBy('at').orderBy('id').execute()
  return rows.map(({ id, place, at, text }) => ({ id, placeId: place, at, text }))
}

export async function reconcileAt(db: Database): Promise<Instant | undefined> {
  const planned = await db.selectFrom('schedule').select('reconcile_at').executeTakeFirst()
  return planned?.reconcile_at ?? undefined
}

export async function writeSites(tx: Tx, roles: readonly CloudRole[]): Promise<void> {
  const sites = new Map(roles.map((role) => [siteOf(role), jsonText(role)]))
  if (sites.size === 0) return
  await tx
    .insertInto('sites')
    .values(
      [...sites].map(([id, role]) => ({ id, role })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * What was found begins as tried and not wanted: converging its lane removes it and proves that. What the ledger has
 * in hand by now stays as it is.
 */
export async function adoptBindings(
  tx: Tx,
  adopted: NonNullable<Commit['adopted']>,
  now: Instant,
): Promise<void> {
  if (adopted.length === 0) return
  await writeSites(
    tx,
    adopted.map(({ binding }) => binding.role),
  )
  await lockBindings(
    tx,
    adopted.map(({ binding }) => binding.id),
  )
  await writeLaneAddresses(
    tx,
    adopted.map(({ lane }) => lane),
  )
  const rows = adopted.map(({ binding: { endsAt, ...binding }, unasked }) => ({
    id: binding.id,
    lane_id: binding.laneId,
    binding: jsonText(binding),
    ends_at: endsAt,
    latest_ends_at: endsAt,
    attempted_at: now,
    adopted_at: unasked ? now : null,
  }))
  await tx
    .insertInto('bindings')
    .values(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({
          // NB: what stands may have been given a later end than was recorded.
          ends_at: sql<Instant>`greatest(bindings.ends_at, excluded.ends_at)`,
          latest_ends_at: sql<Instant>`greatest(bindings.latest_ends_at, excluded.latest_ends_at)`,
          attempted_at: sql<Instant>`coalesce(bindings.attempted_at, excluded.attempted_at)`,
          // NB: found once more as what has ended, it goes on counting as taken unasked.
          adopted_at: sql<Instant | null>`coalesce(excluded.adopted_at, bindings.adopted_at)`,
          missed_at: null,
          removed_at: null,
          certain_at: null,
          sessions_until: null,
          sessions_ended_at: null,
        })
        .where('bindings.open', '=', false),
    )
    .execute()
}

export async function writeAlarms(
  tx: Tx,
  { raised, over }: NonNullable<Commit['alarms']>,
): Promise<void> {
  for (const { id, placeId, at, text } of raised)
    await tx
      .insertInto('alarms')
      .values({ id: plainText(id), place: plainText(placeId), at, text: plainText(text) })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  if (over.length > 0)
    await tx
      .deleteFrom('alarms')
      .where(sql<boolean>`id = any(${over}::text[])`)
      .execute()
}

export async function planReconciliation(tx: Tx, at: Instant): Promise<void> {
  await tx
    .insertInto('schedule')
    .values({ reconcile_at: at })
    .onConflict((conflict) => conflict.column('one_row').doUpdateSet({ reconcile_at: at }))
    .execute()
}

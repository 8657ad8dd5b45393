import { sql } from 'kysely'
import { isHeld } from '../../domain/grants/phases.ts'
import type { BindingId, BindingNote, Lane, LaneId } from '../../domain/lanes/types.ts'
import type { Commit, GrantChange } from '../../workflows/ports.ts'
import type { Tx } from './database.ts'
import { jsonText } from './json.ts'

/**
 * With their lanes. A lane keeps the newest way to address it: its name may have changed since an older offer. What
 * several grants may hold is there already: as long as it is not over, it goes on, and a session may outlive it by the
 * longest that any of them was promised; else it begins anew.
 */
export async function insertBindings(
  tx: Tx,
  given: NonNullable<Commit['newBindings']>,
): Promise<void> {
  if (given.length === 0) return
  await lockBindings(
    tx,
    given.map(({ binding }) => binding.id),
  )
  await writeLaneAddresses(
    tx,
    given.map(({ lane }) => lane),
  )
  const bindings = given.map(({ binding: { endsAt, ...binding } }) => ({
    id: binding.id,
    lane_id: binding.laneId,
    binding: jsonText(binding),
    ends_at: endsAt,
    latest_ends_at: endsAt,
  }))
  await tx
    .insertInto('bindings')
    .values(bindings)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        binding: sql<string>`case when bindings.open then jsonb_set(bindings.binding, '{residualSeconds}',
          to_jsonb(greatest((bindings.binding ->> 'residualSeconds')::bigint,
            (excluded.binding ->> 'residualSeconds')::bigint)))
          else excluded.binding end`,
        latest_ends_at: sql<number>`case when bindings.open then bindings.latest_ends_at
          else excluded.latest_ends_at end`,
        ...whereOver,
      }),
    )
    .execute()
}

/** NB: before their lanes, as everybody does who records what was seen in one: else the two would wait for each other. */
export async function lockBindings(tx: Tx, ids: readonly BindingId[]): Promise<void> {
  await sql`
    select from hallpass.bindings where id = any(${ids}::text[]) order by id for update`.execute(tx)
}

export async function writeLaneAddresses(tx: Tx, all: readonly Lane[]): Promise<void> {
  const lanes = new Map(all.map(({ id, ...address }) => [id, jsonText(address)]))
  await tx
    .insertInto('lanes')
    .values([...lanes].map(([id, address]) => ({ id, address })).toSorted(byId))
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ address: sql<string>`excluded.address` }),
    )
    .execute()
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : 1

/**
 * Derives what is desired of every binding that a changed grant holds, and by when it ends: wanted by any grant that
 * is approved or active, until the last of those ends. Returns the lanes where that is not as it was.
 */
export async function deriveBindings(
  tx: Tx,
  changes: readonly GrantChange[],
): Promise<readonly LaneId[]> {
  const ids = [
    ...new Set(changes.flatMap(({ grant }) => grant.holds.map((hold) => hold.bindingId))),
  ]
  if (ids.length === 0) return []
  // NB: a statement of its own. What the next one sees is then at least as new as each lock.
  const locked = await sql<{ id: string }>`
    select id from hallpass.bindings where id = any(${ids}::text[]) order by id for update`.execute(
    tx,
  )
  requireKnown(changes, new Set(locked.rows.map(({ id }) => id)))
  const { rows } = await sql<{ lane: LaneId }>`
    update hallpass.bindings b
    set desired = d.desired, held = d.held, ends_at = coalesce(d.ends_at, b.ends_at),
      latest_ends_at = greatest(b.latest_ends_at, d.ends_at)
    from (
      select h.binding_id,
        bool_or(g.live) as held,
        bool_or(g.held and h.state in ('wanted', 'observed')) as desired,
        max(g.ends_at) filter (where g.held and h.state in ('wanted', 'observed')) as ends_at
      from hallpass.holds h join hallpass.grants g on g.id = h.grant_id
      where h.binding_id = any(${ids}::text[])
      group by h.binding_id
    ) d, hallpass.bindings former
    where b.id = d.binding_id and former.id = b.id
    returning case when former.desired <> b.desired or former.ends_at <> b.ends_at
      then b.lane_id end as lane`.execute(tx)
  return [...new Set(rows.flatMap(({ lane }) => lane ?? []))]
}

/** NB: access that no lane knows of would never be taken back. */
function requireKnown(changes: readonly GrantChange[], known: ReadonlySet<string>): void {
  for (const { grant } of changes) {
    if (!isHeld(grant)) continue
    const missing = grant.holds.find(({ bindingId }) => !known.has(bindingId))
    if (missing !== undefined) {
      throw new Error(
        `Grant ${grant.id} holds ${missing.bindingId}, which the ledger does not know`,
      )
    }
  }
}

const columns = {
  attemptedAt: 'attempted_at',
  presentAt: 'present_at',
  missedAt: 'missed_at',
  removedAt: 'removed_at',
  certainAt: 'certain_at',
  sessionsUntil: 'sessions_until',
  sessionsEndedAt: 'sessions_ended_at',
  standsUntil: 'stands_until',
  standsSince: 'stands_since',
} as const

/** What is over forgets what was seen of it. */
const whereOver = Object.fromEntries(
  Object.values(columns).map((column) => [
    column,
    sql<number | null>`case when bindings.open then bindings.${sql.ref(column)} end`,
  ]),
)

/** In one statement, however many they are: of two notes about one binding, the later one counts. */
export async function noteBindings(tx: Tx, notes: readonly BindingNote[]): Promise<void> {
  const merged = new Map<string, BindingNote['set']>()
  for (const { id, set } of notes) merged.set(id, { ...merged.get(id), ...set })
  const rows = [...merged]
    .map(([id, set]) => ({ id, set: inColumns(set) }))
    .filter(({ set }) => Object.keys(set).length > 0)
    .toSorted(byId)
  if (rows.length === 0) return
  const assignments = Object.values(columns).map(
    (column) =>
      sql`${sql.ref(column)} = case when v.set ? ${sql.lit(column)}
        then (v.set ->> ${sql.lit(column)})::bigint else b.${sql.ref(column)} end`,
  )
  await sql`
    update hallpass.bindings b set ${sql.join(assignments)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v (id text, set jsonb)
    where b.id = v.id`.execute(tx)
}

const inColumns = (set: BindingNote['set']): Readonly<Record<string, number | null>> =>
  Object.fromEntries(
    Object.entries(columns).flatMap(([name, column]) => {
      const value = set[name as keyof typeof columns]
      return value === undefined ? [] : [[column, value]]
    }),
  )

import { sql, type Selectable } from 'kysely'
import type { Grant } from '../../domain/grants/types.ts'
import type { BindingRecord, LaneId } from '../../domain/lanes/types.ts'
import type { Instant } from '../../domain/time.ts'
import type { LaneWork } from '../../workflows/ports.ts'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

/**
 * The bindings that are not over: desired, held by a live grant, or tried and not proven to be gone. The lane's own
 * row is read first: what changes after it makes the lane dirtier than the version told here.
 */
export async function readLane(db: Database, id: LaneId): Promise<LaneWork | undefined> {
  const lane = await db
    .selectFrom('lanes')
    .select(['address', 'dirty_version', 'failures', 'last_error', 'settled_at'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (lane === undefined) return undefined
  const { rows } = await sql<Row>`
    select b.*, (
      select coalesce(jsonb_agg(
        jsonb_build_object('grant', g.state, 'readAt', case when g.questioned then 0 else g.standing_checked_at end)
        order by g.requested_at, g.id), '[]')
      from hallpass.holds h join hallpass.grants g on g.id = h.grant_id
      where h.binding_id = b.id and g.live
    ) as holders
    from hallpass.bindings b where b.lane_id = ${id} and b.open order by b.id`.execute(db)
  return {
    lane: { ...lane.address, id },
    dirtyVersion: lane.dirty_version,
    failures: lane.failures,
    lastError: lane.last_error ?? undefined,
    settledAt: lane.settled_at ?? undefined,
    bindings: rows.map((row) => ({
      ...recordOf(row),
      holders: row.holders.map(({ grant }) => grant),
    })),
    standingReadAt: new Map(
      rows.flatMap(({ holders }) => holders.map(({ grant, readAt }) => [grant.id, readAt])),
    ),
  }
}

interface Holder {
  readonly grant: Grant
  readonly readAt: Instant
}
type Row = Selectable<Tables['bindings']> & { readonly holders: readonly Holder[] }

const recordOf = (row: Row): BindingRecord => ({
  binding: { ...row.binding, endsAt: row.ends_at },
  desired: row.desired ? 'present' : 'absent',
  attemptedAt: row.attempted_at ?? undefined,
  presentAt: row.present_at ?? undefined,
  missedAt: row.missed_at ?? undefined,
  removedAt: row.removed_at ?? undefined,
  certainAt: row.certain_at ?? undefined,
  sessionsUntil: row.sessions_until ?? undefined,
  sessionsEndedAt: row.sessions_ended_at ?? undefined,
  standsUntil: row.stands_until ?? undefined,
  standsSince: row.stands_since ?? undefined,
  latestEndsAt: row.latest_ends_at,
})

// What is so now, counted by indexes on what lives and what waits: history costs nothing.
import { sql, type RawBuilder } from 'kysely'
import { cloudTitles, type CloudName } from '../../domain/lanes/clouds.ts'
import type { CloudMeasures, LedgerMeasures } from '../../domain/measures/measures.ts'
import { hourMs, minuteMs, type Instant } from '../../domain/time.ts'
import type { Database } from './database.ts'
import { hourMax, minuteMax } from './write-budget.ts'

export async function readMeasures(db: Database, now: Instant): Promise<LedgerMeasures> {
  const all = async <T>(query: RawBuilder<T>) => (await query.execute(db)).rows
  const one = async <T>(query: RawBuilder<T>) => {
    const [row] = await all(query)
    if (row === undefined) throw new Error('A count counted nothing')
    return row
  }
  const [phases, inClouds, overdueNow] = [
    await all(phased),
    await all(held),
    await all(overdue(now)),
  ]
  const [lanesNow, rest] = [await all(lanes(now)), await one(others(now))]
  const count = (phase: string) => phases.find((row) => row.phase === phase)?.count ?? 0
  const cloud = (name: CloudName): CloudMeasures => {
    const here = (phase: string) =>
      inClouds.find((row) => row.cloud === name && row.phase === phase)?.count ?? 0
    const late = overdueNow.find((row) => row.cloud === name)
    const lane = lanesNow.find((row) => row.cloud === name)
    return {
      grants: { approved: here('approved'), active: here('active'), ending: here('ending') },
      overdue: { count: late?.count ?? 0, oldestMs: ageOf(late?.oldest, now) },
      lanes: {
        count: lane?.count ?? 0,
        oldestMs: ageOf(lane?.oldest, now),
        failing: lane?.failing ?? 0,
      },
    }
  }
  return {
    grants: {
      requested: count('requested'),
      approved: count('approved'),
      active: count('active'),
      ending: count('ending'),
    },
    clouds: byCloud(cloud),
    stuck: { count: rest.stuck, oldestMs: ageOf(rest.stuck_oldest, now) },
    inbox: {
      count: rest.pending,
      oldestMs: ageOf(rest.pending_oldest, now),
      failed: rest.failed,
    },
    reports: { waiting: rest.reports, failing: rest.reports_failing },
    debts: { count: rest.debts, oldestMs: ageOf(rest.debts_oldest, now) },
    alarms: rest.alarms,
    freezes: rest.freezes,
    reconcileLateMs: ageOf(rest.reconcile_at, now),
    writesLeft: {
      minute: minuteMax - (rest.spent_minute ?? 0),
      hour: hourMax - (rest.spent_hour ?? 0),
    },
  }
}

const byCloud = <T>(of: (cloud: CloudName) => T): Record<CloudName, T> =>
  Object.fromEntries(
    (Object.keys(cloudTitles) as CloudName[]).map((name) => [name, of(name)]),
  ) as Record<CloudName, T>

const ageOf = (oldest: Instant | null | undefined, now: Instant): number =>
  Math.max(0, now - (oldest ?? now))

const phased = sql<{ phase: string; count: number }>`
  select phase, count(*) as count from hallpass.grants where open group by phase
  union all
  select 'ending', count(*) from hallpass.grants where live and not held`

/** A lane's id begins with its cloud. */
const cloudOf = (lane: string) => sql`split_part(${sql.ref(lane)}, '/', 1)`

const held = sql<{ cloud: string; phase: string; count: number }>`
  select g.phase, ${cloudOf('b.lane_id')} as cloud, count(distinct g.id) as count
  from hallpass.grants g
    join hallpass.holds h on h.grant_id = g.id
    join hallpass.bindings b on b.id = h.binding_id
  where g.live group by 1, 2`

/**
 * Its time is over, and no cloud has acknowledged that it is removed. What was never attempted is nowhere, and what
 * another grant holds is rightly there.
 */
const overdue = (now: Instant) => sql<{ cloud: string; count: number; oldest: Instant }>`
  select ${cloudOf('b.lane_id')} as cloud, count(distinct g.id) as count,
    min(least(g.ends_at, (g.state ->> 'endingAt')::bigint)) as oldest
  from hallpass.grants g
    join hallpass.holds h on h.grant_id = g.id and h.state <> 'gone'
    join hallpass.bindings b on b.id = h.binding_id
  where g.live and b.attempted_at is not null and b.removed_at is null
    and ((g.phase = 'ending' and not b.desired) or g.ends_at <= ${now})
  group by 1`

const lanes = (now: Instant) => sql<{
  cloud: string
  count: number
  failing: number
  oldest: Instant | null
}>`
  select ${cloudOf('id')} as cloud, count(*) filter (where waits) as count,
    count(*) filter (where failures > 0) as failing, min(check_at) filter (where waits) as oldest
  from (
    select id, check_at, failures, true as waits from hallpass.lanes
      where dirty and (check_at is null or check_at > ${now})
    union all
    select id, check_at, failures, check_at <= ${now} from hallpass.lanes
      where check_at is not null and not (dirty and check_at > ${now})
  ) l
  group by 1`

const others = (now: Instant) => sql<{
  stuck: number
  stuck_oldest: Instant | null
  pending: number
  pending_oldest: Instant | null
  failed: number
  reports: number
  reports_failing: number
  debts: number
  debts_oldest: Instant | null
  alarms: number
  freezes: number
  reconcile_at: Instant | null
  spent_minute: number | null
  spent_hour: number | null
}>`
  select s.*, i.*, r.*, d.*, b.*,
    (select count(*) from hallpass.deliveries
      where state = 'failed' and received_at > ${now - 24 * hourMs}) as failed,
    (select count(*) from hallpass.alarms) as alarms,
    (select count(*) from hallpass.freezes) as freezes,
    (select reconcile_at from hallpass.schedule) as reconcile_at
  from
    (select count(*) as stuck, min((state #>> '{stuck,since}')::bigint) as stuck_oldest
      from hallpass.grants where live and state #>> '{stuck,since}' is not null) s,
    (select count(*) as pending, min(received_at) as pending_oldest
      from hallpass.deliveries where state = 'pending') i,
    (select count(*) as reports, count(*) filter (where failures > 0) as reports_failing
      from hallpass.subjects where dirty) r,
    (select count(*) as debts, min(opened_at) as debts_oldest from hallpass.debts where open) d,
    (select max(minute) as spent_minute, max(hour) as spent_hour from (
      select count(*) filter (where at > ${now - minuteMs}) as minute,
        count(*) filter (where at > ${now - hourMs}) as hour
      from hallpass.write_budgets, unnest(spent) as at group by installation_id) w) b`

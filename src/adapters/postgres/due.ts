// What waits for work. Each question is answered by an index on the rows that wait: history costs nothing.
import { sql, type RawBuilder } from 'kysely'
import type { Instant } from '../../domain/time.ts'
import type { Due } from '../../workflows/ports.ts'
import type { Database } from './database.ts'

interface Options {
  readonly standingBefore: Instant
  readonly limit: number
}

export async function readDue(db: Database, now: Instant, options: Options): Promise<Due> {
  const { limit, standingBefore } = options
  const ids = async (query: RawBuilder<{ id: string }>) =>
    (await query.execute(db)).rows.map(({ id }) => id)
  return {
    deliveries: await ids(deliveries(now, limit)),
    lanes: await ids(lanes(now, limit)),
    subjects: await ids(subjects(now, limit)),
    grants: await ids(grants(now, limit)),
    standing: await ids(standing(now, options)),
    nextAt: (await next(now, standingBefore).execute(db)).rows[0]?.at ?? undefined,
  }
}

/** Whether nobody works on it. */
const free = (kind: string, key: RawBuilder<unknown>, now: Instant) => sql`not exists (
  select from hallpass.claims
  where claims.key = ${sql.lit(`${kind}:`)} || ${key} and owner is not null and until > ${now})`

/** The oldest of each subject that may be tried now: one that waits for its next try does not keep back a later one. */
const deliveries = (now: Instant, limit: number) => sql<{ id: string }>`
  select id from (
    select distinct on (work_key) id, work_key, sequence from hallpass.deliveries
    where state = 'pending' and next_at <= ${now}
    order by work_key, sequence
  ) d
  where ${free('delivery', sql`d.work_key`, now)}
  order by sequence limit ${limit}`

/** So many of each cloud: lanes that wait for one that hangs must not hide those of the others. */
const lanes = (now: Instant, limit: number) => sql<{ id: string }>`
  select id from (
    select id, check_at,
      row_number() over (partition by split_part(id, '/', 1) order by check_at nulls first) as turn
    from (
      select id, check_at from hallpass.lanes where dirty
      union
      select id, check_at from hallpass.lanes where check_at <= ${now}
    ) d
    where ${free('lane', sql`d.id`, now)}
  ) l
  where turn <= ${limit}
  order by check_at nulls first`

const subjects = (now: Instant, limit: number) => sql<{ id: string }>`
  select key as id from hallpass.subjects s
  where dirty and retry_at <= ${now} and ${free('report', sql`s.key`, now)}
  order by retry_at limit ${limit}`

/** Their lanes end all that is over there at once: only where a lane did not is a grant ended by itself. */
const lanesFirstMs = 1_000

const grants = (now: Instant, limit: number) => sql<{ id: string }>`
  select id from hallpass.grants
  where due_at <= ${now} and not (held and ends_at <= ${now} and ends_at > ${now - lanesFirstMs})
  order by due_at limit ${limit}`

/**
 * Those that wait longest for a reading, and as many that nobody tried to read for longest: what cannot be read waits
 * for ever, and must not hide all others. When it was tried its last claim tells.
 */
const standing = (now: Instant, { standingBefore, limit }: Options) => sql<{ id: string }>`
  select id from (
    select d.id, row_number() over (order by d.read_at) as turn,
      row_number() over (order by coalesce(c.until, 0), d.read_at) as untried
    from (
      select subject as id, min(read_at) as read_at from (
        select subject, 0 as read_at from hallpass.grants where open and questioned
        union all
        select subject, standing_checked_at from hallpass.grants
        where open and standing_checked_at < ${standingBefore}
      ) g group by subject
    ) d left join hallpass.claims c on c.key = 'standing:' || d.id
    where c.owner is null or c.until <= ${now}
  ) s
  where least(turn, untried) <= ${limit} order by least(turn, untried), turn`

/** A reading of standing grows too old as long after it was made as `standingBefore` lies back. */
const next = (now: Instant, standingBefore: Instant) => sql<{ at: Instant | null }>`
  select least(
    (select min(next_at) from hallpass.deliveries where state = 'pending' and next_at > ${now}),
    (select min(check_at) from hallpass.lanes where check_at > ${now}),
    (select min(retry_at) from hallpass.subjects where dirty and retry_at > ${now}),
    (select min(due_at) from hallpass.grants where due_at > ${now}),
    (select min(standing_checked_at) from hallpass.grants
      where open and standing_checked_at >= ${standingBefore}) + ${now - standingBefore + 1}::bigint
  ) as at`

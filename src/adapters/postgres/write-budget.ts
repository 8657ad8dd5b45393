// GitHub's limits on content writes, shared by every process. The last hour's writes stand in one row per installation:
// whatever the minute or hour looked at, no more than that lie in it.
import { sql } from 'kysely'
import type { Instant } from '../../domain/time.ts'
import type { Spent, WriteCost } from '../../workflows/ports.ts'
import type { Database } from './database.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
export const minuteMax = 80
export const hourMax = 500

/** How much of it each may use: what can wait leaves room for what cannot. */
const percentOf: Readonly<Record<WriteCost, number>> = {
  acknowledge: 100,
  approval: 90,
  ending: 80,
  rest: 60,
  stranger: 20,
}

export async function spend(
  db: Database,
  installationId: number,
  cost: WriteCost,
  now: Instant,
): Promise<Spent> {
  const percent = percentOf[cost]
  const room = { minute: (minuteMax * percent) / 100, hour: (hourMax * percent) / 100 }
  return (await take(db, installationId, room, now))
    ? { ok: true }
    : { ok: false, at: await roomAt(db, installationId, room, now) }
}

interface Room {
  readonly minute: number
  readonly hour: number
}

/** One statement: it waits for the row, then counts what the row holds by then, and drops what is older than an hour. */
async function take(db: Database, id: number, room: Room, now: Instant): Promise<boolean> {
  const { rows } = await sql`
    insert into hallpass.write_budgets as b (installation_id, spent) values (${id}, array[${now}::bigint])
    on conflict (installation_id) do update set spent = array(
      select at from unnest(b.spent || ${now}::bigint) as at where at > ${now - hourMs} order by at)
    where (select count(*) from unnest(b.spent) as at where at > ${now - minuteMs}) < ${room.minute}
      and (select count(*) from unnest(b.spent) as at where at > ${now - hourMs}) < ${room.hour}
    returning 1 as taken`.execute(db)
  return rows.length > 0
}

/** When as many have left each window as have to. */
async function roomAt(db: Database, id: number, room: Room, now: Instant): Promise<Instant> {
  const { rows } = await sql<{ at: Instant | null }>`
    select greatest(
      spent[cardinality(spent) + 1 - ${room.minute}::int] + ${minuteMs}::bigint,
      spent[cardinality(spent) + 1 - ${room.hour}::int] + ${hourMs}::bigint
    ) as at
    from hallpass.write_budgets where installation_id = ${id}`.execute(db)
  return Math.max(now + 1, rows[0]?.at ?? 0)
}

// What has been given so far. Every count walks an index on what is open, or on one day of one person or repository.
import { sql, type RawBuilder } from 'kysely'
import type { Freezable } from '../../domain/grants/freeze.ts'
import type { GrantId } from '../../domain/grants/types.ts'
import type { Counted, Usage } from '../../domain/policy/usage.ts'
import type { Instant } from '../../domain/time.ts'
import type { Database } from './database.ts'

const dayMs = 24 * 60 * 60 * 1000

interface Question extends Freezable {
  readonly now: Instant
  readonly without?: readonly GrantId[]
}
interface Row {
  readonly at_once: number
  readonly last_ended_at: Instant | null
  readonly seconds_in_day: number
}

export async function readUsage(db: Database, question: Question): Promise<Usage> {
  const { recipientId, role, repositoryId } = question
  const ofRole = sql`role = ${role}`
  const ofPerson = sql`recipient_id = ${recipientId}`
  const ofRepository = sql`repository_id = ${repositoryId}`
  const { rows } = await sql<Row>`
    ${count(question, ofRole, sql`${ofPerson} and ${ofRole}`)}
    union all ${count(question, ofPerson, ofPerson)}
    union all ${count(question, ofRepository, ofRepository)}`.execute(db)
  const [inRole, inPerson, inRepository] = rows.map(countedOf)
  if (inRole === undefined || inPerson === undefined || inRepository === undefined)
    throw new Error('The database did not count')
  return { role: inRole, person: inPerson, repository: inRepository }
}

/** A request has begun no lease yet: it counts among those that are open. */
function count(
  { now, without = [] }: Question,
  atOnce: RawBuilder<unknown>,
  lease: RawBuilder<unknown>,
): RawBuilder<Row> {
  const others = sql`id <> all(${without}::text[])`
  return sql<Row>`select
    (select count(*) from hallpass.grants where open and ${atOnce} and ${others}) as at_once,
    (select max(over_at) from hallpass.grants
      where over_at is not null and ${lease} and ${others}) as last_ended_at,
    (coalesce((select sum(leased_seconds) from hallpass.grants
        where leased_at > ${now - dayMs} and ${lease} and ${others}), 0)
      + coalesce((select sum(leased_seconds) from hallpass.grants
        where open and leased_at is null and ${lease} and ${others}), 0))::bigint as seconds_in_day`
}

const countedOf = (row: Row): Counted => ({
  atOnce: row.at_once,
  lastEndedAt: row.last_ended_at ?? undefined,
  secondsInDay: row.seconds_in_day,
})

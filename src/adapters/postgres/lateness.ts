import { sql } from 'kysely'
import type { LatenessOf, MeasuredLateness } from '../../domain/measures/lateness.ts'
import type { Instant } from '../../domain/time.ts'
import type { Database } from './database.ts'

/** So many of the newest are looked at, however many there were. */
const removalsMax = 50_000

interface Row {
  readonly way: string | null
  readonly count: number
  readonly removed: readonly number[]
  readonly certain: readonly number[]
}

/** Many take tens of milliseconds to count: whoever asks again so soon is told the same. Few are counted each time. */
const sameMs = 10_000
const manyMin = 1_000

export function latenessReader(db: Database): (since: Instant) => Promise<MeasuredLateness> {
  let last: { readonly since: Instant; readonly found: MeasuredLateness } | undefined
  return async (since) => {
    if (last !== undefined && since >= last.since && since < last.since + sameMs) return last.found
    const found = await readLateness(db, since)
    last = (found.all?.count ?? 0) < manyMin ? undefined : { since, found }
    return found
  }
}

/** From an index on what is gone, newest first: older history is not read. */
async function readLateness(db: Database, since: Instant): Promise<MeasuredLateness> {
  const figures = (column: 'removed' | 'certain') => {
    const late = sql.ref(column)
    return sql`array[
      percentile_disc(0.5) within group (order by ${late}),
      percentile_disc(0.99) within group (order by ${late}),
      max(${late})]`
  }
  const { rows } = await sql<Row>`
    select way, count(*) as count, to_json(${figures('removed')}) as removed,
      to_json(${figures('certain')}) as certain
    from (
      select way, greatest(removed_at - due_at, 0) as removed,
        greatest(certain_at - due_at, 0) as certain
      from hallpass.holds where due_at > ${since} order by due_at desc limit ${removalsMax}) recent
    group by grouping sets ((), (way)) having count(*) > 0`.execute(db)
  const all = rows.find(({ way }) => way === null)
  const ways = rows.flatMap((row) => (row.way === null ? [] : [{ ...wayOf(row.way), ...of(row) }]))
  return { all: all && of(all), ways }
}

const of = ({ count, removed, certain }: Row) => ({
  count,
  removed: named(removed),
  certain: named(certain),
})

const named = ([p50 = 0, p99 = 0, max = 0]: readonly number[]) => ({ p50, p99, max })

function wayOf(way: string): Pick<LatenessOf, 'cloud' | 'mode' | 'end'> {
  const [cloud, mode, end] = way.split('/')
  return { cloud, mode, end } as Pick<LatenessOf, 'cloud' | 'mode' | 'end'>
}

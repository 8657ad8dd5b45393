// What is kept at the end of a day: it grows with the grants and only by what audit needs.
import { expect } from 'vitest'
import type pg from 'pg'

/** Kept for each grant for ever: the log, what was decided on and told, and what makes an act count once. */
const kept: ReadonlySet<string> = new Set(
  [
    ...['events', 'personal', 'decisions', 'grants', 'holds', 'bindings'],
    ...['subjects', 'notices', 'deliveries', 'acts'],
  ].map((table) => `hallpass.${table}`),
)

/** All others stand for what there is, not for what was: so many rows at most, however many grants there were. */
const rowsMax: Readonly<Record<string, number>> = {
  'hallpass.instance': 1,
  'hallpass.chain': 1,
  'hallpass.seat': 1,
  'hallpass.schedule': 1,
  'hallpass.admission': 1,
  'hallpass.kysely_migration_lock': 1,
  'hallpass.kysely_migration': 100,
  // One for each place that a policy document lay in, and for each of its contents: each start has one of its own here.
  'hallpass.policy_documents': 10,
  'hallpass.accepted_policies': 10,
  'hallpass.policy_texts': 10,
  // Each way of giving access, and each person in each cloud.
  'hallpass.sites': 7,
  'hallpass.lanes': 35,
  'hallpass.write_budgets': 2,
  // What is worked on, or lost, and not so long ago: `overdue` below holds them to that.
  'hallpass.claims': Infinity,
  'hallpass.lost_deliveries': Infinity,
  'bullmq.meta': 100,
  'bullmq.migration': 100,
  // The newest hundred of the queue, and of two hundred and fifty-six more that come before the next trimming.
  'bullmq.event': 1_000,
}

/** Rows that nobody needs any more. `$1`: now. */
const overdue: Readonly<Record<string, string>> = {
  'emptied bodies': `hallpass.deliveries where state <> 'pending' and length(body) > 0`,
  'claims given back': `hallpass.claims where until < $1 - 3 * 3600000::bigint and key not like 'lane:%'`,
  'lost deliveries': `hallpass.lost_deliveries where lost_at < $1 - 97 * 3600000::bigint`,
  'writes of more than an hour': `hallpass.write_budgets where cardinality(spent) > 500`,
}

interface Table {
  readonly rows: number
  readonly bytes: number
}
export interface DayEnd {
  readonly grants: number
  readonly tables: Readonly<Record<string, Table>>
}

/** Measures what is kept, and holds all that may not grow to its bound. */
export async function endOfDay(pool: pg.Pool, now: number): Promise<DayEnd> {
  const jobs = async () => (await pool.query<object>('select state, data from bullmq.job')).rows
  await expect.poll(jobs, { timeout: 10_000 }).toEqual([])
  for (const [what, rows] of Object.entries(overdue)) {
    const found = await pool.query<object>(
      `select to_jsonb(t) - 'body' as row from (select * from ${rows} limit 3) t, (select $1::bigint) it`,
      [now],
    )
    expect(found.rows, what).toEqual([])
  }
  const tables = await measure(pool)
  const grown = Object.entries(tables).filter(
    ([name, { rows }]) => !kept.has(name) && rows > (rowsMax[name] ?? 0),
  )
  expect(grown, 'what may not grow').toEqual([])
  return { grants: tables['hallpass.grants']?.rows ?? 0, tables }
}

/** The rows' own bytes: how a server packs and indexes them, and what it has yet to vacuum, says nothing of Hallpass. */
async function measure(pool: pg.Pool): Promise<DayEnd['tables']> {
  const { rows: names } = await pool.query<{ name: string }>(
    `select nspname || '.' || relname as name from pg_class c join pg_namespace n on n.oid = relnamespace
     where nspname in ('hallpass', 'bullmq') and relkind = 'r' order by 1`,
  )
  const sizes = names.map(
    ({ name }) => `select '${name}' as name, count(*)::int as rows,
      coalesce(sum(pg_column_size(t)), 0)::float as bytes from ${name} t`,
  )
  const { rows } = await pool.query<{ name: string } & Table>(sizes.join(' union all '))
  return Object.fromEntries(rows.map(({ name, ...table }) => [name, table]))
}

/** Days differ by what happened on them, by a tenth or so. What grew with the history would be several times as much. */
const unevenMax = 1.25
/** A table of a few small rows differs by more. */
const unevenBytes = 150

/** Each grant of the last days left as much behind as each of the first ones, in every table. */
export function expectLinear(days: readonly DayEnd[]): void {
  const half = Math.floor(days.length / 2)
  const [beginning, middle, end] = [days[half - 1], days[half], days.at(-1)]
  if (beginning === undefined || middle === undefined || end === undefined)
    throw new Error('There were too few days')
  for (const name of kept) {
    const bytesAt = (day: DayEnd) => day.tables[name]?.bytes ?? 0
    const atFirst = bytesAt(beginning) / beginning.grants
    const atLast = (bytesAt(end) - bytesAt(middle)) / (end.grants - middle.grants)
    expect(atLast, `bytes for a grant in ${name}`).toBeLessThan(atFirst * unevenMax + unevenBytes)
  }
}

/** For who reads along. */
export function inWords(
  name: string,
  { grants, tables }: DayEnd,
  since: DayEnd | undefined,
): string {
  const bytesOf = (day: DayEnd | undefined) =>
    [...kept].reduce((sum, table) => sum + (day?.tables[table]?.bytes ?? 0), 0)
  const given = grants - (since?.grants ?? 0)
  const each = (bytesOf({ grants, tables }) - bytesOf(since)) / given
  return `${name}: ${given} grants, ${(each / 1000).toFixed(1)} kB kept of each\n`
}

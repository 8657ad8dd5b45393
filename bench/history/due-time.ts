// What the question for due work costs in the database, by its own account.
import { Client } from 'pg'
import { createClock } from '../../src/adapters/postgres/clock.ts'
import { openDatabase } from '../../src/adapters/postgres/database.ts'
import { readDue } from '../../src/adapters/postgres/due.ts'
import { openServer } from '../../src/adapters/postgres/server.ts'

const standingEveryMs = 3 * 60_000
const times = 20

/** The longest of its statements, and all of them together, in milliseconds: planned and executed, the median of twenty. */
export async function dueTimes(databaseUrl: string): Promise<{ longest: number; all: number }> {
  const database = openServer(databaseUrl)
  const { pool } = database
  const clock = await createClock(pool)
  const asked: { readonly text: string; readonly values: unknown[] }[] = []
  try {
    const now = clock.now()
    const listening = openDatabase(pool, ({ query: { sql, parameters } }) => {
      asked.push({ text: sql, values: [...parameters] })
    })
    await readDue(listening, now, { standingBefore: now - standingEveryMs, limit: 200 })
  } finally {
    clock.stop()
    await database.close()
  }
  return explain(databaseUrl, asked)
}

interface Explained {
  readonly 'Planning Time': number
  readonly 'Execution Time': number
}

async function explain(
  databaseUrl: string,
  asked: readonly { readonly text: string; readonly values: unknown[] }[],
) {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const rounds: number[][] = []
  try {
    for (let round = 0; round < times; round += 1) {
      const took: number[] = []
      for (const { text, values } of asked) {
        const { rows } = await client.query<{ 'QUERY PLAN': readonly Explained[] }>(
          `explain (analyze, format json) ${text}`,
          values,
        )
        const [plan] = rows[0]?.['QUERY PLAN'] ?? []
        if (plan !== undefined) took.push(plan['Planning Time'] + plan['Execution Time'])
      }
      rounds.push(took)
    }
  } finally {
    await client.end()
  }
  return {
    longest: median(rounds.map((took) => Math.max(...took))),
    all: median(rounds.map((took) => took.reduce((sum, each) => sum + each, 0))),
  }
}

const median = (values: readonly number[]): number =>
  Number((values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(2))

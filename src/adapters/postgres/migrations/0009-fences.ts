// Fences of one sequence for all claims, so that the row of a claim may be removed and its fences never come again.
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const fencesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

const statements = [
  `create sequence hallpass.fences`,
  // NB: far ahead of all that were given: a process of before that still runs counts on from its rows.
  `select setval('hallpass.fences', max(fence) + 1000000) from hallpass.claims having count(*) > 0`,
  // What was given back long ago would otherwise take the hourly look days to get through.
  `delete from hallpass.claims where owner is null`,
]

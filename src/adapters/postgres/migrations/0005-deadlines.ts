// The latest deadline that a binding was ever wanted until: bringing it forward may have failed in the cloud.
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const deadlinesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

const statements = [
  `alter table hallpass.bindings add column latest_ends_at bigint`,
  `update hallpass.bindings set latest_ends_at = ends_at`,
  `alter table hallpass.bindings alter column latest_ends_at set not null`,
]

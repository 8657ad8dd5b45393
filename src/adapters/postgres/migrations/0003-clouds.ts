// Lanes of every cloud, and bindings whose sessions were stopped with them.
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const cloudsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

const statements = [
  `alter table hallpass.lanes rename column principal to address`,
  `update hallpass.lanes
    set address = jsonb_build_object('cloud', address -> 'cloud', 'principal', address)`,
  `alter table hallpass.bindings add column sessions_ended_at bigint`,
]

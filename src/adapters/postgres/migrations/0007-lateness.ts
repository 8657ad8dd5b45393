// How late access was gone, beside each hold that is: what ended before this migration is not counted.
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const latenessMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

const statements = [
  // way: cloud, mode and kind of end, as `aws/assume-role/early`.
  `alter table hallpass.holds
    add column due_at bigint, add column removed_at bigint, add column certain_at bigint,
    add column way text`,
  `create index holds_late on hallpass.holds (due_at desc) where due_at is not null`,
  `create index deliveries_failed on hallpass.deliveries (received_at) where state = 'failed'`,
]

// Where the ledger is, so that a copy of it, or an old state, is not taken for what it was made from.
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const seatMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(statement).execute(db)
    await sql`insert into hallpass.seat default values`.execute(db)
  },
}

// noted: null until the first start. unclaimed: proven, whoever starts it. asked_since: what was asked before is left
// alone. asks: the next look around in the clouds removes nothing unasked.
const statement = `create table hallpass.seat (
  one_row boolean primary key default true check (one_row),
  noted jsonb,
  unclaimed jsonb,
  found_at bigint,
  claimed_at bigint,
  copied_at bigint,
  asked_since bigint not null default 0,
  asks boolean not null default false
)`

// Deliveries that were lost, when somebody looks for them next, and grants whose ground is in question.
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const recoveryMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

const statements = [
  // One row for all that is done on a schedule: neither part is planned before its first turn.
  `alter table hallpass.schedule
    alter column reconcile_at drop not null,
    add column recover_at bigint, add column recovered_to bigint`,
  `create table hallpass.lost_deliveries (
    guid text primary key,
    attempt_id text not null,
    event text not null,
    lost_at bigint not null,
    asked integer not null,
    next_at bigint not null,
    state text not null check (state in ('open', 'over', 'given-up'))
  )`,
  // standing_version: how often its ground was questioned; standing_clean: which of these a reading has answered.
  `alter table hallpass.grants
    add column standing_version bigint not null default 0,
    add column standing_clean bigint not null default 0,
    add column questioned boolean not null
      generated always as (standing_version > standing_clean) stored`,
  // What waits for approval stands on the same ground.
  `drop index hallpass.grants_standing`,
  `create index grants_standing on hallpass.grants (standing_checked_at) where open`,
  `create index grants_questioned on hallpass.grants (subject) where open and questioned`,
]

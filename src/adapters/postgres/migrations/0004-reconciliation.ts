// What looking around in clouds needs: where things of ours were ever put, what a person has to look at, and whom
// nobody asked about.
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { siteOf } from '../../../domain/lanes/places.ts'
import type { CloudRole } from '../../../domain/lanes/types.ts'
import { jsonText } from '../json.ts'

export const reconciliationMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db)
    await fillSites(db)
  },
}

const statements = [
  // One role for each site: enough to find it again, however many bindings there were.
  `create table hallpass.sites (id text primary key, role jsonb not null)`,
  `create table hallpass.alarms (
    id text primary key,
    place text not null,
    at bigint not null,
    text text not null
  )`,
  `create table hallpass.schedule (
    one_row boolean primary key default true check (one_row),
    reconcile_at bigint not null
  )`,
  // adopted_at: when it was taken in although nothing was recorded of it, and no person was asked.
  `alter table hallpass.bindings
    add column adopted_at bigint, add column stands_until bigint, add column stands_since bigint`,
  `create index bindings_adopted on hallpass.bindings (adopted_at) where adopted_at is not null`,
]

async function fillSites(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ role: CloudRole }>`
    select distinct binding -> 'role' as role from hallpass.bindings`.execute(db)
  for (const { role } of rows)
    await sql`insert into hallpass.sites (id, role) values (${siteOf(role)}, ${jsonText(role)}::jsonb)
      on conflict do nothing`.execute(db)
}

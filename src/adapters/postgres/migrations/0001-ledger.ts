// The ledger as it began. Never edited once released: what changes later is a migration of its own.
// Instants are milliseconds since 1970 in bigint columns, as the domain has them.
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { encodeEvent, genesis } from '../../../domain/log/encode.ts'
import type { Instant } from '../../../domain/time.ts'

/** What the first migration alone needs: the new instance's id, and how its first event is made. */
export interface Birth {
  /** 8 random characters of lower-case base 32. */
  readonly instance: string
  readonly at: Instant
  readonly salts: () => string
}

export const ledgerMigration = (birth: Birth): Migration => ({
  async up(db: Kysely<unknown>) {
    for (const statement of [...log, ...inbox, ...work, ...access]) {
      await sql.raw(statement).execute(db)
    }
    await bear(db, birth)
  },
})

const log = [
  `create table hallpass.instance (
    one_row boolean primary key default true check (one_row),
    id text not null check (id ~ '^[a-z0-9]{8}$'),
    created_at bigint not null
  )`,
  // The end of the log. Its row's lock, taken last in a transaction, makes positions follow the order of commits.
  `create table hallpass.chain (
    one_row boolean primary key default true check (one_row),
    position bigint not null,
    hash text not null
  )`,
  `create table hallpass.events (
    position bigint primary key,
    at bigint not null,
    stream text not null,
    stream_version bigint not null,
    type text not null,
    canonical text not null,
    hash text not null,
    constraint events_once unique (stream, stream_version)
  )`,
  // Rows may be erased: the log only commits to them.
  `create table hallpass.personal (
    commitment text primary key,
    position bigint not null references hallpass.events,
    salt text not null,
    value text not null
  )`,
  `create index personal_position on hallpass.personal (position)`,
  // The document as it was last told in the log.
  `create table hallpass.policy_documents (place text primary key, blob text not null)`,
]

const inbox = [
  `create table hallpass.deliveries (
    id text primary key,
    sequence bigint generated always as identity,
    work_key text not null generated always as (coalesce(subject, id)) stored,
    event text not null,
    action text,
    installation_id bigint not null,
    account_id bigint not null,
    subject text,
    body bytea not null,
    body_hash text not null constraint deliveries_body_once unique,
    received_at bigint not null,
    state text not null default 'pending' check (state in ('pending', 'done', 'failed')),
    attempts integer not null default 0,
    next_at bigint not null,
    last_error text,
    outcome text,
    done_at bigint
  )`,
  `create index deliveries_pending_next on hallpass.deliveries (next_at) where state = 'pending'`,
  `create index deliveries_pending_key on hallpass.deliveries (work_key, sequence)
    where state = 'pending'`,
]

const work = [
  // A fence never comes twice: see 0009.
  `create table hallpass.claims (
    key text primary key,
    owner text,
    fence bigint not null,
    until bigint not null,
    taken_over boolean not null
  )`,
  `create table hallpass.subjects (
    key text primary key,
    installation_id bigint not null,
    account_id bigint not null,
    repository_id bigint not null,
    number bigint not null,
    kind text not null check (kind in ('pull_request', 'issue')),
    owner text not null,
    repository text not null,
    dirty_version bigint not null,
    clean_version bigint not null default 0,
    dirty boolean not null generated always as (dirty_version > clean_version) stored,
    posted jsonb not null
      default '{"commentId":null,"commentsMade":0,"commentBody":null,"check":null}',
    retry_at bigint not null default 0,
    failures integer not null default 0,
    last_error text
  )`,
  `create index subjects_dirty on hallpass.subjects (retry_at) where dirty`,
  `create table hallpass.notices (
    subject text not null references hallpass.subjects,
    key text not null,
    at bigint not null,
    notice jsonb not null,
    primary key (subject, key)
  )`,
  // tried_version: what a failed try saw. It waits for check_at; what became dirty after it does not.
  `create table hallpass.lanes (
    id text primary key,
    principal jsonb not null,
    dirty_version bigint not null default 0,
    clean_version bigint not null default 0,
    tried_version bigint not null default 0,
    dirty boolean not null
      generated always as (dirty_version > greatest(clean_version, tried_version)) stored,
    check_at bigint,
    failures integer not null default 0,
    last_error text,
    settled_at bigint
  )`,
  `create index lanes_dirty on hallpass.lanes (id) where dirty`,
  `create index lanes_check on hallpass.lanes (check_at) where check_at is not null`,
]

const access = [
  `create table hallpass.grants (
    id text primary key,
    subject text not null references hallpass.subjects,
    cause text not null,
    role text not null,
    recipient_id bigint not null,
    phase text not null,
    version integer not null,
    state jsonb not null,
    requested_at bigint not null,
    ends_at bigint,
    due_at bigint,
    standing_checked_at bigint not null,
    live boolean not null
      generated always as (phase in ('approved', 'active', 'ending')) stored,
    held boolean not null generated always as (phase in ('approved', 'active')) stored,
    constraint grants_live_end check (ends_at is not null or phase not in ('approved', 'active', 'ending')),
    constraint grants_cause_once unique (cause, role, recipient_id)
  )`,
  `create index grants_subject on hallpass.grants (subject)`,
  `create index grants_newest on hallpass.grants (requested_at desc)`,
  // On the live ones alone, so that history costs nothing.
  `create index grants_live on hallpass.grants (requested_at desc) where live`,
  `create index grants_due on hallpass.grants (due_at) where due_at is not null`,
  `create index grants_standing on hallpass.grants (standing_checked_at) where held`,
  // desired and held (by a live grant) follow from holds and grants; commits keep them so, with the row locked.
  `create table hallpass.bindings (
    id text primary key,
    lane_id text not null references hallpass.lanes,
    binding jsonb not null,
    ends_at bigint not null,
    desired boolean not null default false,
    held boolean not null default false,
    attempted_at bigint,
    present_at bigint,
    missed_at bigint,
    removed_at bigint,
    certain_at bigint,
    sessions_until bigint,
    open boolean not null generated always as
      (desired or held or (attempted_at is not null and certain_at is null)) stored
  )`,
  `create index bindings_open on hallpass.bindings (lane_id) where open`,
  // NB: no reference to bindings: a grant names what it will hold before it is approved and its bindings exist.
  `create table hallpass.holds (
    grant_id text not null references hallpass.grants,
    binding_id text not null,
    state text not null check (state in ('wanted', 'observed', 'released', 'gone')),
    primary key (grant_id, binding_id)
  )`,
  `create index holds_binding on hallpass.holds (binding_id)`,
]

async function bear(db: Kysely<unknown>, { instance, at, salts }: Birth): Promise<void> {
  const event = { type: 'instance.created', instance } as const
  const { line } = encodeEvent({
    position: 1,
    at,
    stream: 'instance',
    version: 1,
    previous: genesis.hash,
    event,
    salts,
  })
  await sql`insert into hallpass.instance (id, created_at) values (${instance}, ${at})`.execute(db)
  await sql`insert into hallpass.events
    (position, at, stream, stream_version, type, canonical, hash)
    values (1, ${at}, 'instance', 1, ${event.type}, ${line.canonical}, ${line.hash})`.execute(db)
  await sql`insert into hallpass.chain (position, hash) values (1, ${line.hash})`.execute(db)
}

// What deciding needs: limits that are counted, freezes, debts, what was decided on, and the budget of writes.
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const decisionsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [...oldOffers, ...counting, ...guards, ...people, ...policy, ...writes])
      await sql.raw(statement).execute(db)
  },
}

/**
 * Offers of before were all for review requests, with one stage of approval. NB: nobody looked at who pushed to their
 * heads, so that separation is unproven for those that still wait.
 */
const oldOffers = [
  `update hallpass.grants set state = jsonb_set(state, '{revision,offer}',
    state #> '{revision,offer}'
    || jsonb_build_object(
      'trigger', 'review_requested',
      'separationUnproven', phase = 'requested',
      'parameters', '{}'::jsonb)
    || case when jsonb_typeof(state #> '{revision,offer,approval}') = 'object'
      then jsonb_build_object('approval', jsonb_build_object(
        'stages', jsonb_build_array(state #> '{revision,offer,approval}'),
        'separate', true,
        'lapseSeconds', 86400))
      else '{}' end)
    where state #> '{revision,offer}' is not null`,
  `update hallpass.grants set state = jsonb_set(state, '{approvals}', (
      select coalesce(jsonb_agg(given || '{"stage":0}' order by n), '[]')
      from jsonb_array_elements(state -> 'approvals') with ordinality as g (given, n)))
    where phase = 'requested' and state -> 'approvals' is not null`,
  // They are warned too: ten minutes ahead, or the last quarter of a short lease.
  `update hallpass.grants set due_at = ends_at
    - least(600000, (state #>> '{revision,offer,leaseSeconds}')::bigint * 250)
    where phase = 'active' and state #> '{revision,offer}' is not null`,
]

const counting = [
  // What limits count, out of the grant itself so that it cannot drift. Over: when its lease was, if it was ever given.
  `alter table hallpass.grants
    add column repository_id bigint
      generated always as ((state #>> '{revision,offer,subject,repositoryId}')::bigint) stored,
    add column open boolean not null
      generated always as (phase in ('requested', 'approved', 'active')) stored,
    add column leased_at bigint generated always as ((state ->> 'approvedAt')::bigint) stored,
    add column leased_seconds bigint generated always as (case
      when phase = 'requested' then (state #>> '{revision,offer,leaseSeconds}')::bigint
      else (least((state ->> 'endingAt')::bigint, (state ->> 'endsAt')::bigint)
        - (state ->> 'approvedAt')::bigint + 999) / 1000 end) stored,
    add column over_at bigint generated always as (case
      when state ->> 'reason' <> 'could-not-be-given' then (state ->> 'endingAt')::bigint end) stored`,
  `create index grants_open_role on hallpass.grants (role) where open`,
  `create index grants_open_recipient on hallpass.grants (recipient_id) where open`,
  `create index grants_open_repository on hallpass.grants (repository_id) where open`,
  `create index grants_recipient_leased on hallpass.grants (recipient_id, leased_at)
    where leased_at is not null`,
  `create index grants_repository_leased on hallpass.grants (repository_id, leased_at)
    where leased_at is not null`,
  `create index grants_recipient_over on hallpass.grants (recipient_id, over_at)
    where over_at is not null`,
  `create index grants_role_over on hallpass.grants (recipient_id, role, over_at)
    where over_at is not null`,
  `create index grants_repository_over on hallpass.grants (repository_id, over_at)
    where over_at is not null`,
]

const guards = [
  // Whoever counts, or freezes, holds its row's lock until the transaction is over: nobody else does meanwhile.
  `create table hallpass.admission (one_row boolean primary key default true check (one_row))`,
  `insert into hallpass.admission default values`,
  `create table hallpass.acts (act text primary key, at bigint not null)`,
  // Those that hold: the log keeps those that are over.
  `create table hallpass.freezes (id text primary key, at bigint not null, state jsonb not null)`,
]

const people = [
  `create table hallpass.debts (
    id text primary key,
    code text not null constraint debts_code_once unique,
    person_id bigint not null,
    requester_id bigint not null,
    subject text not null,
    opened_at bigint not null,
    debt jsonb not null,
    open boolean not null generated always as (debt ->> 'acknowledged' is null) stored
  )`,
  `create index debts_open on hallpass.debts (person_id) where open`,
  `create index debts_subject on hallpass.debts (subject)`,
  `create table hallpass.identity_links (
    person_id bigint not null,
    cloud text not null,
    account text not null,
    principal_id text not null,
    primary key (person_id, cloud, account),
    constraint identity_links_principal_once unique (cloud, account, principal_id)
  )`,
]

const policy = [
  // One row for each contents of a document, however many decisions were made on them.
  `create table hallpass.policy_texts (blob text primary key, text text not null)`,
  // No reference to grants: it would lock one that the commit does not change. facts is JSON as it was written, for text
  // takes every character that escaping lets through.
  `create table hallpass.decisions (
    sequence bigint primary key generated always as identity,
    grant_id text not null,
    revision integer not null,
    at bigint not null,
    facts text not null,
    blobs text[] not null
  )`,
  `create index decisions_grant on hallpass.decisions (grant_id, sequence)`,
  `create table hallpass.accepted_policies (
    place text primary key,
    blob text not null references hallpass.policy_texts
  )`,
]

const writes = [
  // When each write of the last hour was taken. Sorted, and never more than GitHub allows in an hour.
  `create table hallpass.write_budgets (
    installation_id bigint primary key,
    spent bigint[] not null
  )`,
]

// A ledger's history: so many copies of one grant that has ended, with all that it left behind, over people, lanes and a year.
import { Client } from 'pg'

const peopleOfOld = 5_000
const yearMs = 365 * 86_400_000

/**
 * Rows alone, in the proportions that one life leaves them. NB: their events lie before the log's first one and are no
 * chain. One in ten was given in the lane that the grant of before had: a person who asks often. Nobody else may be at
 * work there: most indexes are gone meanwhile.
 */
export async function fillHistory(databaseUrl: string, grants: number): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    for (const statement of templates) await client.query(statement)
  })
  const left = Object.entries(copies)
  const fillSome = async () =>
    withClient(databaseUrl, async (client) => {
      for (let next = left.shift(); next !== undefined; next = left.shift())
        await fillTable(client, next[0], next[1], grants)
    })
  await Promise.all(Array.from({ length: atOnce }, fillSome))
  await withClient(databaseUrl, async (client) => {
    await client.query('drop schema bench cascade')
    await client.query('vacuum analyze')
    // What has to be written for this is not to be written while others are measured.
    await client.query('checkpoint')
  })
}

const atOnce = 3

async function withClient(databaseUrl: string, work: (client: Client) => Promise<void>) {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    // They belong together by construction: looking up each reference would take most of the time.
    await client.query('set session_replication_role = replica')
    await client.query('set synchronous_commit = off')
    await client.query(`set maintenance_work_mem = '256MB'`)
    await work(client)
  } finally {
    await client.end()
  }
}

/** An index that is made at the end is sorted once; kept, it would be written all over for each row. */
async function fillTable(client: Client, table: string, copy: string, grants: number) {
  const { rows } = await client.query<{ readonly drop: string; readonly make: string }>(indexes, [
    table,
  ])
  for (const { drop } of rows) await client.query(drop)
  await client.query(copy, [grants, peopleOfOld, yearMs])
  for (const { make } of rows) await client.query(make)
}

/** Those that no other table refers to. Of what is live alone there is nothing to fill. */
const indexes = `select
    case when c.conname is null then format('drop index hallpass.%I', x.relname)
      else format('alter table hallpass.%I drop constraint %I', t.relname, c.conname) end as drop,
    case when c.conname is null then pg_get_indexdef(i.indexrelid)
      else format('alter table hallpass.%I add constraint %I %s', t.relname, c.conname,
        pg_get_constraintdef(c.oid)) end as make
  from pg_index i join pg_class t on t.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
  left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
  where t.relnamespace = 'hallpass'::regnamespace and t.relname = $1 and i.indpred is null
    and not exists (select from pg_constraint f where f.contype = 'f' and f.conindid = i.indexrelid)`

/** How many bytes each table takes, its indexes included, the largest first. */
export async function bytesOf(databaseUrl: string): Promise<Readonly<Record<string, number>>> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; bytes: string }>(
      `select relname as name, pg_total_relation_size(oid) as bytes from pg_class
       where relnamespace = 'hallpass'::regnamespace and relkind = 'r' order by 2 desc`,
    )
    return Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]))
  } finally {
    await client.end()
  }
}

const templates: readonly string[] = [
  'create schema bench',
  `create table bench.template as
  select g.*, h.binding_id, b.lane_id from hallpass.grants g
  join hallpass.holds h on h.grant_id = g.id join hallpass.bindings b on b.id = h.binding_id
  where g.phase = 'ended' order by g.requested_at limit 1`,
  `create table bench.template_events as
    select e.*, row_number() over (order by position) as k, count(*) over () as per
    from hallpass.events e cross join bench.template t
    where e.stream = 'grant:' || t.id or (e.stream = 'lane:' || t.lane_id and e.canonical like '%' || t.binding_id || '%')`,
]

/** Each of them takes all three parameters: how many, of how many people, over how long. */
const each = `(select n, 'old' || n as id, '1#' || n as subject, 10000000 + n % $2::int as person,
    ($3::bigint / greatest($1::int, 1)) * n + 86400000 as ago
  from generate_series(1, $1::int) n) o cross join bench.template t`

/** The largest first, so that no connection is left with the longest of them at the end. */
const copies: Readonly<Record<string, string>> = {
  events: `insert into hallpass.events (position, at, stream, stream_version, type, canonical, hash)
    select -(o.n * e.per + e.k), e.at - o.ago, 'grant:' || o.id, e.k, e.type, e.canonical, e.hash
    from ${each} cross join bench.template_events e`,
  personal: `insert into hallpass.personal (commitment, position, salt, value)
    select md5(p.commitment || o.n) || md5(o.n || p.commitment), -(o.n * e.per + e.k), p.salt, p.value
    from ${each} cross join bench.template_events e join hallpass.personal p on p.position = e.position`,
  deliveries: `insert into hallpass.deliveries (id, event, action, installation_id, account_id, subject, body,
      body_hash, received_at, state, next_at, outcome, done_at)
    select md5(d.id || o.n), d.event, d.action, d.installation_id, d.account_id, o.subject, '',
      md5(d.body_hash || o.n) || md5(o.n || d.body_hash), d.received_at - o.ago, 'done', d.next_at - o.ago,
      d.outcome, d.done_at - o.ago
    from ${each} join hallpass.deliveries d on d.subject = t.subject and d.state = 'done'`,
  grants: `insert into hallpass.grants (id, subject, cause, role, recipient_id, phase, version, state,
      requested_at, ends_at, standing_checked_at)
    select o.id, o.subject, 'old' || o.n, t.role, o.person, t.phase, t.version,
      t.state || jsonb_build_object('id', o.id, 'requestedAt', t.requested_at - o.ago,
        'approvedAt', t.requested_at - o.ago, 'activatedAt', t.requested_at - o.ago,
        'endingAt', t.ends_at - o.ago, 'endedAt', t.ends_at - o.ago, 'endsAt', t.ends_at - o.ago),
      t.requested_at - o.ago, t.ends_at - o.ago, t.standing_checked_at - o.ago
    from ${each}`,
  decisions: `insert into hallpass.decisions (grant_id, revision, at, facts, blobs)
    select o.id, d.revision, d.at - o.ago, d.facts, d.blobs
    from ${each} join hallpass.decisions d on d.grant_id = t.id`,
  subjects: `insert into hallpass.subjects (key, installation_id, account_id, repository_id, number, kind,
      owner, repository, dirty_version, clean_version, posted)
    select o.subject, s.installation_id, s.account_id, 1, o.n, s.kind, s.owner, s.repository, 9, 9, s.posted
    from ${each} join hallpass.subjects s on s.key = t.subject`,
  bindings: `insert into hallpass.bindings (id, lane_id, binding, ends_at, latest_ends_at, attempted_at,
      present_at, removed_at, certain_at)
    select o.id, case when o.n % 10 = 0 then t.lane_id else 'aws/old/' || o.n % $2::int end, b.binding,
      b.ends_at - o.ago, b.ends_at - o.ago, b.ends_at - o.ago, b.ends_at - o.ago, b.ends_at - o.ago, b.ends_at - o.ago
    from ${each} join hallpass.bindings b on b.id = t.binding_id`,
  holds: `insert into hallpass.holds select o.id, o.id, 'gone' from ${each}`,
  acts: `insert into hallpass.acts select 'old' || o.n || a.act, a.at from ${each}
    join hallpass.acts a on a.act like '%' || t.cause || '%'`,
  lanes: `insert into hallpass.lanes (id, address, dirty_version, clean_version)
    select 'aws/old/' || p, l.address, 9, 9
    from generate_series(0, least($1::int, $2::int) - 1 + 0 * $3::bigint) p
    cross join bench.template t join hallpass.lanes l on l.id = t.lane_id`,
}

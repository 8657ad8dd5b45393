import { sql, type Insertable } from 'kysely'
import { LedgerConflict } from '../../domain/errors.ts'
import { dueAt } from '../../domain/grants/phases.ts'
import type { Grant } from '../../domain/grants/types.ts'
import { removalsOf } from '../../domain/measures/removals.ts'
import { subjectKey } from '../../domain/subjects.ts'
import type { Instant } from '../../domain/time.ts'
import type { Commit, GrantChange } from '../../workflows/ports.ts'
import type { Tx } from './database.ts'
import { jsonText, plainText } from './json.ts'
import type { Tables } from './tables.ts'

/** Writes grants and their holds. Throws LedgerConflict when one is not at its expected version. */
export async function writeGrants(
  tx: Tx,
  changes: readonly GrantChange[],
  now: Instant,
): Promise<void> {
  if (changes.length === 0) return
  changes.forEach(requireCounted)
  const known = changes.filter(({ expectedVersion }) => expectedVersion > 0)
  await lockGrants(tx, known)
  // The grounds of a new grant were read to decide on it.
  const row = ({ grant }: GrantChange) => ({ ...rowOf(grant), standing_checked_at: now })
  await insertGrants(tx, changes.filter(({ expectedVersion }) => expectedVersion === 0).map(row))
  await updateGrants(tx, known)
  await writeHolds(tx, changes)
}

function requireCounted({ grant, expectedVersion, events }: GrantChange): void {
  if (grant.version !== expectedVersion + events.length) {
    throw new Error(`Grant ${grant.id} does not count its events`)
  }
}

/** In the order of their ids, so that two commits never wait for each other. */
async function lockGrants(tx: Tx, changes: readonly GrantChange[]): Promise<void> {
  if (changes.length === 0) return
  const rows = await tx
    .selectFrom('grants')
    .select(['id', 'version'])
    .where(
      'id',
      'in',
      changes.map(({ grant }) => grant.id),
    )
    .orderBy('id')
    .forUpdate()
    .execute()
  const versions = new Map(rows.map(({ id, version }) => [id, version]))
  const stale = changes.find(
    ({ grant, expectedVersion }) => versions.get(grant.id) !== expectedVersion,
  )
  if (stale !== undefined) throw new LedgerConflict(`Grant ${stale.grant.id} has changed meanwhile`)
}

type GrantColumns = Omit<Insertable<Tables['grants']>, 'standing_checked_at'>

function rowOf(grant: Grant): GrantColumns {
  const { offer } = grant.revision
  return {
    id: grant.id,
    subject: subjectKey(offer.subject),
    cause: plainText(offer.cause),
    role: offer.role,
    recipient_id: offer.recipient.id,
    phase: grant.phase,
    version: grant.version,
    state: jsonText(grant),
    requested_at: grant.requestedAt,
    ends_at: 'endsAt' in grant ? grant.endsAt : null,
    due_at: dueAt(grant) ?? null,
  }
}

async function insertGrants(tx: Tx, rows: readonly Insertable<Tables['grants']>[]): Promise<void> {
  if (rows.length > 0) await tx.insertInto('grants').values(rows).execute()
}

/** In one statement, however many they are. */
async function updateGrants(tx: Tx, changes: readonly GrantChange[]): Promise<void> {
  if (changes.length === 0) return
  const rows = changes.map(({ grant }) => ({ ...rowOf(grant), state: grant }))
  await sql`
    update hallpass.grants g set subject = v.subject, cause = v.cause, role = v.role,
      recipient_id = v.recipient_id, phase = v.phase, version = v.version, state = v.state,
      requested_at = v.requested_at, ends_at = v.ends_at, due_at = v.due_at
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as v (
      id text, subject text, cause text, role text, recipient_id bigint, phase text,
      version integer, state jsonb, requested_at bigint, ends_at bigint, due_at bigint)
    where g.id = v.id`.execute(tx)
}

/** In one statement, however many they are. */
async function writeHolds(tx: Tx, changes: readonly GrantChange[]): Promise<void> {
  const rows = changes.flatMap(({ grant }) => holdsOf(grant))
  if (rows.length === 0) return
  await sql`
    insert into hallpass.holds (grant_id, binding_id, state, due_at, removed_at, certain_at, way)
    select grant_id, binding_id, state, due_at, removed_at, certain_at, way
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as v (
      grant_id text, binding_id text, state text, due_at bigint, removed_at bigint,
      certain_at bigint, way text)
    on conflict (grant_id, binding_id) do update set state = excluded.state,
      due_at = excluded.due_at, removed_at = excluded.removed_at,
      certain_at = excluded.certain_at, way = excluded.way`.execute(tx)
}

/** With how late each of them was gone, for those that are. */
function holdsOf(grant: Grant): readonly Insertable<Tables['holds']>[] {
  const removals = new Map(removalsOf(grant).map((removal) => [removal.bindingId, removal]))
  return grant.holds.map(({ bindingId, state }) => {
    const hold = { grant_id: grant.id, binding_id: bindingId, state }
    const removal = removals.get(bindingId)
    if (removal === undefined) return hold
    const { cloud, mode, end, dueAt, removedAt, certainAt } = removal
    const way = `${cloud}/${mode}/${end}`
    return { ...hold, due_at: dueAt, removed_at: removedAt, certain_at: certainAt, way }
  })
}

/** A question that came after the reading began stays open. */
export async function confirmStanding(
  tx: Tx,
  confirmed: NonNullable<Commit['standingConfirmed']>,
  now: Instant,
): Promise<void> {
  if (confirmed.length === 0) return
  await sql`
    update hallpass.grants g set
      standing_checked_at = greatest(standing_checked_at, ${now}::bigint),
      standing_clean = greatest(standing_clean, locked.answered)
    from (
      select g.id, v.version as answered from hallpass.grants g
      join jsonb_to_recordset(${jsonText(confirmed)}::jsonb) as v (id text, version bigint)
        on v.id = g.id
      order by g.id for update of g
    ) locked
    where g.id = locked.id`.execute(tx)
}

import { sql, type Insertable } from 'kysely'
import { subjectKey, type Subject, type SubjectKey } from '../../domain/subjects.ts'
import { minuteMs, type Instant } from '../../domain/time.ts'
import type { Commit } from '../../workflows/ports.ts'
import type { Tx } from './database.ts'
import { jsonText, plainText } from './json.ts'
import type { Tables } from './tables.ts'

/** Makes the subjects of changed grants and those named dirty; the ones that only have a notice are made known. */
export async function touchSubjects(
  tx: Tx,
  { now, dirtySubjects = [], grants = [], notices = [] }: Commit,
): Promise<void> {
  const fresh = bySubject([...dirtySubjects, ...notices.map(({ subject }) => subject)])
  const known = bySubject(grants.map(({ grant }) => grant.revision.offer.subject))
  const dirty = new Set([...dirtySubjects.map(subjectKey), ...known.keys()])
  const keys = [...new Set([...fresh.keys(), ...known.keys()])]
  if (keys.length === 0) return
  // What writes one row alone locks it by that.
  if (keys.length > 1)
    await sql`select from hallpass.subjects where key = any(${keys}::text[])
      order by key for update`.execute(tx)
  // Names change: those that came with this act are newer than the ones an older grant was offered under.
  await upsert(tx, rowsOf(fresh, dirty), { now, newer: true })
  const older = [...known].filter(([key]) => !fresh.has(key))
  await upsert(tx, rowsOf(new Map(older), dirty), { now, newer: false })
}

const bySubject = (subjects: readonly Subject[]): ReadonlyMap<SubjectKey, Subject> =>
  new Map(subjects.map((subject) => [subjectKey(subject), subject]))

type Row = Insertable<Tables['subjects']>

const rowsOf = (
  subjects: ReadonlyMap<SubjectKey, Subject>,
  dirty: ReadonlySet<SubjectKey>,
): readonly Row[] =>
  [...subjects].toSorted(byKey).map(([key, subject]) => ({
    key,
    installation_id: subject.installationId,
    account_id: subject.accountId,
    repository_id: subject.repositoryId,
    number: subject.number,
    kind: subject.kind,
    owner: subject.owner,
    repository: subject.repository,
    dirty_version: dirty.has(key) ? 1 : 0,
  }))

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1

interface Upserting {
  readonly now: Instant
  /** Whether these names are newer than those that are known. */
  readonly newer: boolean
}

async function upsert(tx: Tx, rows: readonly Row[], { now, newer }: Upserting): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insertInto('subjects')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        dirty_version: sql<number>`subjects.dirty_version + excluded.dirty_version`,
        // Without a failure it waits for room to write: what has changed may have more of it. What GitHub refused for
        // long it may take now.
        retry_at: sql<number>`case
          when excluded.dirty_version = 0 then subjects.retry_at
          when subjects.failures = 0 then 0
          else least(subjects.retry_at, ${now + minuteMs}) end`,
        ...(newer
          ? {
              installation_id: sql<number>`excluded.installation_id`,
              account_id: sql<number>`excluded.account_id`,
              owner: sql<string>`excluded.owner`,
              repository: sql<string>`excluded.repository`,
            }
          : {}),
      }),
    )
    .execute()
}

/** Of several of one key the last one stands. Their subjects are locked: nobody else writes these meanwhile. */
export async function writeNotices(tx: Tx, notices: NonNullable<Commit['notices']>): Promise<void> {
  const last = new Map(
    notices.map(({ subject, key, notice }) => {
      const id = { subject: subjectKey(subject), key: plainText(key) }
      return [JSON.stringify([id.subject, id.key]), { ...id, notice }]
    }),
  )
  const cleared = [...last.values()].filter(({ notice }) => notice === null)
  const set = [...last.values()].flatMap(({ notice, ...id }) =>
    notice === null ? [] : [{ ...id, at: notice.at, notice: jsonText(notice) }],
  )
  if (cleared.length > 0)
    await sql`
      delete from hallpass.notices n
      using unnest(${cleared.map((each) => each.subject)}::text[], ${cleared.map((each) => each.key)}::text[])
        as c (subject, key)
      where n.subject = c.subject and n.key = c.key`.execute(tx)
  if (set.length > 0)
    await tx
      .insertInto('notices')
      .values(set)
      .onConflict((conflict) =>
        conflict.columns(['subject', 'key']).doUpdateSet({
          at: sql<number>`excluded.at`,
          notice: sql<string>`excluded.notice`,
        }),
      )
      .execute()
}

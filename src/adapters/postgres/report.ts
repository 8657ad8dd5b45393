import { sql, type Selectable } from 'kysely'
import type { Grant } from '../../domain/grants/types.ts'
import type { Subject, SubjectKey } from '../../domain/subjects.ts'
import type { Instant } from '../../domain/time.ts'
import {
  nothingPosted,
  type Claim,
  type Posted,
  type SubjectReport,
} from '../../workflows/ports.ts'
import { staleClaim } from './claims.ts'
import type { Database } from './database.ts'
import { debtsOn } from './debts.ts'
import { grantsOf } from './grants.ts'
import { jsonText, plainText } from './json.ts'
import type { Tables } from './tables.ts'

/** The subject's own row is read first: what changes after it makes it dirtier than the version told here. */
export async function readReport(
  db: Database,
  key: SubjectKey,
): Promise<SubjectReport | undefined> {
  const row = await db
    .selectFrom('subjects')
    .selectAll()
    .select(sql<Instant | null>`(select copied_at from hallpass.seat)`.as('copied_at'))
    .where('key', '=', key)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const grants = await grantsOf(db, key)
  const notices = await db
    .selectFrom('notices')
    .select('notice')
    .where('subject', '=', key)
    .orderBy('at')
    .orderBy('key')
    .execute()
  return {
    subject: subjectOf(row),
    dirtyVersion: row.dirty_version,
    // What a copy was left with is its original's to tell.
    grants: grants.flatMap(({ grant }) => (isOwn(grant, row.copied_at) ? [grant] : [])),
    notices: notices.map(({ notice }) => notice),
    debts: await debtsOn(db, key),
    posted: { ...nothingPosted, ...row.posted },
    failures: row.failures,
  }
}

const isOwn = ({ requestedAt }: Grant, copiedAt: Instant | null): boolean =>
  copiedAt === null || requestedAt >= copiedAt

const subjectOf = (row: Selectable<Tables['subjects']>): Subject => ({
  installationId: row.installation_id,
  accountId: row.account_id,
  repositoryId: row.repository_id,
  number: row.number,
  kind: row.kind,
  owner: row.owner,
  repository: row.repository,
})

export async function posted(
  db: Database,
  key: SubjectKey,
  put: Posted,
  { claim, now, cleanVersion }: { claim: Claim; now: Instant; cleanVersion?: number },
): Promise<void> {
  // One statement, and so a transaction: whoever takes the claim over waits for it, or keeps it from writing.
  const { numAffectedRows } = await sql`
    with held as (
      select from hallpass.claims
      where key = ${claim.key} and owner = ${claim.owner} and fence = ${claim.fence} and until > ${now}
      for update
    )
    update hallpass.subjects set posted = ${jsonText(put)}::jsonb
      ${cleanVersion === undefined ? sql`` : cleaned(cleanVersion)}
    where key = ${key} and exists (select from held)`.execute(db)
  if (numAffectedRows === 0n) throw staleClaim(claim)
}

const cleaned = (
  version: number,
) => sql`, clean_version = greatest(clean_version, ${version}::bigint),
  retry_at = 0, failures = 0, last_error = null`

export async function reportFailed(
  db: Database,
  key: SubjectKey,
  error: string,
  retryAt: Instant,
): Promise<void> {
  await db
    .updateTable('subjects')
    .set((row) => ({
      failures: row('failures', '+', 1),
      last_error: plainText(error),
      retry_at: retryAt,
    }))
    .where('key', '=', key)
    .execute()
}

export async function reportWaits(db: Database, key: SubjectKey, until: Instant): Promise<void> {
  await db.updateTable('subjects').set({ retry_at: until }).where('key', '=', key).execute()
}

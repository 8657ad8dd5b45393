import { sql, type Selectable } from 'kysely'
import type { Grant, GrantId } from '../../domain/grants/types.ts'
import type { SubjectKey } from '../../domain/subjects.ts'
import type { GrantRow } from '../../workflows/ports.ts'
import type { Database } from './database.ts'
import { plainText } from './json.ts'
import type { Tables } from './tables.ts'

type Read = Pick<Selectable<Tables['grants']>, 'state' | 'standing_checked_at' | 'standing_version'>

const rowOf = ({ state, standing_checked_at, standing_version }: Read): GrantRow => ({
  grant: state,
  standingCheckedAt: standing_checked_at,
  standingVersion: standing_version,
})

export async function readGrant(db: Database, id: GrantId): Promise<GrantRow | undefined> {
  const row = await db
    .selectFrom('grants')
    .select(['state', 'standing_checked_at', 'standing_version'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row && rowOf(row)
}

/** Oldest first. */
export async function grantsOf(db: Database, subject: SubjectKey): Promise<readonly GrantRow[]> {
  const rows = await db
    .selectFrom('grants')
    .select(['state', 'standing_checked_at', 'standing_version'])
    .where('subject', '=', subject)
    .orderBy('requested_at')
    .orderBy('id')
    .execute()
  return rows.map(rowOf)
}

/** Newest first. */
export async function listGrants(
  db: Database,
  {
    live,
    open,
    limit,
  }: { readonly live?: boolean; readonly open?: boolean; readonly limit: number },
): Promise<readonly Grant[]> {
  let query = db.selectFrom('grants').select('state').orderBy('requested_at', 'desc').limit(limit)
  if (live !== undefined) query = query.where(live ? sql<boolean>`live` : sql<boolean>`not live`)
  if (open !== undefined) query = query.where(open ? sql<boolean>`open` : sql<boolean>`not open`)
  return (await query.execute()).map(({ state }) => state)
}

export async function causeUsed(
  db: Database,
  cause: string,
  role: string,
  recipientId: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('grants')
    .select('id')
    .where('cause', '=', plainText(cause))
    .where('role', '=', role)
    .where('recipient_id', '=', recipientId)
    .executeTakeFirst()
  return row !== undefined
}

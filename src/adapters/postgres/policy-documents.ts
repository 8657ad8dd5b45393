import { sql } from 'kysely'
import type { NewEvent } from '../../domain/log/types.ts'
import type { Database, Tx } from './database.ts'
import { plainText } from './json.ts'

/** The contents of each document as the log told them last. */
export async function notePolicyDocuments(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  const blobs = new Map<string, string>()
  for (const { event } of events) {
    if (event.type === 'policy.loaded' || event.type === 'policy.broken') {
      blobs.set(plainText(event.document.where), event.document.blob)
    }
  }
  if (blobs.size === 0) return
  await tx
    .insertInto('policy_documents')
    .values(
      [...blobs]
        .map(([place, blob]) => ({ place, blob }))
        .toSorted((a, b) => (a.place < b.place ? -1 : 1)),
    )
    .onConflict((conflict) =>
      conflict.column('place').doUpdateSet({ blob: sql<string>`excluded.blob` }),
    )
    .execute()
}

export async function lastPolicyBlob(db: Database, where: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('policy_documents')
    .select('blob')
    .where('place', '=', plainText(where))
    .executeTakeFirst()
  return row?.blob
}

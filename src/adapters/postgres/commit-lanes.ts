import { sql } from 'kysely'
import type { LaneId } from '../../domain/lanes/types.ts'
import type { Commit } from '../../workflows/ports.ts'
import type { Tx } from './database.ts'
import { plainText } from './json.ts'

/** Marks lanes, then records work on one: what became dirty in the same transaction stays dirty. */
export async function writeLanes(
  tx: Tx,
  dirty: readonly LaneId[],
  worked: Commit['lane'],
): Promise<void> {
  const all = [...new Set([...dirty, ...(worked === undefined ? [] : [worked.id])])]
  // What changes one row alone locks it by that.
  if (all.length > 1)
    await sql`select from hallpass.lanes where id = any(${all}::text[]) order by id for update`.execute(
      tx,
    )
  if (dirty.length > 0)
    await sql`update hallpass.lanes set dirty_version = dirty_version + 1
      where id = any(${dirty}::text[])`.execute(tx)
  if (worked !== undefined) await recordWork(tx, worked)
}

async function recordWork(tx: Tx, worked: NonNullable<Commit['lane']>): Promise<void> {
  const { id, cleanVersion, triedVersion, checkAt, failures, lastError, settledAt } = worked
  await tx
    .updateTable('lanes')
    .set({
      check_at: checkAt,
      failures,
      last_error: lastError === null ? null : plainText(lastError),
      ...(cleanVersion === undefined
        ? {}
        : { clean_version: sql<number>`greatest(clean_version, ${cleanVersion}::bigint)` }),
      ...(triedVersion === undefined
        ? {}
        : { tried_version: sql<number>`greatest(tried_version, ${triedVersion}::bigint)` }),
      ...(settledAt === undefined
        ? {}
        : { settled_at: sql<number>`greatest(settled_at, ${settledAt}::bigint)` }),
    })
    .where('id', '=', id)
    .execute()
}

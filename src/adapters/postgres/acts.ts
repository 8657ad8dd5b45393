import { ActRepeated } from '../../domain/errors.ts'
import type { Instant } from '../../domain/time.ts'
import type { Database, Tx } from './database.ts'
import { plainText } from './json.ts'

/** In their order, so that two commits never wait for each other. Whoever comes second waits for the first, then throws. */
export async function writeActs(tx: Tx, acts: readonly string[], at: Instant): Promise<void> {
  const all = [...new Set(acts.map(plainText))].toSorted()
  if (all.length === 0) return
  const written = await tx
    .insertInto('acts')
    .values(all.map((act) => ({ act, at })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('act')
    .execute()
  if (written.length < all.length) throw new ActRepeated('That has been carried out already')
}

export async function hasAct(db: Database, act: string): Promise<boolean> {
  const row = await db
    .selectFrom('acts')
    .select('at')
    .where('act', '=', plainText(act))
    .executeTakeFirst()
  return row !== undefined
}

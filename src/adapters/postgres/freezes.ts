import { LedgerConflict } from '../../domain/errors.ts'
import type { Freeze } from '../../domain/grants/freeze.ts'
import type { Commit } from '../../workflows/ports.ts'
import type { Database, Tx } from './database.ts'
import { jsonText } from './json.ts'

/** Reads the whole table: it has a row for each freeze that holds now. */
export async function readFreezes(db: Database): Promise<readonly Freeze[]> {
  const rows = await db.selectFrom('freezes').select('state').orderBy('at').orderBy('id').execute()
  return rows.map(({ state }) => state)
}

export async function writeFreezes(tx: Tx, changes: NonNullable<Commit['freezes']>): Promise<void> {
  for (const change of changes) {
    if ('begin' in change) await begin(tx, change.begin)
    else await end(tx, change.end)
  }
}

async function begin(tx: Tx, freeze: Freeze): Promise<void> {
  const { id, at } = freeze
  await tx
    .insertInto('freezes')
    .values({ id, at, state: jsonText(freeze) })
    .execute()
}

async function end(tx: Tx, id: string): Promise<void> {
  const ended = await tx
    .deleteFrom('freezes')
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  if (ended === undefined) throw new LedgerConflict(`Freeze ${id} is over already`)
}

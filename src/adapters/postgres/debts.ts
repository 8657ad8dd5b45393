import { sql } from 'kysely'
import type { Debt } from '../../domain/debts/types.ts'
import { LedgerConflict } from '../../domain/errors.ts'
import { subjectKey, type SubjectKey } from '../../domain/subjects.ts'
import type { Database, Tx } from './database.ts'
import { jsonText } from './json.ts'

export async function debtsOf(
  db: Database,
  personIds: readonly number[],
): Promise<readonly Debt[]> {
  const { rows } = await sql<{ debt: Debt }>`
    select debt from hallpass.debts
    where open and (person_id = any(${personIds}::bigint[]) or requester_id = any(${personIds}::bigint[]))
    order by opened_at, id`.execute(db)
  return rows.map(({ debt }) => debt)
}

export async function debtsOn(db: Database, subject: SubjectKey): Promise<readonly Debt[]> {
  const rows = await db
    .selectFrom('debts')
    .select('debt')
    .where('subject', '=', subject)
    .orderBy('opened_at')
    .orderBy('id')
    .execute()
  return rows.map(({ debt }) => debt)
}

export async function debtByCode(db: Database, code: string): Promise<Debt | undefined> {
  const row = await db
    .selectFrom('debts')
    .select('debt')
    .where('code', '=', code)
    .executeTakeFirst()
  return row?.debt
}

/** Under the admission's lock: nobody else opens a debt meanwhile. */
export async function writeDebts(tx: Tx, given: readonly Debt[]): Promise<void> {
  if (given.length === 0) return
  const known = await lockDebts(
    tx,
    given.map(({ id }) => id),
  )
  await requireNoOther(
    tx,
    given.filter(({ id, acknowledged }) => acknowledged === undefined && !known.has(id)),
  )
  for (const debt of given) await write(tx, merged(debt, known.get(debt.id)))
}

async function lockDebts(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Debt>> {
  const rows = await tx
    .selectFrom('debts')
    .select(['id', 'debt'])
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute()
  return new Map(rows.map(({ id, debt }) => [id, debt]))
}

/** Several may come of one act. */
async function requireNoOther(tx: Tx, opened: readonly Debt[]): Promise<void> {
  if (opened.length === 0) return
  const people = opened.flatMap(({ personId, requesterId }) => [personId, requesterId])
  if ((await debtsOf(tx, people)).length > 0)
    throw new LedgerConflict('Somebody owes a review since that was decided')
}

/** NB: what was read before somebody acknowledged it must not undo that. */
function merged(given: Debt, known: Debt | undefined): Debt {
  if (known === undefined) return given
  if (known.acknowledged !== undefined && given.acknowledged !== undefined) {
    const same =
      known.acknowledged.by.id === given.acknowledged.by.id &&
      known.acknowledged.at === given.acknowledged.at
    if (!same) throw new LedgerConflict(`Debt ${given.id} has been acknowledged already`)
  }
  return {
    ...given,
    issue: given.issue ?? known.issue,
    acknowledged: known.acknowledged ?? given.acknowledged,
  }
}

async function write(tx: Tx, debt: Debt): Promise<void> {
  const text = jsonText(debt)
  await tx
    .insertInto('debts')
    .values({
      id: debt.id,
      code: debt.code,
      person_id: debt.personId,
      requester_id: debt.requesterId,
      subject: subjectKey(debt.subject),
      opened_at: debt.openedAt,
      debt: text,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ debt: text }))
    .execute()
}

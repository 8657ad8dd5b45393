import { LedgerConflict } from '../../domain/errors.ts'
import type { Instant } from '../../domain/time.ts'
import type { Commit, StoredDelivery } from '../../workflows/ports.ts'
import { plainText } from './json.ts'
import type { Database, Tx } from './database.ts'

export async function readDelivery(db: Database, id: string): Promise<StoredDelivery | undefined> {
  const row = await db
    .selectFrom('deliveries')
    .select(['id', 'event', 'body', 'received_at', 'subject', 'attempts', 'next_at'])
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { received_at: receivedAt, next_at: nextAt, subject, ...rest } = row
  return { ...rest, receivedAt, nextAt, subject: subject ?? undefined }
}

export async function deliveryFailed(
  db: Database,
  id: string,
  error: string,
  retryAt: Instant | null,
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set((row) => ({
      attempts: row('attempts', '+', 1),
      last_error: plainText(error),
      ...(retryAt === null ? { state: 'failed' as const } : { next_at: retryAt }),
    }))
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute()
}

/** Throws LedgerConflict when it was done or given up already. */
export async function finishDelivery(
  tx: Tx,
  { id, outcome, givenUp }: NonNullable<Commit['delivery']>,
  now: Instant,
): Promise<void> {
  const text = plainText(outcome)
  const finished = await tx
    .updateTable('deliveries')
    .set((row) =>
      givenUp === true
        ? { state: 'failed' as const, attempts: row('attempts', '+', 1), last_error: text }
        : // The body has served its purpose: its hash stays, for replays.
          { state: 'done' as const, outcome: text, done_at: now, body: new Uint8Array() },
    )
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .returning('id')
    .executeTakeFirst()
  if (finished === undefined) throw new LedgerConflict(`Delivery ${id} is done already`)
}

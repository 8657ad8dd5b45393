import type { Instant } from '../../domain/time.ts'
import type { Accepted, NewDelivery } from '../../workflows/ports.ts'
import { plainText } from './json.ts'
import type { Database } from './database.ts'

/** The same body under another id is a replay, whatever became of the first. */
export async function accept(db: Database, delivery: NewDelivery, now: Instant): Promise<Accepted> {
  const stored = await db
    .insertInto('deliveries')
    .values({
      id: delivery.id,
      event: plainText(delivery.event),
      action: delivery.action === undefined ? null : plainText(delivery.action),
      installation_id: delivery.installationId,
      account_id: delivery.accountId,
      subject: delivery.subject ?? null,
      body: delivery.body,
      body_hash: delivery.bodyHash,
      received_at: now,
      next_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (stored !== undefined) return 'stored'
  const revived = await db
    .updateTable('deliveries')
    .set({ state: 'pending', attempts: 0, next_at: now })
    .where('id', '=', delivery.id)
    .where('state', '=', 'failed')
    .returning('id')
    .executeTakeFirst()
  return revived === undefined ? 'duplicate' : 'revived'
}

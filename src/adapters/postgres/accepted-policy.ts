import { LedgerConflict } from '../../domain/errors.ts'
import type { AcceptedPolicy, Commit } from '../../workflows/ports.ts'
import type { Database, Tx } from './database.ts'
import { plainText } from './json.ts'

export const acceptedPolicy = (db: Database, where: string): Promise<AcceptedPolicy | undefined> =>
  db
    .selectFrom('accepted_policies')
    .innerJoin('policy_texts', 'policy_texts.blob', 'accepted_policies.blob')
    .select(['policy_texts.blob', 'policy_texts.text'])
    .where('place', '=', plainText(where))
    .executeTakeFirst()

/** Its text is kept already. Of two first ones at once, the second is a conflict. */
export async function acceptPolicy(
  tx: Tx,
  { where, blob, replaces }: NonNullable<Commit['acceptedPolicy']>,
): Promise<void> {
  const place = plainText(where)
  const former = await tx
    .selectFrom('accepted_policies')
    .select('blob')
    .where('place', '=', place)
    .forUpdate()
    .executeTakeFirst()
  if (replaces !== undefined && replaces !== (former?.blob ?? null))
    throw new LedgerConflict('Another policy has been accepted meanwhile')
  await (former === undefined
    ? tx.insertInto('accepted_policies').values({ place, blob }).execute()
    : tx.updateTable('accepted_policies').set({ blob }).where('place', '=', place).execute())
}

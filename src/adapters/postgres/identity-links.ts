import { LedgerConflict } from '../../domain/errors.ts'
import type { IdentityLink } from '../../workflows/ports.ts'
import type { Database, Tx } from './database.ts'

type Place = Pick<IdentityLink, 'cloud' | 'account'>

const rows = (db: Database, { cloud, account }: Place) =>
  db
    .selectFrom('identity_links')
    .select(['person_id as personId', 'principal_id as principalId', 'cloud', 'account'])
    .where('cloud', '=', cloud)
    .where('account', '=', account)

export const identityLink = (
  db: Database,
  { personId, ...place }: Place & Pick<IdentityLink, 'personId'>,
): Promise<IdentityLink | undefined> =>
  rows(db, place).where('person_id', '=', personId).executeTakeFirst()

export const identityHolder = (
  db: Database,
  { principalId, ...place }: Place & Pick<IdentityLink, 'principalId'>,
): Promise<IdentityLink | undefined> =>
  rows(db, place).where('principal_id', '=', principalId).executeTakeFirst()

/** NB: the first one stays. A login that changed hands must not bring its former owner's principal along. */
export async function writeIdentityLinks(tx: Tx, links: readonly IdentityLink[]): Promise<void> {
  for (const link of links) {
    const { personId, cloud, account, principalId } = link
    await tx
      .insertInto('identity_links')
      .values({ person_id: personId, cloud, account, principal_id: principalId })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const kept = await identityLink(tx, link)
    if (kept?.principalId !== principalId)
      throw new LedgerConflict(`Person ${personId} or that principal is linked otherwise`)
  }
}

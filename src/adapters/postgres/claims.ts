import { sql } from 'kysely'
import { LedgerConflict } from '../../domain/errors.ts'
import type { Instant } from '../../domain/time.ts'
import type { Claim, ClaimKey } from '../../workflows/ports.ts'
import type { Database, Tx } from './database.ts'

/** Of one sequence for all keys: a fence never comes twice, although rows are removed. */
const nextFence = sql<number>`nextval('hallpass.fences')`

/** One statement: of two that come at once, one gets it. */
export async function claim(
  db: Database,
  key: ClaimKey,
  owner: string,
  now: Instant,
  ttlMs: number,
): Promise<Claim | undefined> {
  const until = now + ttlMs
  const row = await db
    .insertInto('claims')
    .values({ key, owner, fence: nextFence, until, taken_over: false })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({
          owner,
          until,
          // NB: drawn again, with the row locked: the one above is older than that of whoever was faster.
          fence: nextFence,
          taken_over: sql<boolean>`claims.owner is not null`,
        })
        .where((row) => row.or([row('claims.owner', 'is', null), row('claims.until', '<=', now)])),
    )
    .returning(['fence', 'taken_over'])
    .executeTakeFirst()
  return row && { key, owner, fence: row.fence, until, takenOver: row.taken_over }
}

export async function renew(
  db: Database,
  former: Claim,
  now: Instant,
  ttlMs: number,
): Promise<Claim | undefined> {
  const row = await db
    .updateTable('claims')
    .set({ until: sql<Instant>`greatest(until, ${now + ttlMs}::bigint)` })
    .where('key', '=', former.key)
    .where('owner', '=', former.owner)
    .where('fence', '=', former.fence)
    .where('until', '>', now)
    .returning('until')
    .executeTakeFirst()
  return row && { ...former, until: row.until }
}

export async function release(db: Database, { key, owner, fence }: Claim): Promise<void> {
  await db
    .updateTable('claims')
    .set({ owner: null })
    .where('key', '=', key)
    .where('owner', '=', owner)
    .where('fence', '=', fence)
    .execute()
}

export async function abandon(
  db: Database,
  { key, owner, fence }: Claim,
  now: Instant,
): Promise<void> {
  await db
    .updateTable('claims')
    .set({ until: sql<Instant>`least(until, ${now}::bigint)` })
    .where('key', '=', key)
    .where('owner', '=', owner)
    .where('fence', '=', fence)
    .execute()
}

/** In one go: what is left is found the next time. */
const forgottenMax = 10_000

/**
 * Removes the rows of claims that were over by then: nothing that was done under them is still on its way. One on a lane
 * that was not given back stays, for it tells of a call that may have reached the cloud.
 */
export async function forgetClaims(db: Database, before: Instant): Promise<void> {
  await sql`delete from hallpass.claims where key = any(array(
    select key from hallpass.claims
    where until < ${before} and (owner is null or key not like 'lane:%')
    limit ${forgottenMax} for update skip locked))`.execute(db)
}

/** Lets every claim run out now. Whoever takes one over still knows that it was not given back. */
export async function endClaims(db: Database, now: Instant): Promise<void> {
  await db
    .updateTable('claims')
    .set({ until: now })
    .where('owner', 'is not', null)
    .where('until', '>', now)
    .execute()
}

/** Throws LedgerConflict unless the claim still stands. Nobody can take it over before the transaction is through. */
export async function requireClaim(tx: Tx, claim: Claim, now: Instant): Promise<void> {
  const { key, owner, fence } = claim
  const row = await tx
    .selectFrom('claims')
    .select('fence')
    .where('key', '=', key)
    .where('owner', '=', owner)
    .where('fence', '=', fence)
    .where('until', '>', now)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw staleClaim(claim)
}

export const staleClaim = ({ key }: Claim): LedgerConflict =>
  new LedgerConflict(`The claim on ${key} ran out`)

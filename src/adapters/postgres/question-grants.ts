import { sql } from 'kysely'
import type { Concerned } from '../../domain/signals.ts'
import type { Tx } from './database.ts'

/** In the order of their ids, so that two commits never wait for each other. What is over stands on nothing. */
export async function questionGrants(tx: Tx, concerned: readonly Concerned[]): Promise<void> {
  for (const each of concerned)
    await sql`
      update hallpass.grants g set standing_version = standing_version + 1
      from (
        select id from hallpass.grants where open and ${among(each)} order by id for update
      ) locked
      where g.id = locked.id`.execute(tx)
}

function among(concerned: Concerned) {
  if ('everywhere' in concerned) return sql`true`
  if ('repositoryIds' in concerned)
    return sql`repository_id = any(${concerned.repositoryIds}::bigint[])`
  const { accountId, personId } = concerned
  const inAccount = sql`subject in (select key from hallpass.subjects where account_id = ${accountId})`
  return personId === undefined ? inAccount : sql`recipient_id = ${personId} and ${inAccount}`
}

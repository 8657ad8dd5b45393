// By what name people, repositories and roles are recorded. Asked by operators alone, so that no index pays for it.
import { sql } from 'kysely'
import type { Person } from '../../domain/subjects.ts'
import type { NamedRepository } from '../../workflows/ports.ts'
import type { Database } from './database.ts'

export async function peopleNamed(db: Database, login: string): Promise<readonly Person[]> {
  const { rows } = await sql<Person>`
    select (person ->> 'id')::bigint as id, max(person ->> 'login') as login
    from hallpass.grants, lateral (values
      (state #> '{revision,offer,recipient}'), (state #> '{revision,offer,requester}')) as p (person)
    where lower(person ->> 'login') = lower(${login})
    group by 1 order by 1`.execute(db)
  return rows
}

/** `name` is `owner/repository`. */
export async function repositoriesNamed(
  db: Database,
  name: string,
): Promise<readonly NamedRepository[]> {
  const { rows } = await sql<NamedRepository>`
    select repository_id as id, max(owner || '/' || repository) as name from hallpass.subjects
    where lower(owner || '/' || repository) = lower(${name})
    group by 1 order by 1`.execute(db)
  return rows
}

export async function isRoleRecorded(db: Database, role: string): Promise<boolean> {
  const { rows } = await sql`select from hallpass.grants where role = ${role} limit 1`.execute(db)
  return rows.length > 0
}

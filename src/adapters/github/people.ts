import type { Actor, Person, RoleName, Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { locate } from './repositories.ts'
import { scopeOf } from './scopes.ts'

/** The account behind a numeric id now. */
export async function readAccount(
  client: Client,
  key: Pick<Subject, 'installationId' | 'repositoryId'>,
  id: number,
): Promise<Actor | undefined> {
  const found = await orUndefined(
    client.asInstallation(scopeOf(key, 'facts'), `read the account ${id}`, (octokit) =>
      octokit.rest.users.getById({ account_id: id }),
    ),
  )
  if (found?.data.id !== id) return undefined
  return { id, login: found.data.login, type: typeOf(found.data.type) }
}

/** A type that is not known counts as a bot: bots are given nothing. */
const typeOf = (type: string): Actor['type'] =>
  type === 'User' || type === 'Organization' || type === 'Mannequin' ? type : 'Bot'

/**
 * The live role of the person on the repository. The endpoint takes a login, which may have changed hands:
 * the login of today is read by id first, and the answer counts only when it is about that id.
 */
export async function readRole(
  client: Client,
  subject: Subject,
  person: Person,
): Promise<RoleName> {
  const place = await locate(client, subject)
  const account = await readAccount(client, subject, person.id)
  if (account === undefined) return 'none'
  const what = `read the role of ${account.login} on ${place.owner}/${place.repo}`
  const found = await orUndefined(
    client.asInstallation(scopeOf(subject, 'facts'), what, (octokit) =>
      octokit.rest.repos.getCollaboratorPermissionLevel({ ...place, username: account.login }),
    ),
  )
  if (found?.data.user?.id !== person.id) return 'none'
  return foldRole(found.data.role_name, found.data.permission)
}

/** What GitHub's `permission` says of each built-in role: it knows neither `triage` nor `maintain`. */
const folded: ReadonlyMap<string, string> = new Map<RoleName, string>([
  ['none', 'none'],
  ['read', 'read'],
  ['triage', 'read'],
  ['write', 'write'],
  ['maintain', 'write'],
  ['admin', 'admin'],
])

/**
 * `role_name` where it is one of GitHub's own and `permission` agrees. A custom role counts as what GitHub itself folds
 * it to in `permission`, which is never more than it allows. Anything else is nothing.
 */
export function foldRole(roleName: string, permission: string): RoleName {
  if (folded.get(roleName) === permission && isRoleName(roleName)) return roleName
  if (permission === 'read' || permission === 'write' || permission === 'admin') return permission
  return 'none'
}

const isRoleName = (name: string): name is RoleName => folded.has(name)

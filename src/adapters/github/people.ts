import type { Actor, Person, RoleName, Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { JustRead } from './just-read.ts'
import { orUndefined } from './or-undefined.ts'
import { placeOf } from './repositories.ts'
import { scopeOf } from './scopes.ts'

const logins = new JustRead<string>()

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
  if (found?.data.id !== id) {
    logins.forget(client, id)
    return undefined
  }
  logins.note(client, id, found.data.login)
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
  const noted = logins.of(client, person.id)
  const role = noted === undefined ? undefined : await roleAs(client, subject, person, noted)
  if (role !== undefined) return role
  const account = await readAccount(client, subject, person.id)
  if (account === undefined) return 'none'
  return (await roleAs(client, subject, person, account.login)) ?? 'none'
}

/** Undefined when the login is not that person's. */
async function roleAs(
  client: Client,
  subject: Subject,
  { id }: Person,
  username: string,
): Promise<RoleName | undefined> {
  const place = await placeOf(client, subject)
  const what = `read the role of ${username} on ${place.owner}/${place.repo}`
  const found = await orUndefined(
    client.asInstallation(scopeOf(subject, 'facts'), what, (octokit) =>
      octokit.rest.repos.getCollaboratorPermissionLevel({ ...place, username }),
    ),
  )
  if (found?.data.user?.id !== id) return undefined
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

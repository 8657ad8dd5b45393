// What the App is, and where it is installed.
import { GitHubError } from '../../domain/errors.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'

export interface AppIdentity {
  readonly id: number
  readonly slug: string
  /** Permission to level, such as `checks` to `write`. */
  readonly permissions: Readonly<Record<string, string>>
  /** Names of the events it subscribes to. */
  readonly events: readonly string[]
}

export interface Installation {
  readonly id: number
  /** The account it is installed on: numeric id and login. */
  readonly accountId: number
  readonly account: string
  readonly suspended: boolean
  readonly repositories: 'all' | 'selected'
  readonly permissions: Readonly<Record<string, string>>
  readonly events: readonly string[]
}

/** Throws GitHubError `denied` when the key does not belong to the App of that id. */
export async function readApp(client: Client): Promise<AppIdentity> {
  const { data } = await client.asApp('read the App', (octokit) =>
    octokit.rest.apps.getAuthenticated(),
  )
  if (data === null || data.slug === undefined || data.id !== client.appId)
    throw new GitHubError(
      'denied',
      `GitHub: the private key is not that of the App ${client.appId}`,
    )
  const { id, slug, events } = data
  return { id, slug, permissions: levelsOf(data.permissions), events }
}

export async function listInstallations(client: Client): Promise<readonly Installation[]> {
  const found = await client.asApp('list the installations of the App', (octokit) =>
    octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 }),
  )
  return found.flatMap((installation) => {
    const { account } = installation
    // An enterprise has a slug and no login: it owns no repositories.
    if (account === null || !('login' in account)) return []
    return [
      {
        id: installation.id,
        accountId: account.id,
        account: account.login,
        suspended: typeof installation.suspended_at === 'string',
        repositories: installation.repository_selection,
        permissions: levelsOf(installation.permissions),
        events: installation.events,
      },
    ]
  })
}

export async function readInstallation(
  client: Client,
  id: number,
): Promise<'installed' | 'suspended' | 'uninstalled'> {
  const found = await orUndefined(
    client.asApp('read the installation', (octokit) =>
      octokit.rest.apps.getInstallation({ installation_id: id }),
    ),
  )
  if (found !== undefined)
    return typeof found.data.suspended_at === 'string' ? 'suspended' : 'installed'
  // NB: to an App that it does not know GitHub says 404 as well: a wrong setting must not end everything.
  await readApp(client)
  return 'uninstalled'
}

const levelsOf = (permissions: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(permissions).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )

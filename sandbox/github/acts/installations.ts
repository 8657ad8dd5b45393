// Installing the App, and taking it away again.
import { nodeId } from '../answers.ts'
import type { Account, Installation, Permissions, Repository } from '../model.ts'
import { installation as shown, organization, simpleUser } from '../render/accounts.ts'
import { announceAlways, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { personOf, type Who, type World } from '../world.ts'

export interface InstallOptions {
  readonly id?: number
  readonly repositories?: 'all' | readonly Repository[]
  readonly permissions?: Permissions
  readonly events?: readonly string[]
}

const named = (world: World, repository: Repository) => ({
  id: repository.id,
  node_id: nodeId('Repository', repository.id),
  name: repository.name,
  full_name: world.fullName(repository),
  private: repository.visibility !== 'public',
})

function aboutInstallation({ world }: Hub, installation: Installation, by: Account) {
  const account = world.accountOrGhost(installation.accountId)
  return {
    installation: shown(world, installation),
    sender: simpleUser(world, by),
    ...(account.type === 'Organization' && { organization: organization(world, account) }),
  }
}

export function installationActs(hub: Hub) {
  const { world } = hub
  const who = (person: Who) => personOf(world, person)
  return {
    /** Silent. On every repository of the account unless some are named. */
    install(account: Account, options: InstallOptions = {}): Installation {
      const { repositories = 'all' } = options
      const installation: Installation = {
        id: world.nextId(options.id, world.installations),
        accountId: account.id,
        repositories: repositories === 'all' ? 'all' : new Set(repositories.map(({ id }) => id)),
        permissions: options.permissions ?? world.app.permissions,
        events: options.events ?? world.app.events,
        createdAt: world.now(),
        suspendedAt: null,
      }
      world.installations.set(installation.id, installation)
      world.changed()
      return installation
    },

    /** Its tokens stop working at once. */
    uninstall(installation: Installation, by: Who): Delivery[] {
      const payload = aboutInstallation(hub, installation, who(by))
      world.installations.delete(installation.id)
      world.changed()
      return announceAlways<'webhook-installation-deleted'>(hub, 'installation', installation.id, {
        action: 'deleted',
        ...payload,
      })
    },

    suspend(installation: Installation, by: Who): Delivery[] {
      const suspendedAt = world.now()
      installation.suspendedAt = suspendedAt
      world.changed()
      const { installation: now, ...payload } = aboutInstallation(hub, installation, who(by))
      const suspended_at = now.suspended_at ?? ''
      return announceAlways<'webhook-installation-suspend'>(hub, 'installation', installation.id, {
        action: 'suspend',
        installation: { ...now, suspended_at, suspended_by: simpleUser(world, who(by)) },
        ...payload,
      })
    },

    /** Takes a repository out of an installation that names its repositories. */
    removeFromInstallation(installation: Installation, by: Who, from: Repository): Delivery[] {
      if (installation.repositories === 'all') throw new Error('it covers every repository')
      installation.repositories.delete(from.id)
      world.changed()
      return announceAlways<'webhook-installation-repositories-removed'>(
        hub,
        'installation_repositories',
        installation.id,
        {
          action: 'removed',
          repositories_added: [],
          repositories_removed: [named(world, from)],
          repository_selection: 'selected',
          requester: null,
          ...aboutInstallation(hub, installation, who(by)),
        },
      )
    },
  }
}

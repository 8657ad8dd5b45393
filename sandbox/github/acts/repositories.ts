// What happens to whole repositories, and the buttons that people press on check runs.
import type { Account, Check, Repository, Visibility } from '../model.ts'
import { check as shownCheck } from '../render/checks.ts'
import { simpleUser } from '../render/accounts.ts'
import { about, announce, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { personOf, type Who } from '../world.ts'
import { requireStanding } from './standing.ts'

export function repositoryActs(hub: Hub) {
  const { world } = hub
  const told = (repository: Repository, by: Who) => {
    repository.updatedAt = world.now()
    world.changed()
    return about(hub, repository, personOf(world, by))
  }

  return {
    archive(repository: Repository, by: Who): Delivery[] {
      repository.archived = true
      const payload = { action: 'archived' as const, ...told(repository, by) }
      return announce<'webhook-repository-archived'>(hub, 'repository', repository, payload)
    },

    setVisibility(repository: Repository, by: Who, visibility: Visibility): Delivery[] {
      repository.visibility = visibility
      const payload = told(repository, by)
      return visibility === 'public'
        ? announce<'webhook-repository-publicized'>(hub, 'repository', repository, {
            action: 'publicized',
            ...payload,
          })
        : announce<'webhook-repository-privatized'>(hub, 'repository', repository, {
            action: 'privatized',
            ...payload,
          })
    },

    /** The former name redirects to the repository's id. */
    renameRepository(repository: Repository, by: Who, name: string): Delivery[] {
      const from = repository.name
      world.formerNames.set(world.fullName(repository).toLowerCase(), repository.id)
      repository.name = name
      return announce<'webhook-repository-renamed'>(hub, 'repository', repository, {
        action: 'renamed',
        changes: { repository: { name: { from } } },
        ...told(repository, by),
      })
    },

    transferRepository(repository: Repository, by: Who, to: Account): Delivery[] {
      const from = world.accountOrGhost(repository.ownerId)
      const shown = simpleUser(world, from)
      world.formerNames.set(world.fullName(repository).toLowerCase(), repository.id)
      repository.ownerId = to.id
      repository.roles.clear()
      return announce<'webhook-repository-transferred'>(hub, 'repository', repository, {
        action: 'transferred',
        changes: { owner: { from: { user: shown } } },
        ...told(repository, by),
      })
    },

    deleteRepository(repository: Repository, by: Who): Delivery[] {
      const payload = { action: 'deleted' as const, ...told(repository, by) }
      const announced = announce<'webhook-repository-deleted'>(
        hub,
        'repository',
        repository,
        payload,
      )
      world.repositories.delete(repository.id)
      world.changed()
      return announced
    },

    /** GitHub shows the buttons to those who may write, on completed runs only, and tells nobody but the App that made the run. */
    press(check: Check, by: Who, identifier: string): Delivery[] {
      requireStanding(world, world.repositoryOf(check), personOf(world, by), 'write')
      if (check.status !== 'completed') throw new Error(`${check.name} is not completed`)
      if (!check.actions.some((action) => action.identifier === identifier))
        throw new Error(`${check.name} has no button ${identifier}`)
      return announce<'webhook-check-run-requested-action'>(
        hub,
        'check_run',
        world.repositoryOf(check),
        {
          action: 'requested_action',
          check_run: shownCheck(world, check),
          requested_action: { identifier },
          ...about(hub, world.repositoryOf(check), personOf(world, by)),
        },
      )
    },
  }
}

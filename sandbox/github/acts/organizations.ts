// People joining and leaving organizations and teams.
import type { Account, BaseRole, Repository, Team } from '../model.ts'
import { simpleUser, team as shownTeam } from '../render/accounts.ts'
import { about, aboutOrganization, announce, type Hooks, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { slugOf } from '../seeding.ts'
import { personOf, type Who } from '../world.ts'

export function organizationActs(hub: Hub) {
  const { world } = hub
  const who = (person: Who) => personOf(world, person)

  const teamChange = (team: Team, by: Who, person: Account) => ({
    scope: 'team' as const,
    member: simpleUser(world, person),
    team: shownTeam(world, team),
    ...aboutOrganization(hub, world.accountOrGhost(team.organizationId), who(by)),
  })

  const removeFromTeam = (team: Team, by: Who, person: Who): Delivery[] => {
    team.members.delete(who(person).id)
    world.changed()
    const owner = world.accountOrGhost(team.organizationId)
    const payload = teamChange(team, by, who(person))
    return announce<'webhook-membership-removed'>(hub, 'membership', owner, {
      action: 'removed',
      ...payload,
    })
  }

  return {
    joinTeam(team: Team, by: Who, person: Who): Delivery[] {
      team.members.set(who(person).id, { role: 'member', state: 'active' })
      world.changed()
      const owner = world.accountOrGhost(team.organizationId)
      const payload = teamChange(team, by, who(person))
      return announce<'webhook-membership-added'>(hub, 'membership', owner, {
        action: 'added',
        ...payload,
      })
    },
    leaveTeam: removeFromTeam,

    /** Its slug follows its name; its id stays. */
    renameTeam(team: Team, by: Who, name: string): Delivery[] {
      const from = team.name
      team.name = name
      team.slug = slugOf(name)
      world.changed()
      const owner = world.accountOrGhost(team.organizationId)
      return announce<'webhook-team-edited'>(hub, 'team', owner, {
        action: 'edited',
        changes: { name: { from } },
        team: shownTeam(world, team),
        ...aboutOrganization(hub, owner, who(by)),
      })
    },

    /** Whatever asked for its review asks nobody from now on, and no pull request tells of it. */
    deleteTeam(team: Team, by: Who): Delivery[] {
      const owner = world.accountOrGhost(team.organizationId)
      const shown = shownTeam(world, team)
      world.teams.delete(team.id)
      world.changed()
      return announce<'webhook-team-deleted'>(hub, 'team', owner, {
        action: 'deleted',
        team: shown,
        ...aboutOrganization(hub, owner, who(by)),
      })
    },

    /** Out of the organization, of its teams, and of its repositories' direct collaborators. */
    leaveOrganization(owner: Account, by: Who, person: Who): Delivery[] {
      const { id, login } = who(person)
      const was = owner.members.get(id)
      owner.members.delete(id)
      for (const repository of world.repositories.values())
        if (repository.ownerId === owner.id) repository.roles.delete(id)
      const membership: Hooks['webhooks_membership'] = {
        url: `${world.url}/orgs/${owner.login}/memberships/${login}`,
        organization_url: `${world.url}/orgs/${owner.login}`,
        role: was?.role ?? 'member',
        state: was?.state ?? 'active',
        user: simpleUser(world, who(person)),
      }
      const left = [...world.teams.values()].filter(
        (team) => team.organizationId === owner.id && team.members.has(id),
      )
      return [
        ...left.flatMap((team) => removeFromTeam(team, by, person)),
        ...announce<'webhook-organization-member-removed'>(hub, 'organization', owner, {
          action: 'member_removed',
          membership,
          ...aboutOrganization(hub, owner, who(by)),
        }),
      ]
    },

    removeCollaborator(repository: Repository, by: Who, person: Who): Delivery[] {
      repository.roles.delete(who(person).id)
      world.changed()
      return announce<'webhook-member-removed'>(hub, 'member', repository, {
        action: 'removed',
        member: simpleUser(world, who(person)),
        ...about(hub, repository, who(by)),
      })
    },

    changeCollaborator(repository: Repository, by: Who, person: Who, role: BaseRole): Delivery[] {
      const from = repository.roles.get(who(person).id)?.base ?? 'none'
      repository.roles.set(who(person).id, { name: role, base: role })
      world.changed()
      return announce<'webhook-member-edited'>(hub, 'member', repository, {
        action: 'edited',
        member: simpleUser(world, who(person)),
        changes: { permission: { from, to: role } },
        ...about(hub, repository, who(by)),
      })
    },
  }
}

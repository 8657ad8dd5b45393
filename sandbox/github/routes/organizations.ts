// Users, organizations, teams, and who belongs to them.
import type { components } from '@octokit/openapi-types'
import { forbidden, notFound, paged } from '../answers.ts'
import { permits } from '../authentication.ts'
import type { Account, Team } from '../model.ts'
import { fullTeam, organization, publicUser, simpleUser, userById } from '../render/accounts.ts'
import { teamMembers } from '../roles.ts'
import { answer, empty, type InstallationCall, type Router } from '../routing.ts'
import type { World } from '../world.ts'

type Schemas = components['schemas']

export function userRoutes(router: Router): void {
  const { world } = router
  const shown = (account: Account | undefined) => {
    if (!account) throw notFound()
    return answer<'users/get-by-username'>(publicUser(world, account))
  }
  router.installation('GET /users/:username', ({ param }) =>
    shown(world.account(param('username'))),
  )
  router.installation('GET /user/:account_id', ({ number }) =>
    shown(world.account(number('account_id'))),
  )
}

export function organizationRoutes(router: Router): void {
  const { world } = router
  router.installation('GET /orgs/:org/memberships/:username', (call) => {
    const owner = organizationOf(world, call)
    const person = world.account(call.param('username'))
    const membership = person && owner.members.get(person.id)
    if (!membership) throw notFound()
    return answer<'orgs/get-membership-for-user'>({
      url: `${world.url}/orgs/${owner.login}/memberships/${person.login}`,
      state: membership.state,
      role: membership.role,
      direct_membership: true,
      organization_url: `${world.url}/orgs/${owner.login}`,
      organization: organization(world, owner),
      user: simpleUser(world, person),
    })
  })
  router.installation('GET /orgs/:org/members', (call) => {
    const owner = organizationOf(world, call)
    return members(world, call.url, owner.members)
  })
  router.installation('GET /orgs/:org/members/:username', (call) => {
    const person = world.account(call.param('username'))
    const membership = person && organizationOf(world, call).members.get(person.id)
    if (membership?.state !== 'active') throw notFound()
    return empty()
  })

  router.installation('GET /orgs/:org/teams', (call) => {
    const owner = organizationOf(world, call)
    const all = [...world.teams.values()].filter(
      ({ organizationId }) => organizationId === owner.id,
    )
    return paged(call.url, all, (page) => page.map((one) => fullTeam(world, one)))
  })
  router.installation('GET /orgs/:org/teams/:team_slug', (call) =>
    answer<'teams/get-by-name'>(fullTeam(world, teamOf(world, call))),
  )
  router.installation('GET /orgs/:org/teams/:team_slug/memberships/:username', (call) => {
    const team = teamOf(world, call)
    const person = world.account(call.param('username'))
    const membership = person && teamMembers(world, team).get(person.id)
    if (!membership) throw notFound()
    return answer<'teams/get-membership-for-user-in-org'>({
      url: `${world.url}/organizations/${team.organizationId}/team/${team.id}/memberships/${person.login}`,
      role: membership.role,
      state: membership.state,
    })
  })
  router.installation('GET /orgs/:org/teams/:team_slug/members', (call) =>
    members(world, call.url, ofRole(call.url, teamMembers(world, teamOf(world, call)))),
  )
}

function ofRole<M extends { readonly role: string }>(url: URL, all: ReadonlyMap<number, M>) {
  const wanted = url.searchParams.get('role') ?? 'all'
  return new Map([...all].filter(([, { role }]) => wanted === 'all' || wanted === role))
}

/** Only active members are listed, as on GitHub. */
function members(world: World, url: URL, all: ReadonlyMap<number, { readonly state: string }>) {
  const active = [...all].filter(([, { state }]) => state === 'active').map(([id]) => id)
  return paged(url, active, (page) => page.map((id): Schemas['simple-user'] => userById(world, id)))
}

/** Members: read, given by that organization's own installation. */
function organizationOf(world: World, { caller, param }: InstallationCall): Account {
  const owner = world.account(param('org'))
  if (owner?.type !== 'Organization') throw notFound()
  const own = caller.installation.accountId === owner.id
  if (!own || !permits(caller.token, { members: 'read' })) throw forbidden()
  return owner
}

function teamOf(world: World, call: InstallationCall): Team {
  const found = world.team(organizationOf(world, call).id, call.param('team_slug'))
  if (!found) throw notFound()
  return found
}

// What a person may do on a repository, from every source GitHub counts.
import type { Account, BaseRole, Repository, Role, Team } from './model.ts'
import type { World } from './world.ts'

const order: readonly BaseRole[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin']
const plain = (base: BaseRole): Role => ({ name: base, base })

/** The highest of: ownership, direct role, teams' roles, the organization's base role, public or internal reading. */
export function effectiveRole(world: World, repository: Repository, person: Account): Role {
  const owner = world.accountOrGhost(repository.ownerId)
  const membership = owner.members.get(person.id)
  const member = membership?.state === 'active'
  const roles = [plain('none')]
  if (owner.id === person.id || (member && membership.role === 'admin')) roles.push(plain('admin'))
  if (member) roles.push(plain(owner.baseRole))
  if (repository.visibility === 'public' || (repository.visibility === 'internal' && member))
    roles.push(plain('read'))
  const direct = repository.roles.get(person.id)
  if (direct) roles.push(direct)
  for (const team of world.teams.values())
    if (team.organizationId === owner.id && isDirectMember(team, person))
      roles.push(...teamRoles(world, team, repository))
  return roles.reduce((best, role) => (outranks(role, best) ? role : best))
}

/** Whether a role amounts to at least another. */
export const reaches = (has: BaseRole, least: BaseRole): boolean =>
  order.indexOf(has) >= order.indexOf(least)
const rank = (role: Role) => order.indexOf(role.base)
/** Of two that amount to the same, the custom role is named. */
const outranks = (role: Role, best: Role) =>
  rank(role) > rank(best) || (rank(role) === rank(best) && role.name !== role.base)
const isDirectMember = (team: Team, person: Account) =>
  team.members.get(person.id)?.state === 'active'

function teamRoles(world: World, team: Team, repository: Repository): Role[] {
  const own = team.roles.get(repository.id)
  const parent = team.parentId === null ? undefined : world.teams.get(team.parentId)
  return [...(own ? [own] : []), ...(parent ? teamRoles(world, parent, repository) : [])]
}

/** `permission` as the API folds it. */
export function folded(base: BaseRole): 'none' | 'read' | 'write' | 'admin' {
  switch (base) {
    case 'maintain':
      return 'write'
    case 'triage':
      return 'read'
    case 'none':
    case 'read':
    case 'write':
    case 'admin':
      return base
  }
}

export function booleans(base: BaseRole) {
  const at = order.indexOf(base)
  return {
    pull: at >= 1,
    triage: at >= 2,
    push: at >= 3,
    maintain: at >= 4,
    admin: at >= 5,
  }
}

/** Members of the team and of the teams below it; the team's own entry wins. */
export function teamMembers(
  world: World,
  team: Team,
): Map<number, Team['members'] extends Map<number, infer M> ? M : never> {
  const found = new Map(team.members)
  for (const child of world.teams.values()) {
    if (child.parentId !== team.id) continue
    for (const [id, membership] of teamMembers(world, child))
      if (found.get(id)?.state !== 'active') found.set(id, membership)
  }
  return found
}

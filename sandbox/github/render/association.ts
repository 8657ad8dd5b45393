// What `author_association` says. It leaves private memberships out, so nothing may be concluded from it.
import type { components } from '@octokit/openapi-types'
import type { Repository } from '../model.ts'
import type { World } from '../world.ts'

export function association(
  world: World,
  inside: Repository,
  userId: number,
): components['schemas']['author-association'] {
  const membership = world.accounts.get(inside.ownerId)?.members.get(userId)
  if (inside.ownerId === userId) return 'OWNER'
  if (membership?.state === 'active' && membership.publicly) return 'MEMBER'
  if (inside.roles.has(userId)) return 'COLLABORATOR'
  return contributed(world, inside, userId) ? 'CONTRIBUTOR' : 'NONE'
}

function contributed(world: World, inside: Repository, userId: number): boolean {
  const head = inside.branches.get(inside.defaultBranch)
  return head !== undefined && world.between('', head).some(({ authorId }) => authorId === userId)
}

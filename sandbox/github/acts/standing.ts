// What GitHub lets people do: acts that it would refuse are errors of the scene.
import { effectiveRole, reaches } from '../roles.ts'
import type { Account, BaseRole, Repository } from '../model.ts'
import type { World } from '../world.ts'

/** Bots act by their App's permissions, which the scene leaves to them. */
export function requireStanding(
  world: World,
  inside: Repository,
  person: Account,
  least: BaseRole,
): void {
  if (person.type === 'Bot') return
  const { base } = effectiveRole(world, inside, person)
  if (!reaches(base, least))
    throw new Error(
      `GitHub would refuse: this takes ${least} on ${world.fullName(inside)}, and ${person.login} has ${base}`,
    )
}

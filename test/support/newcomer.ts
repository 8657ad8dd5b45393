import type { AddedUser } from '../../sandbox/aws/control.ts'
import type { Account } from '../../sandbox/github/index.ts'
import { account, type Scene } from '../../sandbox/scene.ts'

export interface Newcomer {
  readonly person: Account
  readonly user: AddedUser
}

/** One more reviewer of the team, whom the policies know as the n-th (1 to 9), with an IAM user of their own. */
export function newcomer(on: Scene, n: number): Newcomer {
  const login = `reviewer-${n}`
  const person = on.github.addUser(login, { id: 2000 + n })
  on.github.setMembership(on.organization, person)
  on.github.setTeamMembership(on.backend, person)
  on.github.setRole(on.repository, person, 'write')
  return { person, user: on.aws.addUser({ account, name: login }) }
}

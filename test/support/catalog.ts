// Policies as values: JSON is YAML, and every role reads a log group of its own, so that IAM's answer tells them apart.
import { account, type Scene } from '../../sandbox/scene.ts'
import type { AddedUser } from '../../sandbox/aws/control.ts'
import type { Account } from '../../sandbox/github/index.ts'
import { enrolledIds } from './policies.ts'

type Fields = Readonly<Record<string, unknown>>

const logGroupOf = (name: string) =>
  `arn:aws:logs:eu-central-1:${account}:log-group:/shop/${name}:*`

/** May read the logs of these. */
export const logsOf = (...names: readonly string[]) => ({
  aws: {
    account,
    allow: [{ actions: ['logs:FilterLogEvents'], resources: names.map(logGroupOf) }],
  },
})

/** Given to the backend team, for an hour, without approval. */
const role = (name: string, more: Fields) => ({
  [name]: {
    description: `Read the logs of ${name}`,
    bindings: [logsOf(name)],
    repositories: ['shop-*'],
    eligible: ['team:backend'],
    lease: { default: '1h', max: '4h' },
    approval: 'none',
    ...more,
  },
})

/** Roles, each given by one rule of its own name, and the identities of the cast. */
export function catalog(
  given: readonly (readonly [name: string, rule: Fields, role?: Fields])[],
  more: Fields = {},
): string {
  const roles = given.map(([name, , of = {}]) => role(name, of))
  const rules = given.map(([name, rule]) => ({ name, give: name, ...rule }))
  return JSON.stringify({
    version: 1,
    enrolled: enrolledIds,
    roles: Object.assign({}, ...roles) as Fields,
    rules,
    identities: castIds.map((id) => ({ github: id, aws: [{ account, user: loginOf(id) }] })),
    limits: { repository: { at_once: 1_000 } },
    ...more,
  })
}

const castSize = 200
const castIds = Array.from({ length: castSize }, (_, index) => 3001 + index)
const loginOf = (id: number) => `person-${id - 3000}`

export interface Member {
  readonly person: Account
  readonly user: AddedUser
}

/** Somebody who took part in nothing yet, with an IAM user of their own: each call is another one. */
export function castOf(on: () => Scene) {
  const ids = castIds.values()
  /** Writes in the repository and is in the backend team, unless told otherwise. */
  return ({ writes = true, backend = true } = {}): Member => {
    const id = ids.next().value
    if (id === undefined) throw new Error('the cast is too small')
    const { github, aws, organization, repository, backend: team } = on()
    const login = loginOf(id)
    const person = github.addUser(login, { id })
    github.setMembership(organization, person)
    if (backend) github.setTeamMembership(team, person)
    github.setRole(repository, person, writes ? 'write' : 'read')
    return { person, user: aws.addUser({ account, name: login }) }
  }
}

/** Whether IAM itself would let them read the role's logs, now. */
export const reads = ({ aws }: Pick<Scene, 'aws'>, { user }: Member, name: string): boolean =>
  aws.mayCall({ user, action: 'logs:FilterLogEvents', resource: logGroupOf(name) }).allowed

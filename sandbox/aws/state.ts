import { randomBytes } from 'node:crypto'
import type { AccessKey, Group, ManagedPolicy, Role, Session, User, UserKey } from './entities.ts'
import { History, Table, type View } from './history.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** `AIDA…`, `AROA…`, `AKIA…`: 20 characters, random, never issued twice. */
export const uniqueId = (prefix: string) =>
  prefix + [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join('')

export const newAccessKey = (prefix: 'AKIA' | 'ASIA'): AccessKey => ({
  accessKeyId: uniqueId(prefix),
  secretAccessKey: randomBytes(30).toString('base64'),
})

/** Everything that the simulated AWS knows. */
export class State {
  readonly history: History
  readonly accounts = new Set<string>()
  readonly users: Table<User>
  readonly groups: Table<Group>
  readonly roles: Table<Role>
  readonly policies: Table<ManagedPolicy>
  /** By access key id. */
  readonly keys = new Map<string, UserKey | Session>()
  /** The user's current ARN by `<account>/<name>`: IAM addresses users by name, whatever their path. */
  readonly #arns = new Map<string, string>()

  constructor(now: () => number) {
    this.history = new History(now)
    this.users = new Table(this.history)
    this.groups = new Table(this.history)
    this.roles = new Table(this.history)
    this.policies = new Table(this.history)
    this.policies.put(
      {
        kind: 'policy',
        arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
        name: 'AdministratorAccess',
        document: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
        }),
      },
      { operation: 'built in', by: 'outside' },
    )
  }

  /** As of now, all changes included. */
  get latest(): View {
    return { at: Number.POSITIVE_INFINITY, upTo: Number.POSITIVE_INFINITY }
  }

  /** As it stood at a past instant; at a future one, as it stands. */
  asOf(at: number): View {
    return { at, upTo: 0 }
  }

  remember(kind: 'user' | 'group' | 'role', record: User | Group | Role): void {
    this.#arns.set(`${kind}/${record.account}/${record.name}`, record.arn)
  }

  userNamed(account: string, name: string, view: View): User | undefined {
    return this.users.get(this.#arns.get(`user/${account}/${name}`) ?? '', view)
  }
  groupNamed(account: string, name: string, view: View): Group | undefined {
    return this.groups.get(this.#arns.get(`group/${account}/${name}`) ?? '', view)
  }
  roleNamed(account: string, name: string, view: View): Role | undefined {
    return this.roles.get(this.#arns.get(`role/${account}/${name}`) ?? '', view)
  }

  sessions(): Session[] {
    return [...this.keys.values()].filter((key) => key.kind === 'session')
  }
}

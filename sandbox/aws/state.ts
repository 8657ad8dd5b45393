import { randomBytes } from 'node:crypto'
import type { AccessKey, Group, ManagedPolicy, Role, Session, User, UserKey } from './entities.ts'
import { History, Table, type Reason } from './history.ts'
import { asOf, latest, type View } from '../versions.ts'
import type { RequestRecord } from './request-log.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** `AIDA…`, `AROA…`, `AKIA…`: 20 characters, random, never issued twice. */
export const uniqueId = (prefix: string) =>
  prefix + [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join('')

export const newAccessKey = (prefix: 'AKIA' | 'ASIA'): AccessKey => ({
  accessKeyId: uniqueId(prefix),
  secretAccessKey: randomBytes(30).toString('base64'),
})

/** What an account may have. */
export const usualQuotas = {
  users: 5000,
  groups: 300,
  roles: 1000,
  policies: 1500,
  groupsPerUser: 10,
  attachedPerUser: 10,
  attachedPerGroup: 10,
  attachedPerRole: 10,
  /** Characters without whitespace. */
  trustSize: 2048,
} as const
export type Quotas = { readonly [K in keyof typeof usualQuotas]: number }

/** Keys that records are filed under. */
export const filedBy = {
  account: (account: string) => `account ${account}`,
  group: (account: string, name: string) => `group ${account}/${name}`,
  policy: (arn: string) => `policy ${arn}`,
  boundary: (arn: string) => `boundary ${arn}`,
}

const keysOf = (owner: User | Group | Role): string[] => [
  filedBy.account(owner.account),
  ...owner.attached.map(filedBy.policy),
  ...(owner.kind === 'user' ? owner.groups.map((g) => filedBy.group(owner.account, g)) : []),
  ...(owner.kind === 'group' || owner.boundary === undefined
    ? []
    : [filedBy.boundary(owner.boundary)]),
]

const administrator = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
}
const readOnly = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['*:Get*', '*:List*', '*:Describe*'], Resource: '*' }],
}
const builtIn = { AdministratorAccess: administrator, ReadOnlyAccess: readOnly }

const idOf = (record: User | Group | Role): string =>
  record.kind === 'user' ? record.userId : record.kind === 'role' ? record.roleId : record.groupId

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
  /** Every session ever issued, in order. */
  readonly sessions: Session[] = []
  readonly quotas = new Map<string, Quotas>()
  readonly requests: RequestRecord[] = []
  /** How far a signature's time may be from the twin's. */
  signatureMsMax = Infinity
  /** The current ARN by `<kind>/<account>/<name>`: IAM addresses by name, whatever the path. */
  readonly #arns = new Map<string, string>()
  /** The current ARN by unique id. */
  readonly #ids = new Map<string, string>()

  constructor(now: () => number) {
    this.history = new History(now)
    this.users = new Table<User>(this.history, keysOf)
    this.groups = new Table<Group>(this.history, keysOf)
    this.roles = new Table<Role>(this.history, keysOf)
    this.policies = new Table(this.history, ({ account }) => [filedBy.account(account)])
    for (const [name, document] of Object.entries(builtIn))
      this.policies.put(
        {
          kind: 'policy',
          account: 'aws',
          arn: `arn:aws:iam::aws:policy/${name}`,
          policyId: uniqueId('ANPA'),
          path: '/',
          name,
          document: JSON.stringify(document),
          createdAt: now(),
        },
        { operation: 'built in', by: 'outside' },
      )
  }

  /** As of now, all changes included. */
  get latest(): View {
    return latest
  }

  /** As it stood at a past instant; at a future one, as it stands. */
  asOf(at: number): View {
    return asOf(at)
  }

  /** Makes a new name known. */
  remember(record: User | Group | Role): void {
    this.#arns.set(`${record.kind}/${record.account}/${record.name}`, record.arn)
    this.#ids.set(idOf(record), record.arn)
  }

  save(record: User | Group | Role, reason: Reason): void {
    if (record.kind === 'user') this.users.put(record, reason)
    else if (record.kind === 'group') this.groups.put(record, reason)
    else this.roles.put(record, reason)
  }

  owner(arn: string, view: View): User | Group | Role | undefined {
    return this.users.get(arn, view) ?? this.roles.get(arn, view) ?? this.groups.get(arn, view)
  }

  /** The unique id of a user or role that is there. */
  idOf(arn: string): string | undefined {
    const found = this.owner(arn, this.latest)
    return found && found.kind !== 'group' ? idOf(found) : undefined
  }

  /** The ARN of the user or role that has this id, while it is there. */
  arnWithId(id: string): string | undefined {
    const arn = this.#ids.get(id)
    return arn !== undefined && this.idOf(arn) === id ? arn : undefined
  }

  quotasOf(account: string): Quotas {
    return this.quotas.get(account) ?? usualQuotas
  }

  /** A managed policy as an account sees it: its own, or one of AWS's. */
  policyFor(account: string, arn: string, view: View): ManagedPolicy | undefined {
    const found = this.policies.get(arn, view)
    return found?.account === account || found?.account === 'aws' ? found : undefined
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
}

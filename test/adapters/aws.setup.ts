import { startAws, type Aws } from '../../sandbox/aws/index.ts'
import type { AddedUser } from '../../sandbox/aws/control.ts'
import type { AwsOptions } from '../../src/adapters/aws/connection.ts'
import { createAws, type AwsCloud } from '../../src/adapters/aws/create-aws.ts'
import { sharedIdOf } from '../../src/domain/lanes/bindings-of.ts'
import type {
  AwsPrincipal,
  AwsRole,
  Binding,
  CloudRole,
  LaneOf,
} from '../../src/domain/lanes/types.ts'
import type { Log } from '../../src/workflows/ports.ts'

export const account = '111122223333'
export const roleArn = `arn:aws:iam::${account}:role/orders-read`
export const instance = 'i7f3'
const startedAt = Date.parse('2031-05-01T09:00:00Z')

export const silentLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export const assumeOrdersRead: AwsRole = { cloud: 'aws', mode: 'assume-role', account, roleArn }
export const policyArnOf = (n: number) => `arn:aws:iam::${account}:policy/hallpass-policy-${n}`
export const groupOf = (n: number) => `hallpass-group-${n}`
/** What group and managed policy `n` allow, on anything. */
export const actionOf = (n: number) => `s3:GetObject${n}`
export const allowing = (Action: string | readonly string[], Resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
})

/** Of each mode the one with this number. */
export const roles = {
  'assume-role': () => assumeOrdersRead,
  'end-sessions': (): AwsRole => ({
    cloud: 'aws',
    mode: 'assume-role',
    account,
    roleArn,
    endSessions: true,
  }),
  'inline-permissions': (n: number): AwsRole => ({
    cloud: 'aws',
    mode: 'inline-permissions',
    account,
    // Padded so that a known number fits.
    allow: [{ actions: [actionOf(n)], resources: [`arn:aws:s3:::orders/${'x'.repeat(410)}`] }],
  }),
  'role-per-grant': (n: number): AwsRole => ({
    cloud: 'aws',
    mode: 'role-per-grant',
    account,
    policies: [policyArnOf(n)],
    boundary: policyArnOf(0),
  }),
  group: (n: number): AwsRole => ({ cloud: 'aws', mode: 'group', account, group: groupOf(n) }),
  'managed-policy': (n: number): AwsRole => ({
    cloud: 'aws',
    mode: 'managed-policy',
    account,
    policyArn: policyArnOf(n),
  }),
} as const

/** Groups and managed policies 1 to 11, and the policy 0 that bounds them all. */
export function addWhatIsGiven(aws: Aws): void {
  aws.addManagedPolicy({ account, name: 'hallpass-policy-0', document: allowing('s3:*') })
  for (let n = 1; n <= 11; n += 1) {
    const policies = { p: allowing(actionOf(n)) }
    aws.addGroup({ account, name: groupOf(n), policies })
    const document = allowing(actionOf(n))
    aws.addManagedPolicy({ account, name: `hallpass-policy-${n}`, document })
  }
}

export const grantedRoleArn = ({ name }: Pick<Binding, 'name'>) =>
  `arn:aws:iam::${account}:role/hallpass/${name}`

export interface AwsSetup {
  readonly aws: Aws
  readonly cloud: AwsCloud
  readonly alice: AddedUser
  readonly principal: AwsPrincipal
  readonly lane: LaneOf<'aws'>
  now(): number
  advance(ms: number): void
  binding(n: number, role?: CloudRole): Binding
  /** The same cloud, reached in another way. */
  connect(options: Partial<AwsOptions>): AwsCloud
  readonly connection: {
    readonly endpoint: string
    readonly credentials: { accessKeyId: string; secretAccessKey: string }
  }
}

/** One account with Alice, the role `orders-read`, and Hallpass with exactly the permissions that it asks for. */
export async function setUpAws(actions?: readonly string[]): Promise<AwsSetup> {
  let now = startedAt
  const aws = await startAws({ now: () => now })
  aws.addAccount(account)
  const alice = aws.addUser({ account, name: 'alice' })
  aws.addRole({ account, name: 'orders-read', trustAccountRoot: true, maxSessionSeconds: 3600 })
  const connection = { endpoint: aws.url, credentials: aws.appCredentials(account, actions) }
  const principal: AwsPrincipal = {
    cloud: 'aws',
    account,
    userName: 'alice',
    userId: alice.userId,
  }
  const lane: LaneOf<'aws'> = {
    id: `aws/${account}/user/${alice.userId}`,
    cloud: 'aws',
    principal,
  }
  const binding = (n: number, role: CloudRole = assumeOrdersRead): Binding => {
    const grant = `0123456789${String(n).padStart(2, '0')}`
    return {
      id: sharedIdOf(role, principal) ?? `binding-${n}`,
      laneId: lane.id,
      name: sharedIdOf(role, principal) ?? `hallpass-${instance}-${grant}`,
      sessionName: `hallpass-${grant}`,
      principal,
      role,
      startsAt: startedAt,
      endsAt: startedAt + 3_600_000,
      residualSeconds: role.mode === 'assume-role' ? 3600 : 0,
    }
  }
  return {
    aws,
    cloud: createAws({ instance, log: silentLog, ...connection }),
    connect: (options) => createAws({ instance, log: silentLog, ...connection, ...options }),
    alice,
    principal,
    lane,
    now: () => now,
    advance: (ms) => void (now += ms),
    binding,
    connection,
  }
}

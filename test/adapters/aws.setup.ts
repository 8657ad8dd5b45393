import { startAws, type Aws } from '../../sandbox/aws/index.ts'
import type { AddedUser } from '../../sandbox/aws/control.ts'
import { createAws, type AwsCloud } from '../../src/adapters/aws/create-aws.ts'
import type { AwsPrincipal, Binding, CloudRole, LaneOf } from '../../src/domain/lanes/types.ts'
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

export const assumeOrdersRead: CloudRole = { cloud: 'aws', mode: 'assume-role', account, roleArn }

export interface AwsSetup {
  readonly aws: Aws
  readonly cloud: AwsCloud
  readonly alice: AddedUser
  readonly principal: AwsPrincipal
  readonly lane: LaneOf<'aws'>
  now(): number
  advance(ms: number): void
  binding(n: number, role?: CloudRole): Binding
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
  const binding = (n: number, role = assumeOrdersRead): Binding => {
    const grant = `0123456789${String(n).padStart(2, '0')}`
    return {
      id: `binding-${n}`,
      laneId: lane.id,
      name: `hallpass-${instance}-${grant}`,
      sessionName: `hallpass-${grant}`,
      principal,
      role,
      startsAt: startedAt,
      endsAt: startedAt + 3_600_000,
      residualSeconds: 3600,
    }
  }
  return {
    aws,
    cloud: createAws({ instance, log: silentLog, ...connection }),
    alice,
    principal,
    lane,
    now: () => now,
    advance: (ms) => void (now += ms),
    binding,
    connection,
  }
}

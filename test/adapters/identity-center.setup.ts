import type {
  Instance,
  PermissionSet,
  SsoUser,
} from '../../sandbox/aws/identity-center/entities.ts'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'
import type { IdentityCenterOptions } from '../../src/adapters/aws/identity-center/connection.ts'
import {
  apiActions,
  createIdentityCenter,
  type IdentityCenterCloud,
} from '../../src/adapters/aws/identity-center/create-identity-center.ts'
import { laneOf } from '../../src/domain/lanes/lane-of.ts'
import type {
  Binding,
  IdentityCenterAssignment,
  IdentityCenterPrincipal,
  LaneOf,
} from '../../src/domain/lanes/types.ts'
import { floorToSecond } from '../../src/domain/time.ts'
import { silentLog } from './aws.setup.ts'

export const management = '111122223333'
export const delegate = '222233334444'
export const account = '333344445555'
const startedAt = Date.parse('2031-05-01T09:00:00Z')

export interface IdentityCenterSetup {
  readonly aws: Aws
  readonly cloud: IdentityCenterCloud
  readonly instance: Instance
  readonly set: PermissionSet
  readonly alice: SsoUser
  readonly role: IdentityCenterAssignment
  readonly principal: IdentityCenterPrincipal
  readonly lane: LaneOf<'identity-center'>
  readonly binding: Binding
  readonly connection: Omit<IdentityCenterOptions, 'instance' | 'log'>
  now(): number
  advance(ms: number): void
  /** The same with other settings. */
  connect(more?: Partial<IdentityCenterOptions>): IdentityCenterCloud
  /** As the twin stores them, of that permission set in that account. */
  assigned(): readonly string[]
}

const isLane = (lane: { readonly cloud: string }): lane is LaneOf<'identity-center'> =>
  lane.cloud === 'identity-center'

/** One organization with Alice and a permission set, and Hallpass with exactly the permissions that it asks for. */
export async function setUpIdentityCenter(
  credentialsOf = management,
  actions = apiActions,
): Promise<IdentityCenterSetup> {
  let now = startedAt
  const aws = await startAws({ now: () => now })
  for (const each of [management, delegate, account]) aws.addAccount(each)
  const instance = aws.addInstance({
    managementAccount: management,
    delegatedAdministrators: [delegate],
  })
  const set = aws.addPermissionSet({ instance, name: 'OrdersRead' })
  const alice = aws.addSsoUser({ instance, userName: 'alice', emails: ['alice@example.com'] })
  const cloud = 'identity-center'
  const role: IdentityCenterAssignment = {
    cloud,
    mode: 'account-assignment',
    account,
    permissionSet: set.arn,
  }
  const { userId, userName } = alice
  const principal = { cloud, store: instance.identityStoreId, userName, userId } as const
  const lane = laneOf({ role, principal })
  if (!isLane(lane)) throw new Error('This is a lane of Identity Center')
  const connection = {
    region: 'eu-central-1',
    endpoint: aws.url,
    credentials: aws.appCredentials(credentialsOf, actions),
    pollMs: 1,
  }
  const connect = (more: Partial<IdentityCenterOptions> = {}) =>
    createIdentityCenter({ instance: 'i7f3', log: silentLog, ...connection, ...more })
  return {
    aws,
    cloud: connect(),
    instance,
    set,
    alice,
    role,
    principal,
    lane,
    binding: {
      id: lane.id,
      laneId: lane.id,
      name: lane.id,
      sessionName: 'hallpass-0123456789ab',
      principal,
      role,
      startsAt: startedAt,
      endsAt: startedAt + 3_600_000,
      residualSeconds: 3600,
    },
    connection,
    now: () => floorToSecond(now),
    advance: (ms) => void (now += ms),
    connect,
    assigned: () => aws.assignmentsOf(account, set).map(({ principalId }) => principalId),
  }
}

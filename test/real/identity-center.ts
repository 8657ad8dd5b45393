import { IdentitystoreClient, GetUserIdCommand } from '@aws-sdk/client-identitystore'
import {
  CreateAccountAssignmentCommand,
  DeleteAccountAssignmentCommand,
  DescribePermissionSetCommand,
  ListAccountAssignmentsCommand,
  ListInstancesCommand,
  SSOAdminClient,
} from '@aws-sdk/client-sso-admin'
import { createIdentityCenter } from '../../src/adapters/aws/identity-center/create-identity-center.ts'
import type {
  IdentityCenterAssignment,
  IdentityCenterPrincipal,
} from '../../src/domain/lanes/types.ts'
import { instance, madeFor, type RealAccount, type Time } from './account.ts'
import type { AwsConnection } from './aws-records.ts'
import { bindingFor, laneUnderTest, silent } from './lane.ts'
import { countRequests, hostOf } from './requests.ts'
import { listOf } from './settings.ts'

const settleMs = 5 * 60_000
const windowMs = 2 * 60_000

export const identityCenterModes = ['account-assignment'] as const

/** What Identity Center says itself of one permission set in one account. */
function createAssignments(
  of: { region: string; permissionSet: string; account: string },
  connection: AwsConnection,
) {
  const { region, permissionSet: PermissionSetArn, account } = of
  const center = new SSOAdminClient({ region, ...connection })
  const directory = new IdentitystoreClient({ region, ...connection })
  const store = async () => {
    const { Instances = [] } = await center.send(new ListInstancesCommand({}))
    const id = PermissionSetArn.split('/')[1] ?? ''
    const found = Instances.find(({ InstanceArn }) => InstanceArn?.endsWith(`/${id}`))
    if (found?.InstanceArn === undefined || found.IdentityStoreId === undefined)
      throw new Error(`These credentials administer no Identity Center with ${PermissionSetArn}`)
    return { InstanceArn: found.InstanceArn, IdentityStoreId: found.IdentityStoreId }
  }
  const assignment = async (PrincipalId: string) => ({
    InstanceArn: (await store()).InstanceArn,
    PermissionSetArn,
    PrincipalId,
    PrincipalType: 'USER' as const,
    TargetId: account,
    TargetType: 'AWS_ACCOUNT' as const,
  })
  return {
    storeId: async () => (await store()).IdentityStoreId,
    async userId(userName: string): Promise<string> {
      const { IdentityStoreId } = await store()
      const UniqueAttribute = { AttributePath: 'userName', AttributeValue: userName }
      const asked = { IdentityStoreId, AlternateIdentifier: { UniqueAttribute } }
      return (await directory.send(new GetUserIdCommand(asked))).UserId ?? ''
    },
    async nameOfSet(): Promise<string> {
      const { InstanceArn } = await store()
      const asked = new DescribePermissionSetCommand({ InstanceArn, PermissionSetArn })
      return (await center.send(asked)).PermissionSet?.Name ?? ''
    },
    async holders(): Promise<readonly string[]> {
      const { InstanceArn } = await store()
      const holders: string[] = []
      let NextToken: string | undefined
      do {
        const asked = {
          InstanceArn,
          PermissionSetArn,
          AccountId: account,
          ...(NextToken && { NextToken }),
        }
        const page = await center.send(new ListAccountAssignmentsCommand(asked))
        holders.push(...(page.AccountAssignments ?? []).map((it) => it.PrincipalId ?? ''))
        NextToken = page.NextToken
      } while (NextToken)
      return holders.toSorted()
    },
    assign: async (userId: string) =>
      center.send(new CreateAccountAssignmentCommand(await assignment(userId))),
    unassign: async (userId: string) =>
      center.send(new DeleteAccountAssignmentCommand(await assignment(userId))),
    close() {
      center.destroy()
      directory.destroy()
    },
  }
}

export function identityCenterAccount(
  [region = '', permissionSet = '', account = '', users = '']: readonly string[],
  { time, connection = {} }: { time: Time; connection?: AwsConnection & { pollMs?: number } },
): RealAccount {
  const { pollMs, ...own } = connection
  const assignments = createAssignments({ region, permissionSet, account }, own)
  const cloud = createIdentityCenter({
    instance,
    region,
    log: silent,
    ...own,
    ...(pollMs === undefined ? {} : { pollMs }),
  })
  const requests = countRequests(hostOf(own.endpoint, 'amazonaws.com'))
  const [userName = '', other = ''] = listOf(users)
  const where = `permission set ${permissionSet} in account ${account}`

  async function setUp() {
    const role: IdentityCenterAssignment = {
      cloud: 'identity-center',
      mode: 'account-assignment',
      account,
      permissionSet,
    }
    const [userId, bystander] = [
      await assignments.userId(userName),
      await assignments.userId(other),
    ]
    const principal: IdentityCenterPrincipal = {
      cloud: 'identity-center',
      store: await assignments.storeId(),
      userName,
      userId,
    }
    const holds = async (id: string) => (await assignments.holders()).includes(id)
    return laneUnderTest({
      cloud,
      time,
      settleMs,
      windowMs,
      bindings: [bindingFor(role, principal, time.now())],
      requests,
      usable: () => holds(userId),
      async putForeign() {
        if (!(await holds(bystander))) await assignments.assign(bystander)
        if (!(await holds(bystander))) throw new Error('AWS is still at it')
      },
      foreign: async () => (await assignments.holders()).filter((id) => id !== userId),
      takeAway: () => assignments.unassign(userId),
    })
  }

  return {
    name: 'Identity Center',
    time,
    settleMs,
    lagMs: cloud.lagMs,
    async who() {
      const found = (await cloud.whoAmI()).map((it) => it.arn).join(', ')
      return `whoever administers ${found} writes to ${where}`
    },
    async whyNotMade() {
      const strangers = [userName, other].filter((name) => !name.startsWith(madeFor))
      if (strangers.length > 0) return `two users whose names begin with ${madeFor} are needed`
      const name = await assignments.nameOfSet()
      return name.startsWith(madeFor)
        ? undefined
        : `the name of permission set ${name} does not begin with ${madeFor}`
    },
    async leftovers() {
      const holders = await assignments.holders()
      const found: { what: string; remove(): Promise<unknown> }[] = []
      for (const name of [userName, other]) {
        const id = await assignments.userId(name)
        if (holders.includes(id))
          found.push({ what: `${name} with ${where}`, remove: () => assignments.unassign(id) })
      }
      return found
    },
    modes: [{ name: identityCenterModes[0], mode: identityCenterModes[0], setUp }],
    async close() {
      requests.close()
      assignments.close()
      await Promise.resolve()
    },
  }
}

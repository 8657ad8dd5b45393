// One organization with an Identity Center, asked by the unmodified SDKs: made anew for each test of a file that calls useWorld.
import * as store from '@aws-sdk/client-identitystore'
import * as sso from '@aws-sdk/client-sso-admin'
import { afterEach, beforeEach } from 'vitest'
import type {
  Instance,
  PermissionSet,
  SsoUser,
} from '../../sandbox/aws/identity-center/entities.ts'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'

export const [management, delegate, account, stranger] = [
  '111122223333',
  '222233334444',
  '333344445555',
  '999999999999',
] as const
export const minute = 60_000

export let now: number
export let aws: Aws
export let instance: Instance
export let set: PermissionSet
export let alice: SsoUser
export let center: sso.SSOAdminClient
export let directory: store.IdentitystoreClient

export function useWorld(): void {
  beforeEach(async () => {
    now = Date.parse('2031-05-01T09:00:00Z')
    aws = await startAws({ now: () => now })
    for (const each of [management, delegate, account, stranger]) aws.addAccount(each)
    instance = aws.addInstance({
      managementAccount: management,
      delegatedAdministrators: [delegate],
    })
    set = aws.addPermissionSet({ instance, name: 'OrdersRead', sessionDuration: 'PT2H' })
    alice = aws.addSsoUser({ instance, userName: 'alice', emails: ['alice@example.com'] })
    center = centerFor(management)
    directory = directoryFor(management)
  })
  afterEach(() => aws.close())
}

export const turn = (ms: number) => void (now += ms)

export const optionsFor = (of: string, actions = ['sso:*', 'identitystore:*']) => ({
  region: 'eu-central-1',
  endpoint: aws.url,
  maxAttempts: 1,
  credentials: aws.appCredentials(of, actions),
})
export const centerFor = (...of: Parameters<typeof optionsFor>) =>
  new sso.SSOAdminClient(optionsFor(...of))
export const directoryFor = (...of: Parameters<typeof optionsFor>) =>
  new store.IdentitystoreClient(optionsFor(...of))

export type Named = { target?: string; principal?: string; type?: sso.PrincipalType }
export const named = (more: Named = {}) => ({
  InstanceArn: instance.arn,
  TargetId: more.target ?? account,
  TargetType: 'AWS_ACCOUNT' as const,
  PermissionSetArn: set.arn,
  PrincipalType: more.type ?? ('USER' as const),
  PrincipalId: more.principal ?? alice.userId,
})
export const create = async (more?: Named, client = center) =>
  (await client.send(new sso.CreateAccountAssignmentCommand(named(more))))
    .AccountAssignmentCreationStatus
export const remove = async (more?: Named, client = center) =>
  (await client.send(new sso.DeleteAccountAssignmentCommand(named(more))))
    .AccountAssignmentDeletionStatus
export const created = async (id: string | undefined) => {
  const asked = { InstanceArn: instance.arn, AccountAssignmentCreationRequestId: id }
  const command = new sso.DescribeAccountAssignmentCreationStatusCommand(asked)
  return (await center.send(command)).AccountAssignmentCreationStatus
}
export const deleted = async (id: string | undefined) => {
  const asked = { InstanceArn: instance.arn, AccountAssignmentDeletionRequestId: id }
  const command = new sso.DescribeAccountAssignmentDeletionStatusCommand(asked)
  return (await center.send(command)).AccountAssignmentDeletionStatus
}
/** Ids of the principals that are assigned to the account. */
export const listed = async (client = center) => {
  const where = { InstanceArn: instance.arn, AccountId: account, PermissionSetArn: set.arn }
  const { AccountAssignments } = await client.send(new sso.ListAccountAssignmentsCommand(where))
  return AccountAssignments?.map((it) => it.PrincipalId)
}
export const userId = async (AttributePath: string, AttributeValue: string, client = directory) => {
  const command = new store.GetUserIdCommand({
    IdentityStoreId: instance.identityStoreId,
    AlternateIdentifier: { UniqueAttribute: { AttributePath, AttributeValue } },
  })
  return (await client.send(command)).UserId
}
export const failing = (name: string, httpStatusCode = 400) => ({
  name,
  $metadata: { httpStatusCode },
})

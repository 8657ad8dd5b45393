// The app's own permissions: whole policies with conditions, held against every kind of call.
import * as iam from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'
import { allow, clientsOf, policy, text, trusting } from './aws-clients.ts'

const account = '111122223333'
const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
const bound = arn('policy/hallpass-bound')
const bounded = { StringEquals: { 'iam:PermissionsBoundary': bound } }

let aws: Aws
let client: iam.IAMClient
beforeAll(async () => {
  aws = await startAws({ now: () => Date.parse('2031-05-01T09:00:00Z') })
  aws.addAccount(account)
  aws.addManagedPolicy({ account, name: 'hallpass-bound', document: policy(allow('s3:*')) })
  for (const name of ['alice', 'mallory']) aws.addUser({ account, name })
  for (const name of ['readers', 'admins']) aws.addGroup({ account, name })
  const app = aws.appCredentials(
    account,
    policy(
      allow(['iam:PutUserPolicy', 'iam:AttachUserPolicy'], arn('user/alice'), {
        ArnEqualsIfExists: { 'iam:PolicyARN': readOnly },
      }),
      allow(
        ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy'],
        arn('role/hallpass/*'),
        bounded,
      ),
      allow(['iam:DeleteRole'], arn('role/hallpass/*'), {
        StringEquals: { 'aws:ResourceTag/whose': 'hallpass' },
      }),
      allow('iam:TagRole', arn('role/hallpass/*'), {
        StringEquals: { 'aws:RequestTag/whose': 'hallpass' },
      }),
      allow('iam:AddUserToGroup', arn('group/readers')),
    ),
  )
  client = clientsOf(aws, app).iam
  const trust = { trust: trusting(app.arn) }
  aws.addRole({ account, name: 'orders', ...trust })
  aws.addRole({ account, name: 'free', path: '/hallpass/', ...trust })
  aws.addRole({ account, name: 'tame', path: '/hallpass/', boundary: bound, ...trust })
  aws.addRole({ account, name: 'ours', path: '/hallpass/', tags: { whose: 'hallpass' }, ...trust })
})
afterAll(() => aws.close())

const createRole = (RoleName: string, more: Partial<iam.CreateRoleCommandInput> = {}) =>
  client.send(
    new iam.CreateRoleCommand({
      RoleName,
      Path: '/hallpass/',
      PermissionsBoundary: bound,
      AssumeRolePolicyDocument: text(trusting(account)),
      ...more,
    }),
  )
const PolicyDocument = text(policy())
const putOn = (RoleName: string) =>
  client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
const attachTo = (UserName: string, PolicyArn: string) =>
  client.send(new iam.AttachUserPolicyCommand({ UserName, PolicyArn }))
const put = (UserName: string) =>
  client.send(new iam.PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }))
const join = (GroupName: string) =>
  client.send(new iam.AddUserToGroupCommand({ GroupName, UserName: 'alice' }))
const drop = (RoleName: string) => client.send(new iam.DeleteRoleCommand({ RoleName }))
const tags = (Value: string) => ({ Tags: [{ Key: 'whose', Value }] })
const unbounded = { PermissionsBoundary: undefined }

const outcome = async (call: Promise<unknown>) => {
  try {
    await call
    return 'done'
  } catch (error) {
    return (error as { Code?: string }).Code
  }
}

test.each<[string, () => Promise<unknown>, string]>([
  ['a policy on a listed user', () => put('alice'), 'done'],
  ['a policy on another user', () => put('mallory'), 'AccessDenied'],
  ['a listed managed policy', () => attachTo('alice', readOnly), 'done'],
  ['another managed policy', () => attachTo('alice', admin), 'AccessDenied'],
  ['a listed group', () => join('readers'), 'done'],
  ['another group', () => join('admins'), 'AccessDenied'],
  ['a role in its boundary', () => createRole('a'), 'done'],
  ['a role without boundary', () => createRole('b', unbounded), 'AccessDenied'],
  [
    'a role in another boundary',
    () => createRole('c', { PermissionsBoundary: readOnly }),
    'AccessDenied',
  ],
  ['a role under another path', () => createRole('d', { Path: '/' }), 'AccessDenied'],
  ['a role that is tagged as it should be', () => createRole('e', tags('hallpass')), 'done'],
  ['a role that is tagged otherwise', () => createRole('f', tags('theirs')), 'AccessDenied'],
  ['a policy on a bounded role', () => putOn('tame'), 'done'],
  ['a policy on a role without boundary', () => putOn('free'), 'AccessDenied'],
  ["a policy on somebody else's role", () => putOn('orders'), 'AccessDenied'],
  ['the end of a role with our tag', () => drop('ours'), 'done'],
  ['the end of a role without', () => drop('free'), 'AccessDenied'],
  ['what is not listed', () => client.send(new iam.ListRolesCommand({})), 'AccessDenied'],
])('%s', async (_what, call, expected) => {
  const before = aws.history.length
  expect(await outcome(call())).toBe(expected)
  expect(aws.history.length > before).toBe(expected === 'done')
})

test('says what is missing', async () => {
  await expect(attachTo('alice', admin)).rejects.toThrow(
    `is not authorized to perform: iam:AttachUserPolicy on resource: ${arn('user/alice')}`,
  )
})

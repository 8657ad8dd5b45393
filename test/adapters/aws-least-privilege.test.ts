// Hallpass as the role that the Terraform module makes: it can work, it needs each permission, and it can do no harm.
import * as iam from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'
import { apiActions, createAws, type AwsCloud } from '../../src/adapters/aws/create-aws.ts'
import type { AwsRole, Binding, LaneOf } from '../../src/domain/lanes/types.ts'
import { freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { assume, clientsOf, policy, allow, text, trusting } from '../sandbox/aws-clients.ts'
import {
  actionsAllowed,
  asPolicy,
  awsStatements,
  statementsOf,
  type Statement,
} from '../support/deploy.ts'
import { refusedIn } from '../support/whole-work.ts'
import { instance, silentLog } from './aws.setup.ts'

const hub = '999988887777'
const account = '111122223333'
const externalId = 'made-up-at-random-4711'
const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`
const self = arn('role/hallpass')
const boundary = arn('policy/hallpass-boundary')
const people = arn('policy/people')
const target = arn('role/orders-read')
const startedAt = Date.parse('2031-05-01T09:00:00Z')

/** One has had another name since. */
const users = ['alice', 'renamed'].map((name) => arn(`user/${name}`))
/** Modes A and B. */
const inline = {
  self: [self],
  never: [self, boundary],
  account_wide: ['*'],
  users,
  inline_users: users,
  bounded_users: users,
  user_boundaries: [people],
  target_roles: [target],
}

const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const everyMode = {
  ...inline,
  session_roles: [target],
  granted_roles: [arn('role/hallpass/*')],
  own_roles: [arn('role/hallpass/*'), arn('role/hallpass-*-*')],
  role_policies: [readOnly],
  role_boundaries: [people],
  groups: [arn('group/readers')],
  group_users: users,
  policy_users: users,
  user_policies: [readOnly],
}

function trustOfHub(trusted: string): object {
  const hubAlone = { hubs: [trusted], external_id: externalId }
  const none = { providers: [], claims: {}, services: [], service_actions: [] }
  const statements = statementsOf('trust', { ...none, ...hubAlone })
  return asPolicy(statements.filter(({ Sid }) => Sid === 'Hub'))
}

interface Deployed {
  readonly aws: Aws
  readonly userId: string
  /** With whatever the hub says. */
  takeOn(id?: string): ReturnType<typeof assume>
}

async function deploy(statements: readonly Statement[]): Promise<Deployed> {
  const aws = await startAws({ now: () => startedAt })
  for (const each of [hub, account]) aws.addAccount(each)
  const ofHub = aws.appCredentials(hub, asPolicy(awsStatements({ member_roles: [self] })))
  aws.addManagedPolicy({ account, name: 'people', document: policy(allow('s3:*')) })
  aws.addManagedPolicy({ account, name: 'admin', document: policy(allow('*')) })
  const document = asPolicy(statements)
  aws.addManagedPolicy({ account, name: 'hallpass-boundary', document })
  aws.addRole({
    account,
    name: 'hallpass',
    trust: trustOfHub(ofHub.arn),
    policies: { work: document },
    boundary,
  })
  aws.addRole({ account, name: 'orders-read', trustAccountRoot: true, maxSessionSeconds: 3600 })
  const userId = await addBoundedUser(aws, 'alice')
  aws.addGroup({ account, name: 'readers' })
  const takeOn = (ExternalId: string | undefined = externalId) =>
    assume(clientsOf(aws, ofHub).sts, { RoleArn: self, RoleSessionName: 'hallpass', ExternalId })
  return { aws, userId, takeOn }
}

const administratorOf = (aws: Aws) => clientsOf(aws, aws.appCredentials(account)).iam

async function addBoundedUser(aws: Aws, UserName: string): Promise<string> {
  const { User } = await administratorOf(aws).send(
    new iam.CreateUserCommand({ UserName, PermissionsBoundary: people }),
  )
  return User?.UserId ?? ''
}

const roles: readonly AwsRole[] = [
  { cloud: 'aws', mode: 'assume-role', account, roleArn: target },
  { cloud: 'aws', mode: 'assume-role', account, roleArn: target, endSessions: true },
  {
    cloud: 'aws',
    mode: 'inline-permissions',
    account,
    allow: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/*'] }],
  },
  { cloud: 'aws', mode: 'role-per-grant', account, policies: [readOnly], boundary: people },
  { cloud: 'aws', mode: 'group', account, group: 'readers' },
  { cloud: 'aws', mode: 'managed-policy', account, policyArn: readOnly },
]

/** In each of these modes. */
async function work(cloud: AwsCloud, userId: string): Promise<readonly string[]> {
  const principal = { cloud: 'aws', account, userName: 'alice', userId } as const
  const lane: LaneOf<'aws'> = { id: `aws/${account}/user/${userId}`, cloud: 'aws', principal }
  const identity = { github: 1, aws: [{ account, user: 'alice', id: undefined }] }
  const refused: string[] = []
  for (const role of roles) {
    const binding: Binding = {
      ...{ id: role.mode, laneId: lane.id, name: `hallpass-${instance}-g0123456789a` },
      ...{ sessionName: 'hallpass-g0123456789a', principal, role },
      ...{ startsAt: startedAt, endsAt: startedAt + 3_600_000, residualSeconds: 3600 },
    }
    refused.push(...(await refusedIn({ cloud, lane, binding, identity, examined: true })))
  }
  const renamed = { ...lane, principal: { ...principal, userName: 'renamed' } }
  const looked = await kindOfFailure(cloud.observe(renamed, [], freeGuard()))
  return looked === 'none' ? refused : [...refused, `look for: ${looked}`]
}

async function workWith(statements: readonly Statement[]): Promise<readonly string[]> {
  const { aws, takeOn, userId } = await deploy(statements)
  try {
    const options = { instance, log: silentLog, endpoint: aws.url, credentials: await takeOn() }
    return await work(createAws(options), userId)
  } finally {
    await aws.close()
  }
}

test('the role can do the work, and its examination finds nothing', async () => {
  expect(await workWith(awsStatements(everyMode))).toEqual([])
})

const without = (action: string) =>
  awsStatements(everyMode).map((statement) => ({
    ...statement,
    ...(statement.Action ? { Action: statement.Action.filter((it) => it !== action) } : {}),
  }))

const used = actionsAllowed(awsStatements(everyMode)).filter((it) => apiActions.includes(it))
test.each(used)('it needs %s', async (action) => {
  const refused = await workWith(without(action).filter((it) => it.Action?.length !== 0))
  // What is called in rare cases alone is told by the examination.
  expect(refused.some((it) => it.endsWith('denied') || it === `lacks ${action}`)).toBe(true)
})

test('nobody takes the role on without its external id', async () => {
  const { aws, takeOn } = await deploy(awsStatements(everyMode))
  await expect(takeOn('guessed-and-wrong-0815')).rejects.toThrow('not authorized')
  await aws.close()
})

const admin = arn('policy/admin')
const PolicyDocument = text(policy(allow('*')))
const PolicyName = 'p'
const AssumeRolePolicyDocument = text(trusting(account))
const made = { Path: '/hallpass/', AssumeRolePolicyDocument }

/** What somebody who has got hold of Hallpass might try. */
test('it can do nothing but what it was given for, whatever is attached to it', async () => {
  const { aws, takeOn } = await deploy(awsStatements(everyMode))
  await addBoundedUser(aws, 'mallory')
  aws.addGroup({ account, name: 'admins' })
  aws.addRole({ account, name: 'tame', path: '/hallpass/', boundary: people })
  aws.addRole({ account, name: 'wild', path: '/others/' })
  const attached = { RoleName: 'hallpass', PolicyArn: admin }
  await administratorOf(aws).send(new iam.AttachRolePolicyCommand(attached))
  const { iam: client } = clientsOf(aws, await takeOn())
  const tries: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['give to a listed user', () => client.send(put('alice'))],
    ['give to another user', () => client.send(put('mallory'))],
    ['give to itself', () => client.send(onRole('hallpass'))],
    ['change a target role', () => client.send(onRole('orders-read'))],
    ['make a role', () => client.send(create('a', people))],
    ['make a role without boundary', () => client.send(create('b'))],
    ['make a role in another boundary', () => client.send(create('c', admin))],
    ['make a role elsewhere', () => client.send(create('d', people, '/'))],
    ['change a bounded role', () => client.send(onRole('tame'))],
    ['change a role under another path', () => client.send(onRole('wild'))],
    ['widen a boundary', () => client.send(rebound('tame', admin))],
    ['take a boundary away', () => client.send(unbound('tame'))],
    ['attach a listed policy', () => client.send(attach('tame', readOnly))],
    ['attach another policy', () => client.send(attach('tame', admin))],
    ['attach a listed policy to a user', () => client.send(attachToUser('alice', readOnly))],
    ['attach another policy to a user', () => client.send(attachToUser('alice', admin))],
    ['add to a listed group', () => client.send(join('readers'))],
    ['add to another group', () => client.send(join('admins'))],
  ]
  const done: string[] = []
  for (const [what, attempt] of tries) if (await succeeds(attempt)) done.push(what)
  expect(done).toEqual([
    'give to a listed user',
    'change a target role',
    'make a role',
    'change a bounded role',
    'attach a listed policy',
    'attach a listed policy to a user',
    'add to a listed group',
  ])
  await aws.close()
})

const put = (UserName: string) =>
  new iam.PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument })
const onRole = (RoleName: string) =>
  new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })
const create = (RoleName: string, PermissionsBoundary?: string, Path = '/hallpass/') =>
  new iam.CreateRoleCommand({ ...made, RoleName, PermissionsBoundary, Path })
const rebound = (RoleName: string, PermissionsBoundary: string) =>
  new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary })
const unbound = (RoleName: string) => new iam.DeleteRolePermissionsBoundaryCommand({ RoleName })
const attach = (RoleName: string, PolicyArn: string) =>
  new iam.AttachRolePolicyCommand({ RoleName, PolicyArn })
const attachToUser = (UserName: string, PolicyArn: string) =>
  new iam.AttachUserPolicyCommand({ UserName, PolicyArn })
const join = (GroupName: string) => new iam.AddUserToGroupCommand({ GroupName, UserName: 'alice' })

async function succeeds(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt()
    return true
  } catch (error) {
    if ((error as { Code?: string }).Code !== 'AccessDenied') throw error
    return false
  }
}

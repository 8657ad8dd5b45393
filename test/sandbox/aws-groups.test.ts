// Groups, managed policies, and what can be asked about a whole account.
import * as iam from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AddedUser } from '../../sandbox/aws/control.ts'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'
import { allow, clientsOf, failing, policy, text, trusting } from './aws-clients.ts'

const account = '111122223333'
const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
const readers = policy(allow('s3:GetObject', 'arn:aws:s3:::orders/*'))
const now = Date.parse('2031-05-01T09:00:00Z')

let aws: Aws
let client: iam.IAMClient
let alice: AddedUser
let UserName: string
let GroupName: string
let count = 0
beforeAll(async () => {
  aws = await startAws({ now: () => now })
  aws.addAccount(account)
  client = clientsOf(aws, aws.appCredentials(account)).iam
})
afterAll(() => aws.close())
beforeEach(() => {
  count += 1
  UserName = `alice-${count}`
  GroupName = `readers-${count}`
  alice = aws.addUser({ account, name: UserName })
  aws.addGroup({ account, name: GroupName, policies: { read: readers } })
})

const add = (group = GroupName) =>
  client.send(new iam.AddUserToGroupCommand({ GroupName: group, UserName }))
const remove = () => client.send(new iam.RemoveUserFromGroupCommand({ GroupName, UserName }))
const attach = (PolicyArn: string) =>
  client.send(new iam.AttachUserPolicyCommand({ UserName, PolicyArn }))
const detach = (PolicyArn: string) =>
  client.send(new iam.DetachUserPolicyCommand({ UserName, PolicyArn }))
const may = (action: string, resource = 'arn:aws:s3:::orders/1') =>
  aws.mayCall({ user: alice, action, resource }).allowed
const group = () => ({ account, name: GroupName })

describe('a group', () => {
  test('takes a user twice, gives it back once, and lets it do what the group may', async () => {
    await add()
    await add()
    expect(may('s3:GetObject')).toBe(true)
    expect(aws.membersOf(group()).map((user) => user.arn)).toEqual([alice.arn])
    const changes = aws.iamChanges().length
    await remove()
    expect(may('s3:GetObject')).toBe(false)
    await expect(remove()).rejects.toMatchObject(failing('NoSuchEntity', 404))
    expect(aws.iamChanges()).toHaveLength(changes + 1)
    expect(aws.membersOf(group())).toEqual([])
  })

  test('shows its members by pages', async () => {
    for (const n of [2, 3, 1])
      aws.addToGroup(aws.addUser({ account, name: `${GroupName}-${n}` }), GroupName)
    const found: string[][] = []
    for await (const { Users } of iam.paginateGetGroup({ client, pageSize: 2 }, { GroupName }))
      found.push((Users ?? []).map((user) => user.UserName ?? ''))
    expect(found).toEqual([[`${GroupName}-1`, `${GroupName}-2`], [`${GroupName}-3`]])
  })

  test('is one of 10 that a user may be in', async () => {
    for (let n = 0; n < 10; n += 1) aws.addGroup({ account, name: `${GroupName}-${n}` })
    for (let n = 0; n < 10; n += 1) await add(`${GroupName}-${n}`)
    await expect(add()).rejects.toMatchObject(failing('LimitExceeded', 409))
    await add(`${GroupName}-0`)
  })

  test('is not deleted while it has members, and without them only', async () => {
    const drop = () => client.send(new iam.DeleteGroupCommand({ GroupName }))
    await client.send(new iam.DeleteGroupPolicyCommand({ GroupName, PolicyName: 'read' }))
    await add()
    await expect(drop()).rejects.toMatchObject(failing('DeleteConflict', 409))
    await remove()
    await drop()
    await expect(add()).rejects.toMatchObject(failing('NoSuchEntity', 404))
  })

  test('can lose a member, or itself, behind everybody’s back', async () => {
    await add()
    aws.removeFromGroup(alice, GroupName)
    await expect(remove()).rejects.toMatchObject(failing('NoSuchEntity', 404))
    await add()
    aws.removeGroup({ arn: `arn:aws:iam::${account}:group/${GroupName}` })
    // One that is made anew has nobody.
    aws.addGroup({ account, name: GroupName, policies: { read: readers } })
    expect(aws.membersOf(group())).toEqual([])
    expect(may('s3:GetObject')).toBe(false)
  })
})

describe('a managed policy', () => {
  test('is attached twice and detached once', async () => {
    await attach(admin)
    await attach(admin)
    expect(may('ec2:RunInstances', '*')).toBe(true)
    await detach(admin)
    expect(may('ec2:RunInstances', '*')).toBe(false)
    await expect(detach(admin)).rejects.toMatchObject(failing('NoSuchEntity', 404))
    await expect(attach(`${admin}X`)).rejects.toMatchObject(failing('NoSuchEntity', 404))
  })

  test('of another account is not there', async () => {
    aws.addAccount('222233334444')
    const { arn } = aws.addManagedPolicy({ account: '222233334444', name: 'p', document: policy() })
    await expect(attach(arn)).rejects.toMatchObject(failing('NoSuchEntity', 404))
  })

  test('counts through a group, and says on whom it is', async () => {
    const { arn } = aws.addManagedPolicy({
      account,
      name: `read-${count}`,
      document: policy(allow('rds:Describe*')),
    })
    await client.send(new iam.AttachGroupPolicyCommand({ GroupName, PolicyArn: arn }))
    await add()
    expect(may('rds:DescribeDBInstances', '*')).toBe(true)
    await attach(arn)
    const role = aws.addRole({ account, name: `role-${count}`, attached: [arn] })
    aws.addRole({ account, name: `bounded-${count}`, boundary: arn })
    const list = async (more: Partial<iam.ListEntitiesForPolicyCommandInput> = {}) => {
      const found = await client.send(
        new iam.ListEntitiesForPolicyCommand({ PolicyArn: arn, ...more }),
      )
      return [
        found.PolicyUsers?.map((user) => user.UserName),
        found.PolicyGroups?.map((one) => one.GroupName),
        found.PolicyRoles?.map((one) => one.RoleName),
      ].flatMap((names) => names ?? [])
    }
    const roles = [`bounded-${count}`, `role-${count}`]
    expect(await list()).toEqual([UserName, GroupName, ...roles])
    expect(await list({ EntityFilter: 'User' })).toEqual([UserName])
    expect(await list({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual([roles[0]])
    expect(aws.attachedTo(arn).toSorted()).toEqual(
      [alice.arn, `arn:aws:iam::${account}:group/${GroupName}`, role.arn].toSorted(),
    )
    const { Policy } = await client.send(new iam.GetPolicyCommand({ PolicyArn: arn }))
    expect(Policy).toMatchObject({
      Arn: arn,
      AttachmentCount: 3,
      PermissionsBoundaryUsageCount: 1,
      DefaultVersionId: 'v1',
    })
    const read = new iam.GetPolicyVersionCommand({ PolicyArn: arn, VersionId: 'v1' })
    const { PolicyVersion } = await client.send(read)
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(
      text(policy(allow('rds:Describe*'))),
    )
  })

  test('as a boundary keeps a user from what it does not allow, in a simulation too', async () => {
    const { arn } = aws.addManagedPolicy({
      account,
      name: `bound-${count}`,
      document: policy(allow('s3:*')),
    })
    await attach(admin)
    aws.setBoundary(alice, arn)
    expect([may('s3:GetObject'), may('ec2:RunInstances', '*')]).toEqual([true, false])
    const { EvaluationResults } = await client.send(
      new iam.SimulatePrincipalPolicyCommand({
        PolicySourceArn: alice.arn,
        ActionNames: ['s3:GetObject', 'ec2:RunInstances'],
      }),
    )
    expect(
      EvaluationResults?.map((it) => [
        it.EvalDecision,
        it.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
      ]),
    ).toEqual([
      ['allowed', true],
      ['implicitDeny', false],
    ])
  })

  test('counts in the simulation of a role', async () => {
    const { arn } = aws.addRole({ account, name: `admins-${count}`, attached: [admin] })
    const { EvaluationResults } = await client.send(
      new iam.SimulatePrincipalPolicyCommand({
        PolicySourceArn: arn,
        ActionNames: ['ec2:RunInstances'],
      }),
    )
    expect(EvaluationResults?.[0]?.EvalDecision).toBe('allowed')
  })
})

describe('an account', () => {
  const other = '333344445555'
  let there: iam.IAMClient
  beforeAll(() => {
    aws.addAccount(other)
    there = clientsOf(aws, aws.appCredentials(other)).iam
    const { arn } = aws.addManagedPolicy({ account: other, name: 'own', document: policy() })
    aws.addGroup({ account: other, name: 'sre', policies: { read: readers }, attached: [admin] })
    const bob = aws.addUser({ account: other, name: 'bob', path: '/team/' })
    aws.addToGroup(bob, 'sre')
    aws.attachPolicy(bob, arn)
    aws.putUserPolicy({ user: bob, name: 'inline', document: readers })
    aws.addRole({
      account: other,
      name: 'grant',
      path: '/hallpass/',
      trust: trusting(bob.arn),
      attached: [arn],
      boundary: arn,
      tags: { whose: 'ours' },
      policies: { end: readers },
    })
  })

  test('lists its users by pages and paths', async () => {
    const found: (string | undefined)[] = []
    for await (const { Users } of iam.paginateListUsers({ client: there, pageSize: 1 }, {}))
      found.push(...(Users ?? []).map((user) => user.UserName))
    expect(found).toEqual(['bob', 'hallpass-app'])
    const under = await there.send(new iam.ListUsersCommand({ PathPrefix: '/team/' }))
    expect(under.Users?.map((user) => user.UserName)).toEqual(['bob'])
    const groups = await there.send(new iam.ListGroupsCommand({}))
    expect(groups.Groups?.map((one) => one.GroupName)).toEqual(['sre'])
  })

  test('tells everything at once', async () => {
    const seen = { users: [], groups: [], roles: [], policies: [] } as Record<string, object[]>
    const pages = iam.paginateGetAccountAuthorizationDetails({ client: there, pageSize: 2 }, {})
    for await (const page of pages) {
      seen['users']?.push(...(page.UserDetailList ?? []))
      seen['groups']?.push(...(page.GroupDetailList ?? []))
      seen['roles']?.push(...(page.RoleDetailList ?? []))
      seen['policies']?.push(...(page.Policies ?? []))
    }
    const read = { PolicyDocument: encodeURIComponent(text(readers)) }
    const own = { PolicyName: 'own', PolicyArn: `arn:aws:iam::${other}:policy/own` }
    expect(seen).toMatchObject({
      users: [
        { UserName: 'hallpass-app' },
        {
          UserName: 'bob',
          GroupList: ['sre'],
          UserPolicyList: [{ PolicyName: 'inline', ...read }],
          AttachedManagedPolicies: [own],
        },
      ],
      groups: [
        {
          GroupName: 'sre',
          GroupPolicyList: [{ PolicyName: 'read', ...read }],
          AttachedManagedPolicies: [{ PolicyArn: admin }],
        },
      ],
      roles: [
        {
          RoleName: 'grant',
          Path: '/hallpass/',
          RolePolicyList: [{ PolicyName: 'end', ...read }],
          AttachedManagedPolicies: [own],
          PermissionsBoundary: { PermissionsBoundaryArn: own.PolicyArn },
          Tags: [{ Key: 'whose', Value: 'ours' }],
        },
      ],
      policies: [
        { PolicyName: 'own', AttachmentCount: 2, PermissionsBoundaryUsageCount: 1 },
        { PolicyName: 'AdministratorAccess' },
      ],
    })
  })

  test('tells only what is asked for', async () => {
    const { RoleDetailList, UserDetailList, Policies } = await there.send(
      new iam.GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }),
    )
    expect([RoleDetailList?.length, UserDetailList, Policies]).toEqual([1, [], []])
  })
})

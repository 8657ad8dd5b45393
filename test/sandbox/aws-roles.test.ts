// Roles over the wire: what a role per grant needs.
import * as iam from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'
import { allow, clientsOf, failing, policy, text, trusting } from './aws-clients.ts'

const account = '111122223333'
const root = `arn:aws:iam::${account}:root`
const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
const now = Date.parse('2031-05-01T09:00:00Z')

let aws: Aws
let client: iam.IAMClient
let boundary: string
/** A name for each test: they share one AWS. */
let name: string
let count = 0
beforeAll(async () => {
  aws = await startAws({ now: () => now })
  aws.addAccount(account)
  client = clientsOf(aws, aws.appCredentials(account)).iam
  boundary = aws.addManagedPolicy({ account, name: 'bound', document: policy(allow('s3:*')) }).arn
})
afterAll(() => aws.close())
beforeEach(() => {
  count += 1
  name = `grant-${count}`
})

const make = (more: Partial<iam.CreateRoleCommandInput> = {}) =>
  client.send(
    new iam.CreateRoleCommand({
      RoleName: name,
      Path: '/hallpass/',
      AssumeRolePolicyDocument: text(trusting(root)),
      ...more,
    }),
  )
const arnOf = (role: string) => `arn:aws:iam::${account}:role/hallpass/${role}`
const get = async (RoleName = name) =>
  (await client.send(new iam.GetRoleCommand({ RoleName }))).Role
const trustOf = async () => decodeURIComponent((await get())?.AssumeRolePolicyDocument ?? '')
const attach = (PolicyArn = admin) =>
  client.send(new iam.AttachRolePolicyCommand({ RoleName: name, PolicyArn }))
const detach = (PolicyArn = admin) =>
  client.send(new iam.DetachRolePolicyCommand({ RoleName: name, PolicyArn }))
const put = (PolicyName: string, document: object = policy(allow('s3:GetObject'))) =>
  client.send(
    new iam.PutRolePolicyCommand({ RoleName: name, PolicyName, PolicyDocument: text(document) }),
  )
const dropPolicy = (PolicyName: string) =>
  client.send(new iam.DeleteRolePolicyCommand({ RoleName: name, PolicyName }))
const drop = () => client.send(new iam.DeleteRoleCommand({ RoleName: name }))

describe('a role', () => {
  test('lives from CreateRole to DeleteRole, which its policies stand in the way of', async () => {
    const { Role } = await make({
      MaxSessionDuration: 7200,
      PermissionsBoundary: boundary,
      Description: 'for a grant',
      Tags: [{ Key: 'hallpass', Value: 'grant' }],
    })
    const described = {
      Arn: arnOf(name),
      Path: '/hallpass/',
      Description: 'for a grant',
      MaxSessionDuration: 7200,
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
      Tags: [{ Key: 'hallpass', Value: 'grant' }],
    }
    expect(Role).toMatchObject(described)
    expect(await get()).toMatchObject({ ...described, RoleId: Role?.RoleId })
    await expect(make()).rejects.toMatchObject(failing('EntityAlreadyExists', 409))
    await attach()
    await put('end')
    await expect(drop()).rejects.toMatchObject(failing('DeleteConflict', 409))
    await detach()
    await expect(drop()).rejects.toMatchObject(failing('DeleteConflict', 409))
    await dropPolicy('end')
    await drop()
    await expect(drop()).rejects.toMatchObject(failing('NoSuchEntity', 404))
    await expect(get()).rejects.toMatchObject(failing('NoSuchEntity', 404))
    expect((await make()).Role?.RoleId).not.toBe(Role?.RoleId)
  })

  test('takes the same policy twice, and gives it back once', async () => {
    await make()
    await attach()
    await attach()
    expect(aws.attachmentsOf({ arn: arnOf(name) })).toEqual([admin])
    await detach()
    await expect(detach()).rejects.toMatchObject(failing('NoSuchEntity', 404))
    await put('p')
    await put('p')
    await dropPolicy('p')
    await expect(dropPolicy('p')).rejects.toMatchObject(failing('NoSuchEntity', 404))
  })

  test('shows its policies', async () => {
    await make()
    const document = policy(allow('s3:ListBucket'))
    await put('b')
    await put('a', document)
    await attach()
    const names = await client.send(new iam.ListRolePoliciesCommand({ RoleName: name }))
    expect(names.PolicyNames).toEqual(['a', 'b'])
    const got = await client.send(new iam.GetRolePolicyCommand({ RoleName: name, PolicyName: 'a' }))
    expect(got.RoleName).toBe(name)
    expect(decodeURIComponent(got.PolicyDocument ?? '')).toBe(text(document))
    const attached = await client.send(new iam.ListAttachedRolePoliciesCommand({ RoleName: name }))
    expect(attached.AttachedPolicies).toEqual([
      { PolicyName: 'AdministratorAccess', PolicyArn: admin },
    ])
  })

  test('has tags that are put, replaced and taken off', async () => {
    await make({ Tags: [{ Key: 'a', Value: '1' }] })
    const tag = (Key: string, Value: string) =>
      client.send(new iam.TagRoleCommand({ RoleName: name, Tags: [{ Key, Value }] }))
    await tag('b', '<2>')
    await tag('a', '3')
    const tags = async () =>
      (await client.send(new iam.ListRoleTagsCommand({ RoleName: name }))).Tags
    expect(await tags()).toEqual([
      { Key: 'a', Value: '3' },
      { Key: 'b', Value: '<2>' },
    ])
    await client.send(new iam.UntagRoleCommand({ RoleName: name, TagKeys: ['a'] }))
    expect(await tags()).toEqual([{ Key: 'b', Value: '<2>' }])
  })

  test.each<[string, Partial<iam.CreateRoleCommandInput>, string, number]>([
    ['no path', { Path: 'hallpass' }, 'ValidationError', 400],
    ['a session of 59 minutes', { MaxSessionDuration: 3540 }, 'ValidationError', 400],
    ['a session of 13 hours', { MaxSessionDuration: 46_800 }, 'ValidationError', 400],
    ['a boundary that is not there', { PermissionsBoundary: `${admin}X` }, 'NoSuchEntity', 404],
    ["AWS's tags", { Tags: [{ Key: 'aws:x', Value: '' }] }, 'ValidationError', 400],
    ['no trust', { AssumeRolePolicyDocument: '{}' }, 'MalformedPolicyDocument', 400],
    [
      'too much trust',
      {
        AssumeRolePolicyDocument: text(
          trusting(root, { StringLike: { 'aws:userid': 'x'.repeat(2048) } }),
        ),
      },
      'LimitExceeded',
      409,
    ],
  ])('is not made with %s', async (_with, more, code, status) => {
    await expect(make(more)).rejects.toMatchObject(failing(code, status))
  })

  test.each([
    ['PutRolePolicy', () => put('p')],
    ['AttachRolePolicy', () => attach()],
    ['DeleteRole', () => drop()],
  ])("that AWS's services keep is left alone by %s", async (_operation, call) => {
    aws.addRole({ account, name, path: '/aws-service-role/support.amazonaws.com/' })
    await expect(get()).resolves.toBeDefined()
    await expect(call()).rejects.toMatchObject(failing('UnmodifiableEntity', 400))
  })
})

describe('limits', () => {
  test('of inline policies: 10,240 characters together, whitespace not counted', async () => {
    await make()
    const sized = (length: number) => {
      const empty = text(policy(allow('')))
      return policy(allow('x'.repeat(length - empty.length)))
    }
    await put('a', sized(10_000))
    await put('b', sized(240))
    await expect(put('b', sized(241))).rejects.toMatchObject(failing('LimitExceeded', 409))
  })

  test('of attached policies: 10, or what the account was given', async () => {
    await make()
    const made = Array.from({ length: 11 }, (_, n) =>
      aws.addManagedPolicy({ account, name: `p${n}`, document: policy() }),
    )
    const [last] = made.slice(-1)
    for (const { arn } of made.slice(0, 10)) await attach(arn)
    await expect(attach(last?.arn)).rejects.toMatchObject(failing('LimitExceeded', 409))
    await attach(made[0]?.arn)
    aws.setQuotas(account, { attachedPerRole: 11 })
    await attach(last?.arn)
  })

  test('of roles: those that are there', async () => {
    const small = '222233334444'
    aws.addAccount(small)
    aws.setQuotas(small, { roles: 2 })
    const there = clientsOf(aws, aws.appCredentials(small)).iam
    const makeIn = (RoleName: string) =>
      there.send(
        new iam.CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument: text(trusting(small)),
        }),
      )
    await makeIn('a')
    await makeIn('b')
    await expect(makeIn('c')).rejects.toMatchObject(failing('LimitExceeded', 409))
    await there.send(new iam.DeleteRoleCommand({ RoleName: 'a' }))
    await makeIn('c')
    const { SummaryMap } = await there.send(new iam.GetAccountSummaryCommand({}))
    expect(SummaryMap).toMatchObject({
      Roles: 2,
      RolesQuota: 2,
      AssumeRolePolicySizeQuota: 2048,
      AttachedPoliciesPerRoleQuota: 10,
    })
  })
})

describe('a trust policy', () => {
  const update = (document: object) =>
    client.send(
      new iam.UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: text(document) }),
    )
  const mayAssume = (user: { arn: string }) =>
    aws.mayAssume({ user, roleArn: arnOf(name), sessionName: 's' }).allowed

  test('means whoever had the name when it was put, and nobody who takes it later', async () => {
    const user = aws.addUser({ account, name: `u-${name}` })
    const document = trusting([user.arn, root], { StringLike: { 'aws:PrincipalArn': user.arn } })
    await make({ AssumeRolePolicyDocument: text(document) })
    expect(await trustOf()).toBe(text(document))
    expect(mayAssume(user)).toBe(true)
    const renamed = aws.renameUser(user, `v-${name}`)
    expect(await trustOf()).toContain(`"AWS":["${renamed.arn}","${root}"]`)
    expect(await trustOf()).toContain(`"aws:PrincipalArn":"${user.arn}"`)
    const successor = aws.recreateUser(renamed)
    expect(await trustOf()).toContain(`"AWS":["${user.userId}","${root}"]`)
    expect(mayAssume(successor)).toBe(false)
    // What it shows of one who is gone cannot be put back.
    await expect(update(JSON.parse(await trustOf()) as object)).rejects.toMatchObject(
      failing('MalformedPolicyDocument', 400),
    )
    await update(trusting(successor.arn))
    expect(mayAssume(successor)).toBe(true)
  })

  test.each([
    ['a user who is not there', `arn:aws:iam::${account}:user/nobody`],
    ['a role that is not there', `arn:aws:iam::${account}:role/nobody`],
    ['an account that is not there', 'arn:aws:iam::999999999999:root'],
    ['a pattern', `arn:aws:iam::${account}:user/*`],
    ['an id of nobody', 'AIDAAAAAAAAAAAAAAAAA'],
  ])('that names %s is malformed', async (_whom, principal) => {
    const made = make({ AssumeRolePolicyDocument: text(trusting(principal)) })
    await expect(made).rejects.toMatchObject(failing('MalformedPolicyDocument', 400))
  })
})

test('roles are listed under a path, by pages, without their tags', async () => {
  for (const n of [3, 1, 2])
    aws.addRole({ account, name: `${name}-${n}`, path: `/${name}/`, tags: { a: 'b' } })
  const found: string[][] = []
  const pages = iam.paginateListRoles({ client, pageSize: 2 }, { PathPrefix: `/${name}/` })
  for await (const { Roles = [] } of pages) {
    found.push(Roles.map((role) => role.RoleName ?? ''))
    for (const role of Roles) expect(role).not.toHaveProperty('Tags')
  }
  expect(found).toEqual([[`${name}-1`, `${name}-2`], [`${name}-3`]])
  expect(aws.rolesUnder({ account, path: `/${name}/` })).toHaveLength(3)
})

test('what is changed behind everybody’s back is seen', async () => {
  await make()
  const on = { arn: arnOf(name) }
  aws.attachPolicy(on, admin)
  aws.putPolicy({ on, name: 'theirs', document: policy(allow('*')) })
  aws.setTags(on, { whose: 'theirs' })
  aws.setBoundary(on, boundary)
  aws.setTrust(on, trusting('*'))
  expect(await get()).toMatchObject({
    Tags: [{ Key: 'whose', Value: 'theirs' }],
    PermissionsBoundary: { PermissionsBoundaryArn: boundary },
  })
  expect(await trustOf()).toBe(text(trusting('*')))
  expect(aws.policiesOf(on).map((p) => p.name)).toEqual(['theirs'])
  expect(aws.attachedTo(admin)).toContain(on.arn)
  aws.detachPolicy(on, admin)
  aws.removePolicy({ on, name: 'theirs' })
  await drop()
  expect(aws.attachedTo(admin)).not.toContain(on.arn)
  await make()
  aws.attachPolicy(on, admin)
  aws.removeRole(on)
  await expect(get()).rejects.toMatchObject(failing('NoSuchEntity', 404))
})

// The simulated IAM over its wire, by the unmodified SDK.
import * as iam from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AddedUser } from '../../sandbox/aws/control.ts'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'

const account = '111122223333'
const document = (action = 's3:GetObject') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
  })

let now: number
let aws: Aws
let alice: AddedUser
let client: iam.IAMClient
beforeEach(async () => {
  now = Date.parse('2031-05-01T09:00:00Z')
  aws = await startAws({ now: () => now })
  aws.addAccount(account)
  alice = aws.addUser({ account, name: 'alice' })
  client = clientOf(aws.appCredentials(account))
})
afterEach(() => aws.close())

const clientOf = (credentials: iam.IAMClientConfig['credentials']) =>
  new iam.IAMClient({
    region: 'us-east-1',
    endpoint: aws.url,
    maxAttempts: 1,
    ...(credentials ? { credentials } : {}),
  })
const put = (name: string, text = document()) =>
  client.send(
    new iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: name, PolicyDocument: text }),
  )
const names = async () =>
  (await client.send(new iam.ListUserPoliciesCommand({ UserName: 'alice' }))).PolicyNames
const failing = (Code: string, httpStatusCode: number) => ({ Code, $metadata: { httpStatusCode } })

describe('users', () => {
  test('are made with a path, an ARN and an id that nobody had before', async () => {
    const make = () => client.send(new iam.CreateUserCommand({ UserName: 'bob', Path: '/team/' }))
    const { User: bob } = await make()
    expect(bob).toMatchObject({ Arn: `arn:aws:iam::${account}:user/team/bob`, Path: '/team/' })
    expect(bob?.UserId).toMatch(/^AIDA[A-Z2-7]{16}$/)
    await expect(make()).rejects.toMatchObject(failing('EntityAlreadyExists', 409))
    await client.send(new iam.DeleteUserCommand({ UserName: 'bob' }))
    const again = await make()
    expect(again.User?.UserId).not.toBe(bob?.UserId)
  })

  test('that are not there are NoSuchEntity', async () => {
    await expect(client.send(new iam.GetUserCommand({ UserName: 'nobody' }))).rejects.toMatchObject(
      failing('NoSuchEntity', 404),
    )
  })

  test('that are renamed keep their id, policies and keys', async () => {
    await put('own')
    const theirs = clientOf(alice)
    const renamed = aws.renameUser(alice, 'alicia')
    expect(renamed).toEqual({ arn: `arn:aws:iam::${account}:user/alicia`, userId: alice.userId })
    await expect(names()).rejects.toMatchObject(failing('NoSuchEntity', 404))
    const { User } = await client.send(new iam.GetUserCommand({ UserName: 'alicia' }))
    expect(User).toMatchObject({ UserId: alice.userId, Arn: renamed.arn })
    expect(aws.policiesOf(renamed).map(({ name }) => name)).toEqual(['own'])
    // Known to be alicia, who may not.
    await expect(theirs.send(new iam.GetUserCommand({}))).rejects.toMatchObject(
      failing('AccessDenied', 403),
    )
    expect(() => aws.renameUser(alice, 'bob')).toThrow('has no user')
  })

  test('cannot be deleted while they have policies', async () => {
    await put('p')
    const gone = client.send(new iam.DeleteUserCommand({ UserName: 'alice' }))
    await expect(gone).rejects.toMatchObject(failing('DeleteConflict', 409))
  })
})

describe('inline policies', () => {
  test('come back as they were put, and are replaced by name', async () => {
    const text = JSON.stringify(JSON.parse(document()), null, 2)
    await put('p')
    await put('p', text)
    const got = await client.send(
      new iam.GetUserPolicyCommand({ UserName: 'alice', PolicyName: 'p' }),
    )
    expect(got.PolicyDocument).not.toContain('{')
    expect(decodeURIComponent(got.PolicyDocument ?? '')).toBe(text)
    expect(await names()).toEqual(['p'])
  })

  test('are listed by pages', async () => {
    for (let n = 0; n < 5; n += 1) await put(`p${n}`, '{"Version":"2012-10-17","Statement":[]}')
    const found: string[][] = []
    const pages = iam.paginateListUserPolicies({ client, pageSize: 2 }, { UserName: 'alice' })
    for await (const { PolicyNames } of pages) found.push(PolicyNames ?? [])
    expect(found).toEqual([['p0', 'p1'], ['p2', 'p3'], ['p4']])
  })

  test('are deleted once', async () => {
    await put('p')
    const remove = () =>
      client.send(new iam.DeleteUserPolicyCommand({ UserName: 'alice', PolicyName: 'p' }))
    await remove()
    await expect(remove()).rejects.toMatchObject(failing('NoSuchEntity', 404))
  })

  test('fit into 2,048 characters together, whitespace not counted', async () => {
    const padded = (length: number) => {
      const empty = document('')
      return document('x'.repeat(length - empty.length)).replace('{', '{   ')
    }
    await put('a', padded(1024))
    await put('b', padded(1024))
    await put('b', padded(1024))
    await expect(put('b', padded(1025))).rejects.toMatchObject(failing('LimitExceeded', 409))
    await expect(put('c', '{"Statement":[]}')).rejects.toMatchObject(failing('LimitExceeded', 409))
    expect(await names()).toEqual(['a', 'b'])
  })

  test('that are malformed are refused', async () => {
    await expect(put('p', '{}')).rejects.toMatchObject(failing('MalformedPolicyDocument', 400))
    await expect(put('no spaces')).rejects.toMatchObject(failing('ValidationError', 400))
  })
})

describe('callers', () => {
  test('may do what their own policies allow', async () => {
    const her = clientOf(alice)
    const look = () => her.send(new iam.GetUserCommand({ UserName: 'alice' }))
    await expect(look()).rejects.toMatchObject(failing('AccessDenied', 403))
    aws.putUserPolicy({ user: alice, name: 'look', document: document('iam:GetUser') })
    await expect(look()).resolves.toMatchObject({ User: { UserId: alice.userId } })
  })

  test.each([
    ['an unknown key', { accessKeyId: 'AKIAUNKNOWN' }, 'InvalidClientTokenId'],
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
  ])('with %s are refused', async (_with, wrong, code) => {
    const call = clientOf({ ...alice, ...wrong }).send(new iam.GetUserCommand({}))
    await expect(call).rejects.toMatchObject(failing(code, 403))
  })

  test('lose their keys with their user', async () => {
    aws.recreateUser(alice)
    const call = clientOf(alice).send(new iam.GetUserCommand({}))
    await expect(call).rejects.toMatchObject(failing('InvalidClientTokenId', 403))
  })

  test('who do not sign are refused, in XML', async () => {
    const answer = await fetch(aws.url, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetUser', Version: '2010-05-08' }),
    })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('date')).toBe('Thu, 01 May 2031 09:00:00 GMT')
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>')
  })
})

describe('groups and managed policies', () => {
  test('count in a simulation, by name and kind', async () => {
    await client.send(new iam.CreateGroupCommand({ GroupName: 'sre' }))
    const group = { GroupName: 'sre', PolicyName: 'p', PolicyDocument: document('s3:*') }
    await client.send(new iam.PutGroupPolicyCommand(group))
    const join = new iam.AddUserToGroupCommand({ GroupName: 'sre', UserName: 'alice' })
    await client.send(join)
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    await client.send(new iam.AttachUserPolicyCommand({ UserName: 'alice', PolicyArn }))
    await put('own')
    const { EvaluationResults: results } = await client.send(
      new iam.SimulatePrincipalPolicyCommand({
        PolicySourceArn: alice.arn,
        ActionNames: ['s3:GetObject'],
      }),
    )
    const ids = results?.[0]?.MatchedStatements?.map((m) => m.SourcePolicyId)
    expect(ids).toEqual(['user_alice_own', 'AdministratorAccess', 'group_sre_p'])
    const listed = await client.send(new iam.ListGroupsForUserCommand({ UserName: 'alice' }))
    expect(listed.Groups?.map((g) => g.GroupName)).toEqual(['sre'])
    const attached = new iam.ListAttachedUserPoliciesCommand({ UserName: 'alice' })
    expect((await client.send(attached)).AttachedPolicies).toEqual([
      { PolicyName: 'AdministratorAccess', PolicyArn },
    ])
  })

  test('have quotas that can be read', async () => {
    const { SummaryMap } = await client.send(new iam.GetAccountSummaryCommand({}))
    expect(SummaryMap).toMatchObject({ Users: 2, UserPolicySizeQuota: 2048 })
  })
})

describe('trouble on demand', () => {
  test('throttles, fails, and fails after the deed, as often as it was told to', async () => {
    aws.throttle(1)
    await expect(put('p')).rejects.toMatchObject(failing('Throttling', 400))
    aws.fail(1, 'ServiceFailure', 'PutUserPolicy')
    expect(await names()).toEqual([])
    await expect(put('p')).rejects.toMatchObject(failing('ServiceFailure', 500))
    aws.applyThenFail(1)
    await expect(put('p')).rejects.toMatchObject(failing('ServiceFailure', 500))
    expect(await names()).toEqual(['p'])
  })

  test('shows reads what was before recent writes, and enforces what is', async () => {
    await put('old')
    aws.staleReads(5000)
    await put('new')
    expect(await names()).toEqual(['old'])
    const asked = { user: alice, action: 's3:GetObject', resource: '*' }
    expect(aws.mayCall(asked).because).toBe('allowed by user_alice_old, user_alice_new')
    now += 5000
    expect(await names()).toEqual(['new', 'old'])
    await client.send(new iam.DeleteUserPolicyCommand({ UserName: 'alice', PolicyName: 'old' }))
    expect(await names()).toEqual(['new', 'old'])
    aws.staleReads(0)
    expect(await names()).toEqual(['new'])
  })

  test('slow calls are carried out although nobody waits any more', async () => {
    aws.slow(50)
    const controller = new AbortController()
    const command = new iam.PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'late',
      PolicyDocument: document(),
    })
    const work = client.send(command, { abortSignal: controller.signal })
    const late = aws.waitFor(() => aws.policiesOf(alice).length === 1)
    aws.intercept((call) => (call.operation === 'PutUserPolicy' ? controller.abort() : undefined))
    await expect(work).rejects.toThrow()
    await late
  })
})

// The simulated Identity Center over its wire, by the unmodified SDK.
import * as store from '@aws-sdk/client-identitystore'
import * as sso from '@aws-sdk/client-sso-admin'
import * as sts from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import {
  account,
  alice,
  aws,
  center,
  centerFor,
  create,
  created,
  delegate,
  deleted,
  directoryFor,
  failing,
  instance,
  listed,
  management,
  minute,
  named,
  now,
  optionsFor,
  remove,
  set,
  stranger,
  turn,
  userId,
  useWorld,
  type Named,
} from './identity-center-world.ts'

useWorld()

describe('instances and permission sets', () => {
  test('are found by those who administer them', async () => {
    const { Instances } = await center.send(new sso.ListInstancesCommand({}))
    const { arn, identityStoreId } = instance
    expect(Instances).toMatchObject([
      { InstanceArn: arn, IdentityStoreId: identityStoreId, OwnerAccountId: management },
    ])
    const elsewhere = centerFor(stranger)
    const none = await elsewhere.send(new sso.ListInstancesCommand({}))
    expect(none.Instances).toEqual([])
    await expect(listed(elsewhere)).rejects.toMatchObject(failing('AccessDeniedException'))
    await expect(listed(centerFor(delegate))).resolves.toEqual([])
  })

  test('say how long sessions last, by pages', async () => {
    const other = aws.addPermissionSet({ instance, name: 'Other' })
    const durations = new Map<string, string | undefined>()
    const pages = sso.paginateListPermissionSets(
      { client: center, pageSize: 1 },
      { InstanceArn: instance.arn },
    )
    for await (const { PermissionSets } of pages)
      for (const PermissionSetArn of PermissionSets ?? []) {
        const asked = { InstanceArn: instance.arn, PermissionSetArn }
        const found = await center.send(new sso.DescribePermissionSetCommand(asked))
        durations.set(PermissionSetArn, found.PermissionSet?.SessionDuration)
      }
    expect(durations).toEqual(
      new Map([
        [set.arn, 'PT2H'],
        [other.arn, 'PT1H'],
      ]),
    )
    expect(() =>
      aws.addPermissionSet({ instance, name: 'Long', sessionDuration: 'PT13H' }),
    ).toThrow('PT1H to PT12H')
  })

  test('that are not there are ResourceNotFoundException', async () => {
    const PermissionSetArn = `${set.arn.slice(0, -4)}0000`
    const asked = { InstanceArn: instance.arn, PermissionSetArn }
    await expect(center.send(new sso.DescribePermissionSetCommand(asked))).rejects.toMatchObject(
      failing('ResourceNotFoundException'),
    )
  })
})

describe('an assignment', () => {
  test('is made and removed a while after it was asked for', async () => {
    aws.assignmentsTake(5000)
    const asked = await create()
    expect(asked).toMatchObject({
      Status: 'IN_PROGRESS',
      TargetId: account,
      PrincipalId: alice.userId,
      CreatedDate: new Date(now),
    })
    turn(4999)
    expect(await created(asked?.RequestId)).toMatchObject({ Status: 'IN_PROGRESS' })
    expect(await listed()).toEqual([])
    turn(minute)
    expect(await created(asked?.RequestId)).toMatchObject({ Status: 'SUCCEEDED' })
    expect(await listed()).toEqual([alice.userId])
    const going = await remove()
    expect(going).toMatchObject({ Status: 'IN_PROGRESS' })
    expect(await listed()).toEqual([alice.userId])
    turn(5000)
    expect(await listed()).toEqual([])
    expect(await deleted(going?.RequestId)).toMatchObject({ Status: 'SUCCEEDED' })
    await expect(created(going?.RequestId)).rejects.toMatchObject(
      failing('ResourceNotFoundException'),
    )
  })

  test('that is there already is made again without effect', async () => {
    const existing = aws.assign({ account, permissionSet: set, principal: alice })
    const again = await create()
    expect(await created(again?.RequestId)).toMatchObject({ Status: 'SUCCEEDED' })
    expect(aws.assignmentChanges()).toMatchObject([{ by: 'outside', after: existing }])
  })

  test.each<[string, Named, RegExp]>([
    ['an account outside the organization', { target: '123456789012' }, /404.*123456789012/],
    ['nobody', { principal: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' }, /404.*USER assignee f81d/],
    ['no group', { type: 'GROUP' }, /404.*GROUP assignee/],
  ])('for %s fails, and says so only in its status', async (_what, more, reason) => {
    const asked = await create(more)
    expect(asked).toMatchObject({ Status: 'IN_PROGRESS' })
    const status = await created(asked?.RequestId)
    expect(status).toMatchObject({ Status: 'FAILED', FailureReason: expect.stringMatching(reason) })
    expect(aws.assignmentChanges()).toEqual([])
  })

  test('that is missing cannot be removed, and its status says so', async () => {
    const asked = await remove()
    expect(await deleted(asked?.RequestId)).toMatchObject({
      Status: 'FAILED',
      FailureReason: expect.stringMatching(/^Received a 404 .*EntitlementItem doesn't exist/),
    })
  })

  test.each<[string, Partial<ReturnType<typeof named>>]>([
    ['an account', { TargetId: '12' }],
    ['a principal', { PrincipalId: 'alice' }],
    ['an instance', { InstanceArn: 'arn:aws:sso:::instance/mine' }],
  ])('is refused at once for what is no id of %s', async (_what, wrong) => {
    const asked = new sso.CreateAccountAssignmentCommand({ ...named(), ...wrong })
    await expect(center.send(asked)).rejects.toMatchObject(failing('ValidationException'))
  })

  test('is changed by one at a time', async () => {
    aws.assignmentsTake(1000)
    await create()
    const conflict = failing('ConflictException')
    await expect(remove()).rejects.toMatchObject(conflict)
    await expect(create()).rejects.toMatchObject(conflict)
    await expect(create({ target: delegate })).resolves.toBeDefined()
    aws.assignmentConflictsLast(500)
    turn(1000)
    await expect(remove()).rejects.toMatchObject(conflict)
    turn(500)
    await expect(remove()).resolves.toBeDefined()
  })

  test('waits while too many others are in progress', async () => {
    aws.assignmentsTake(1000)
    aws.outstandingAssignments(1)
    await create()
    const next = () => create({ target: delegate })
    await expect(next()).rejects.toMatchObject(failing('ThrottlingException'))
    turn(1000)
    await expect(next()).resolves.toBeDefined()
  })

  test('in the management account is not for a delegated administrator, nor is what is used there', async () => {
    const client = centerFor(delegate)
    const denied = failing('AccessDeniedException')
    await expect(create({ target: management }, client)).rejects.toMatchObject(denied)
    await expect(create({}, client)).resolves.toBeDefined()
    aws.assign({ account: management, permissionSet: set, principal: alice })
    await expect(remove({}, client)).rejects.toMatchObject(denied)
    await expect(remove()).resolves.toBeDefined()
  })
})

describe('lists', () => {
  const several = () =>
    Array.from({ length: 5 }, (_, n) => {
      const principal = aws.addSsoUser({ instance, userName: `user${n}` })
      aws.assign({ account, permissionSet: set, principal })
      return principal.userId
    })

  test('of an account and permission set come by pages, and lose nothing that is removed between', async () => {
    const ids = several()
    const found: (string | undefined)[] = []
    const pages = sso.paginateListAccountAssignments(
      { client: center, pageSize: 2 },
      { InstanceArn: instance.arn, AccountId: account, PermissionSetArn: set.arn },
    )
    for await (const { AccountAssignments = [] } of pages) {
      found.push(...AccountAssignments.map((it) => it.PrincipalId))
      const shown = { ...alice, userId: found.at(-1) ?? '' }
      aws.unassign({ account, permissionSet: set, principal: shown })
    }
    expect(found).toEqual(ids.toSorted())
  })

  test('of a principal hold what it has by its groups, by account, for the management account', async () => {
    const group = aws.addSsoGroup({ instance, name: 'sre', members: [alice] })
    aws.assign({ account, permissionSet: set, principal: group })
    aws.assign({ account: delegate, permissionSet: set, principal: alice })
    const ask = async (AccountId?: string, client = center) => {
      const command = new sso.ListAccountAssignmentsForPrincipalCommand({
        InstanceArn: instance.arn,
        PrincipalId: alice.userId,
        PrincipalType: 'USER',
        ...(AccountId ? { Filter: { AccountId } } : {}),
      })
      const { AccountAssignments = [] } = await client.send(command)
      return AccountAssignments.map((it) => `${it.AccountId} ${it.PrincipalType}`).toSorted()
    }
    expect(await ask()).toEqual([`${delegate} USER`, `${account} GROUP`])
    expect(await ask(account)).toEqual([`${account} GROUP`])
    await expect(ask(account, centerFor(delegate))).rejects.toMatchObject(
      failing('AccessDeniedException'),
    )
    const provisioned = new sso.ListAccountsForProvisionedPermissionSetCommand({
      InstanceArn: instance.arn,
      PermissionSetArn: set.arn,
    })
    expect((await center.send(provisioned)).AccountIds).toEqual([delegate, account])
  })

  test('of requests tell the ids of those whose answer was lost', async () => {
    aws.assignmentsTake(1000)
    aws.applyThenFail(1, 'sso:CreateAccountAssignment')
    await expect(create()).rejects.toMatchObject(failing('InternalServerException', 500))
    const pendingOnes = async () => {
      const filter = { InstanceArn: instance.arn, Filter: { Status: 'IN_PROGRESS' as const } }
      const command = new sso.ListAccountAssignmentCreationStatusCommand(filter)
      return (await center.send(command)).AccountAssignmentsCreationStatus ?? []
    }
    const [lost] = await pendingOnes()
    expect(await created(lost?.RequestId)).toMatchObject({ PrincipalId: alice.userId })
    turn(1000)
    expect(await pendingOnes()).toEqual([])
    await remove()
    const gone = new sso.ListAccountAssignmentDeletionStatusCommand({ InstanceArn: instance.arn })
    const { AccountAssignmentsDeletionStatus: deletions } = await center.send(gone)
    expect(deletions).toMatchObject([{ Status: 'IN_PROGRESS', CreatedDate: new Date(now) }])
  })
})

describe('callers', () => {
  test.each([
    ['without the action', ['sso:List*']],
    ['of another service', ['iam:*']],
  ])('%s are refused', async (_without, actions) => {
    const client = centerFor(management, actions)
    await expect(create({}, client)).rejects.toMatchObject({
      ...failing('AccessDeniedException'),
      message: expect.stringContaining('sso:CreateAccountAssignment on resource: arn:aws:sso:::'),
    })
    const look = userId('userName', 'alice', directoryFor(management, actions))
    await expect(look).rejects.toMatchObject(failing('AccessDeniedException'))
    expect(aws.assignmentRequests()).toEqual([])
  })

  test('with an assumed role act for its account', async () => {
    const allow = (Action: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    })
    const { arn: RoleArn } = aws.addRole({
      account: management,
      name: 'assigner',
      trustAccountRoot: true,
      policies: { assign: allow('sso:*') },
    })
    const user = aws.addUser({ account: management, name: 'hallpass' })
    aws.putUserPolicy({ user, name: 'assume', document: allow('sts:AssumeRole') })
    const options = { ...optionsFor(management), credentials: user }
    const assume = new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'work' })
    const { Credentials: keys } = await new sts.STSClient(options).send(assume)
    const credentials = {
      accessKeyId: keys?.AccessKeyId ?? '',
      secretAccessKey: keys?.SecretAccessKey ?? '',
      sessionToken: keys?.SessionToken ?? '',
    }
    await create({}, new sso.SSOAdminClient({ ...options, credentials }))
    expect(await listed()).toEqual([alice.userId])
    const look = userId(
      'userName',
      'alice',
      new store.IdentitystoreClient({ ...options, credentials }),
    )
    await expect(look).rejects.toMatchObject(failing('AccessDeniedException'))
  })

  test('who do not sign are refused, in JSON', async () => {
    const headers = { 'x-amz-target': 'AWSIdentityStore.GetUserId' }
    const answer = await fetch(aws.url, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('date')).toBe('Thu, 01 May 2031 09:00:00 GMT')
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' })
  })

  test('of what is not simulated are told so', async () => {
    const asked = new sso.DeletePermissionSetCommand({
      InstanceArn: instance.arn,
      PermissionSetArn: set.arn,
    })
    await expect(center.send(asked)).rejects.toMatchObject(failing('UnknownOperationException'))
  })

  test('whose signature is wrong are refused', async () => {
    const options = optionsFor(management)
    const credentials = { ...options.credentials, secretAccessKey: 'wrong' }
    const client = new sso.SSOAdminClient({ ...options, credentials })
    await expect(listed(client)).rejects.toMatchObject(failing('InvalidSignatureException'))
  })
})

describe('trouble on demand', () => {
  test.each([
    ['throttles', () => aws.throttle(1), 'ThrottlingException', 400],
    ['fails', () => aws.fail(1, 'ServiceFailure'), 'InternalServerException', 500],
    [
      'conflicts',
      () => aws.fail(1, 'ConflictException', 'sso:CreateAccountAssignment'),
      'ConflictException',
      400,
    ],
  ])('%s, and carries nothing out', async (_does, plan, name, status) => {
    plan()
    await expect(create()).rejects.toMatchObject(failing(name, status))
    expect(aws.assignmentRequests()).toEqual([])
    await expect(create()).resolves.toBeDefined()
  })

  test('ends a change as planned', async () => {
    const reason = 'An unexpected internal service exception was encountered'
    aws.failAssignments(1, reason, { change: 'deletion' })
    await create()
    expect(await listed()).toEqual([alice.userId])
    const going = await remove()
    expect(await deleted(going?.RequestId)).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'An unexpected internal service exception was encountered',
    })
    expect(await listed()).toEqual([alice.userId])
    await remove()
    expect(await listed()).toEqual([])
  })

  test('ends a change as failed that was made nevertheless', async () => {
    aws.failAssignments(1, 'Lost on the way', { carriedOut: true })
    const asked = await create()
    expect(await created(asked?.RequestId)).toMatchObject({ Status: 'FAILED' })
    expect(await listed()).toEqual([alice.userId])
  })

  test('shows reads what was before recent changes', async () => {
    aws.staleReads(5000)
    const asked = await create()
    await expect(created(asked?.RequestId)).rejects.toMatchObject(
      failing('ResourceNotFoundException'),
    )
    expect(await listed()).toEqual([])
    turn(5000)
    expect(await listed()).toEqual([alice.userId])
  })
})

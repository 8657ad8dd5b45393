// The simulated Identity Center over its wire, by the unmodified SDK.
import * as store from '@aws-sdk/client-identitystore'
import * as sso from '@aws-sdk/client-sso-admin'
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
  directory,
  failing,
  instance,
  listed,
  management,
  minute,
  named,
  now,
  remove,
  set,
  stranger,
  turn,
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

test('one instance knows nothing of another', async () => {
  const other = aws.addInstance({ managementAccount: management })
  const theirs = aws.addPermissionSet({ instance: other, name: 'Theirs' })
  const asked = { InstanceArn: instance.arn, PermissionSetArn: theirs.arn }
  await expect(center.send(new sso.DescribePermissionSetCommand(asked))).rejects.toMatchObject(
    failing('ResourceNotFoundException'),
  )
  aws.assign({ account, permissionSet: theirs, principal: alice })
  const hers = { PrincipalId: alice.userId, PrincipalType: 'USER' as const }
  const ask = async (InstanceArn: string) => {
    const command = new sso.ListAccountAssignmentsForPrincipalCommand({ InstanceArn, ...hers })
    return (await center.send(command)).AccountAssignments?.length
  }
  expect([await ask(instance.arn), await ask(other.arn)]).toEqual([0, 1])
  const missing = failing('ResourceNotFoundException')
  const IdentityStoreId = other.identityStoreId
  const UserId = alice.userId
  await expect(
    directory.send(new store.DescribeUserCommand({ IdentityStoreId, UserId })),
  ).rejects.toMatchObject(missing)
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

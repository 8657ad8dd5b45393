// The simulated Identity Store, and what the judge says of those in it.
import * as store from '@aws-sdk/client-identitystore'
import * as sso from '@aws-sdk/client-sso-admin'
import { describe, expect, test } from 'vitest'
import { startAws } from '../../sandbox/aws/index.ts'
import {
  account,
  alice,
  aws,
  create,
  created,
  deleted,
  directory,
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
  turn,
  userId,
  useWorld,
} from './identity-center-world.ts'

useWorld()

describe('users', () => {
  test('are found by name and by e-mail, when just one matches', async () => {
    expect(await userId('userName', 'alice')).toBe(alice.userId)
    expect(await userId('emails.value', 'alice@example.com')).toBe(alice.userId)
    const missing = failing('ResourceNotFoundException')
    await expect(userId('userName', 'nobody')).rejects.toMatchObject(missing)
    aws.addSsoUser({ instance, userName: 'alicia', emails: ['alice@example.com'] })
    await expect(userId('emails.value', 'alice@example.com')).rejects.toMatchObject(missing)
    await expect(userId('title', 'alice')).rejects.toMatchObject(failing('ValidationException'))
    expect(aws.calls.at(-1)?.operation).toBe('identitystore:GetUserId')
  })

  test('are described by their id, and listed', async () => {
    const IdentityStoreId = instance.identityStoreId
    const ask = (UserId: string) =>
      directory.send(new store.DescribeUserCommand({ IdentityStoreId, UserId }))
    aws.changeSsoUser(alice, { userName: 'alice2', enabled: false })
    expect(await ask(alice.userId)).toMatchObject({
      UserName: 'alice2',
      Emails: [{ Value: 'alice@example.com', Primary: true }],
      UserStatus: 'DISABLED',
    })
    const again = aws.recreateSsoUser(alice)
    expect(again.userId).not.toBe(alice.userId)
    expect(await userId('userName', 'alice2')).toBe(again.userId)
    await expect(ask(alice.userId)).rejects.toMatchObject(failing('ResourceNotFoundException'))
    aws.addSsoUser({ instance, userName: 'bob' })
    // Deprecated in the API, and understood yet.
    const byName: object = { Filters: [{ AttributePath: 'UserName', AttributeValue: 'bob' }] }
    const found = await directory.send(new store.ListUsersCommand({ IdentityStoreId, ...byName }))
    expect(found.Users?.map((user) => user.UserName)).toEqual(['bob'])
    const all = await directory.send(new store.ListUsersCommand({ IdentityStoreId, MaxResults: 1 }))
    expect([all.Users?.length, all.NextToken]).toEqual([1, expect.any(String)])
  })

  test('are in groups, as long as they are there', async () => {
    const bob = aws.addSsoUser({ instance, userName: 'bob' })
    const groups = [[alice], [bob], [alice, bob]].map((members, n) =>
      aws.addSsoGroup({ instance, name: `group${n}`, members }),
    )
    const IdentityStoreId = instance.identityStoreId
    const groupsOf = async (UserId: string) => {
      const asked = { IdentityStoreId, MemberId: { UserId } }
      const command = new store.ListGroupMembershipsForMemberCommand(asked)
      return (await directory.send(command)).GroupMemberships?.map(({ GroupId }) => GroupId)
    }
    const hers = [groups[0]?.groupId, groups[2]?.groupId]
    expect(new Set(await groupsOf(alice.userId))).toEqual(new Set(hers))
    aws.removeSsoUser(alice)
    const missing = failing('ResourceNotFoundException')
    await expect(groupsOf(alice.userId)).rejects.toMatchObject(missing)
  })

  test('that are removed leave orphans that open nothing and cannot be removed, for a while', async () => {
    aws.assign({ account, permissionSet: set, principal: alice })
    const asked = { user: alice, account, permissionSet: set }
    expect(aws.mayOpen(asked).allowed).toBe(true)
    aws.orphansLinger(minute)
    aws.removeSsoUser(alice)
    expect(await listed()).toEqual([alice.userId])
    expect(aws.mayOpen(asked).because).toContain('there is no user')
    const going = await remove()
    expect(await deleted(going?.RequestId)).toMatchObject({
      Status: 'FAILED',
      FailureReason: expect.stringContaining('was not found in directory d-'),
    })
    turn(minute)
    expect(await listed()).toEqual([])
  })
})

test('a change that fell due before its user was removed was made', async () => {
  aws.assignmentsTake(1000)
  const asked = await create()
  turn(minute)
  aws.removeSsoUser(alice)
  expect(await created(asked?.RequestId)).toMatchObject({ Status: 'SUCCEEDED' })
})

describe('the judge', () => {
  test('knows who could open a session at any past instant, though nobody looked then', async () => {
    const asked = { user: alice, account, permissionSet: set }
    const start = now
    aws.assignmentsTake(5000)
    await create()
    turn(minute)
    await remove()
    turn(60 * minute)
    const allowedAt = (at: number) => aws.mayOpen(asked, at).allowed
    expect(
      [4999, 5000, minute + 4999, minute + 5000].map((after) => allowedAt(start + after)),
    ).toEqual([false, true, true, false])
    expect(aws.assignmentsOf(account, set, start + 5000)).toHaveLength(1)
    const [made, removed] = aws.assignmentChanges()
    expect(made).toMatchObject({
      at: start + 5000,
      operation: 'CreateAccountAssignment',
      before: undefined,
      after: { principalId: alice.userId },
    })
    expect(removed).toMatchObject({ at: start + minute + 5000, before: made?.after })
    expect(removed?.after).toBeUndefined()
  })

  test('lets members of a group in, and nobody who is disabled', () => {
    const group = aws.addSsoGroup({ instance, name: 'sre', members: [alice] })
    aws.assign({ account, permissionSet: set, principal: group })
    const asked = { user: alice, account, permissionSet: set }
    expect(aws.mayOpen(asked)).toEqual({ allowed: true, because: 'assigned as GROUP' })
    const bob = aws.addSsoUser({ instance, userName: 'bob' })
    expect(aws.mayOpen({ ...asked, user: bob }).allowed).toBe(false)
    aws.changeSsoUser(alice, { enabled: false })
    expect(aws.mayOpen(asked).because).toBe('alice is disabled')
  })

  test('lets a session live to its end, whatever becomes of the assignment', async () => {
    const asked = { user: alice, account, permissionSet: set }
    expect(() => aws.openSsoSession(asked)).toThrow('no assignment allows it')
    aws.assign({ account, permissionSet: set, principal: alice })
    const session = aws.openSsoSession(asked)
    expect(session.expiresAt).toBe(now + 120 * minute)
    aws.unassign({ account, permissionSet: set, principal: alice })
    expect(aws.mayOpen(asked).allowed).toBe(false)
    const may = (at: number) => aws.sessionMay(session, at).allowed
    expect([now - 1, now, session.expiresAt - 1, session.expiresAt].map((at) => may(at))).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(aws.ssoSessions()).toEqual([session])
  })

  test('is told of changes by whoever waits for them, with a real clock', async () => {
    const real = await startAws()
    real.addAccount(account)
    const own = real.addInstance({ managementAccount: account })
    const permissionSet = real.addPermissionSet({ instance: own, name: 'Own' })
    const principal = real.addSsoUser({ instance: own, userName: 'alice' })
    const client = new sso.SSOAdminClient({
      ...optionsFor(management),
      endpoint: real.url,
      credentials: real.appCredentials(account, ['sso:*']),
    })
    real.assignmentsTake(20)
    const change = {
      ...named({ principal: principal.userId }),
      InstanceArn: own.arn,
      PermissionSetArn: permissionSet.arn,
    }
    await client.send(new sso.CreateAccountAssignmentCommand(change))
    await real.waitFor(() => real.assignmentsOf(account, permissionSet).length === 1)
    await real.close()
  })
})

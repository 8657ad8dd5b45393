// Who may call the simulated Identity Center, and what goes wrong there on demand.
import * as store from '@aws-sdk/client-identitystore'
import * as sso from '@aws-sdk/client-sso-admin'
import * as sts from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import {
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
  optionsFor,
  remove,
  set,
  stranger,
  turn,
  userId,
  useWorld,
} from './identity-center-world.ts'

useWorld()

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

  test('from an account that does not administer the instance are refused', async () => {
    const denied = failing('AccessDeniedException')
    await expect(create({}, centerFor(stranger))).rejects.toMatchObject(denied)
    const look = userId('userName', 'alice', directoryFor(stranger))
    await expect(look).rejects.toMatchObject(denied)
    await expect(userId('userName', 'alice', directoryFor(delegate))).resolves.toBe(alice.userId)
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

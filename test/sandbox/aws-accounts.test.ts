// Several accounts: roles assumed from a hub, and sessions that are stopped before their time.
import * as iam from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AddedUser } from '../../sandbox/aws/control.ts'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'
import { allow, assume, clientsOf, deny, failing, policy, trusting } from './aws-clients.ts'

const hub = '111111111111'
const spoke = '222222222222'
const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
const object = 'arn:aws:s3:::orders/1'
const minute = 60_000
const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')

let now = Date.parse('2031-05-01T09:00:00Z')
let aws: Aws
beforeAll(async () => {
  aws = await startAws({ now: () => now })
  for (const account of [hub, spoke]) aws.addAccount(account)
})
afterAll(() => aws.close())

let count = 0
beforeEach(() => {
  count += 1
  now = Date.parse('2031-05-01T09:00:00Z')
})

describe('a role in another account', () => {
  const externalId = { StringEquals: { 'sts:ExternalId': 'acme-7' } }
  let app: AddedUser
  beforeAll(() => {
    app = aws.appCredentials(
      hub,
      policy(allow('sts:AssumeRole', `arn:aws:iam::${spoke}:role/hallpass`)),
    )
    aws.addRole({
      account: spoke,
      name: 'hallpass',
      trust: trusting(app.arn, externalId),
      policies: { iam: policy(allow('iam:*')) },
    })
  })
  const RoleArn = `arn:aws:iam::${spoke}:role/hallpass`
  const input = { RoleArn, RoleSessionName: 'lane', ExternalId: 'acme-7' }

  test('is assumed with the external id that it asks for, and acts in its own account', async () => {
    const { sts } = clientsOf(aws, app)
    const denied = failing('AccessDenied', 403)
    const { ExternalId: _, ...without } = input
    await expect(assume(sts, without)).rejects.toMatchObject(denied)
    await expect(assume(sts, { ...input, ExternalId: 'acme-8' })).rejects.toMatchObject(denied)
    await expect(assume(sts, { ...input, ExternalId: 'a b' })).rejects.toMatchObject(
      failing('ValidationError', 400),
    )
    const there = clientsOf(aws, await assume(sts, input))
    expect(await there.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: spoke,
      Arn: `arn:aws:sts::${spoke}:assumed-role/hallpass/lane`,
    })
    const carol = aws.addUser({ account: spoke, name: `carol-${count}` })
    await there.iam.send(
      new iam.AttachUserPolicyCommand({ UserName: `carol-${count}`, PolicyArn: admin }),
    )
    expect(aws.attachmentsOf(carol)).toEqual([admin])
    expect(aws.requests.at(-1)).toMatchObject({
      operation: 'AttachUserPolicy',
      by: `arn:aws:sts::${spoke}:assumed-role/hallpass/lane`,
      account: spoke,
      parameters: { PolicyArn: admin },
      outcome: 'ok',
    })
  })

  test('needs both the trust and the policy of its caller', async () => {
    const stranger = aws.appCredentials(hub, policy(allow('sts:AssumeRole')))
    const mute = aws.appCredentials(hub, policy(allow('iam:*')))
    const trusted = aws.addRole({
      account: spoke,
      name: `both-${count}`,
      trust: trusting(mute.arn),
    })
    const ask = (user: AddedUser, roleArn: string, id = 'acme-7') =>
      aws.mayAssume({ user, roleArn, sessionName: 's', externalId: id })
    expect(ask(app, RoleArn).allowed).toBe(true)
    expect(ask(app, RoleArn, 'other').allowed).toBe(false)
    expect(ask(stranger, RoleArn).because).toContain('does not trust')
    expect(ask(mute, trusted.arn).because).toBe('no policy allows it')
  })

  test('may be assumed from a role, for an hour at most', async () => {
    const worker = aws.addUser({ account: hub, name: `worker-${count}` })
    const task = aws.addRole({
      account: hub,
      name: `task-${count}`,
      trust: trusting(worker.arn),
      maxSessionSeconds: 7200,
      policies: { on: policy(allow('sts:AssumeRole')) },
    })
    const target = aws.addRole({
      account: spoke,
      name: `target-${count}`,
      trust: trusting(task.arn),
      maxSessionSeconds: 7200,
    })
    const keys = await assume(clientsOf(aws, worker).sts, {
      RoleArn: task.arn,
      RoleSessionName: 'a',
    })
    const { sts } = clientsOf(aws, keys)
    const onward = { RoleArn: target.arn, RoleSessionName: 'b' }
    await expect(assume(sts, { ...onward, DurationSeconds: 3601 })).rejects.toMatchObject(
      failing('ValidationError', 400),
    )
    await assume(sts, { ...onward, DurationSeconds: 3600 })
    expect(aws.sessions().at(-1)).toMatchObject({
      roleArn: target.arn,
      user: { arn: worker.arn },
    })
    // The role is meant by its id too.
    aws.removeRole(task)
    aws.addRole({ account: hub, name: `task-${count}`, trust: trusting(worker.arn) })
    await expect(assume(sts, onward)).rejects.toMatchObject(failing('InvalidClientTokenId', 403))
    const [again] = [aws.openSession({ user: worker, roleArn: task.arn, sessionName: 'c' })]
    const asked = { session: again, roleArn: target.arn, sessionName: 'd' }
    expect(aws.mayAssume(asked).because).toContain('does not trust')
  })
})

describe('a session of a role', () => {
  let alice: AddedUser
  let roleArn: string
  const may = (session: ReturnType<Aws['openSession']>, at = now, action = 's3:GetObject') =>
    aws.mayCall({ session, action, resource: object, at }).allowed
  const open = (sessionName = 'work', seconds = 3600) =>
    aws.openSession({ user: alice, roleArn, sessionName, seconds })
  beforeEach(() => {
    alice = aws.addUser({ account: spoke, name: `alice-${count}` })
    roleArn = aws.addRole({
      account: spoke,
      name: `grant-${count}`,
      path: '/hallpass/',
      trust: trusting(alice.arn),
      attached: [admin],
    }).arn
  })

  test('is stopped by a Deny after the end, to the second', () => {
    const end = now + 30 * minute
    aws.putPolicy({
      on: { arn: roleArn },
      name: 'end',
      document: policy(deny('*', '*', { DateGreaterThanEquals: { 'aws:CurrentTime': iso(end) } })),
    })
    now = end - 1
    const session = open()
    expect([end - 1, end, end + 1].map((at) => may(session, at))).toEqual([true, false, false])
  })

  test('is killed by name and time of issue, and no other with it', () => {
    const kill = (before: number) =>
      aws.putPolicy({
        on: { arn: roleArn },
        name: 'kill',
        document: policy(
          deny('*', '*', {
            StringLike: { 'aws:userid': '*:hallpass-g1' },
            DateLessThan: { 'aws:TokenIssueTime': iso(before) },
          }),
        ),
      })
    const [ours, others] = [open('hallpass-g1'), open('hallpass-g2')]
    now += minute
    kill(now)
    // The token's time has whole seconds: what is issued within this one counts as issued now.
    now += 500
    const later = open('hallpass-g1')
    expect([may(ours), may(others), may(later)]).toEqual([false, true, true])
    expect(may(ours, now - 501)).toBe(true)
    kill(now)
    expect(may(later)).toBe(false)
    // A user's own keys have no time of issue.
    expect(aws.mayCall({ user: alice, action: 's3:GetObject', resource: object }).because).toBe(
      'no policy allows it',
    )
  })

  test('ends with its role, also when another takes its name', async () => {
    const session = open()
    const { sts } = clientsOf(aws, session)
    await sts.send(new GetCallerIdentityCommand({}))
    aws.removeRole({ arn: roleArn })
    expect(may(session)).toBe(false)
    aws.addRole({
      account: spoke,
      name: `grant-${count}`,
      path: '/hallpass/',
      trust: trusting(alice.arn),
      attached: [admin],
    })
    expect(may(session)).toBe(false)
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject(
      failing('InvalidClientTokenId', 403),
    )
    expect(may(open())).toBe(true)
  })

  test('loses what is detached, and stays in its boundary', () => {
    const session = open()
    expect(may(session, now, 'ec2:RunInstances')).toBe(true)
    const { arn } = aws.addManagedPolicy({
      account: spoke,
      name: `bound-${count}`,
      document: policy(allow('s3:*')),
    })
    aws.setBoundary({ arn: roleArn }, arn)
    expect(may(session, now, 'ec2:RunInstances')).toBe(false)
    expect(may(session)).toBe(true)
    aws.detachPolicy({ arn: roleArn }, admin)
    expect(may(session)).toBe(false)
  })

  test('may do no more than the policy that it was asked for with', async () => {
    await assume(clientsOf(aws, alice).sts, {
      RoleArn: roleArn,
      RoleSessionName: 'narrow',
      Policy: JSON.stringify(policy(allow('s3:GetObject', 'arn:aws:s3:::orders/*'))),
    })
    const session = aws.sessions().at(-1)
    if (!session) throw new Error('there is a session')
    expect([may(session), may(session, now, 's3:PutObject')]).toEqual([true, false])
  })

  test('is not opened for whom the role does not trust', () => {
    const bob = aws.addUser({ account: spoke, name: `bob-${count}` })
    expect(() => aws.openSession({ user: bob, roleArn, sessionName: 's' })).toThrow(
      'does not trust',
    )
    const recreated = aws.recreateUser(alice)
    expect(() => aws.openSession({ user: recreated, roleArn, sessionName: 's' })).toThrow(
      'does not trust',
    )
  })
})

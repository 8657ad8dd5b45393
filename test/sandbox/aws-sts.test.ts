// Sessions, and what may be asked about any past instant.
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AddedUser } from '../../sandbox/aws/control.ts'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'

const account = '111122223333'
const startedAt = Date.parse('2031-05-01T09:00:00Z')
const object = 'arn:aws:s3:::orders/1'
const minute = 60_000

let now: number
let aws: Aws
let alice: AddedUser
let roleArn: string
beforeEach(async () => {
  now = startedAt
  aws = await startAws({ now: () => now })
  aws.addAccount(account)
  alice = aws.addUser({ account, name: 'alice' })
  roleArn = aws.addRole({
    account,
    name: 'orders-read',
    trustAccountRoot: true,
    maxSessionSeconds: 3600,
    policies: { read: allow('s3:GetObject', 'arn:aws:s3:::orders/*') },
  }).arn
})
afterEach(() => aws.close())

const allow = (Action: string, Resource: string, Condition?: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) }],
})
const letAlice = (condition?: object) =>
  aws.putUserPolicy({
    user: alice,
    name: 'assume',
    document: allow('sts:AssumeRole', roleArn, condition),
  })
const clientOf = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
  new STSClient({ region: 'us-east-1', endpoint: aws.url, maxAttempts: 1, credentials })
const assume = (more: { name?: string; seconds?: number; as?: AddedUser } = {}) =>
  clientOf(more.as ?? alice).send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: more.name ?? 'work',
      ...(more.seconds === undefined ? {} : { DurationSeconds: more.seconds }),
    }),
  )
const refused = (Code: string) => ({ Code })

describe('AssumeRole', () => {
  test("needs the user's own policy, inside its window and under its session name", async () => {
    await expect(assume()).rejects.toMatchObject(refused('AccessDenied'))
    letAlice({
      DateLessThan: { 'aws:CurrentTime': '2031-05-01T09:30:00Z' },
      StringEquals: { 'sts:RoleSessionName': 'work' },
    })
    await expect(assume({ name: 'other' })).rejects.toMatchObject(refused('AccessDenied'))
    const { AssumedRoleUser, Credentials } = await assume()
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/orders-read/work`)
    expect(Credentials?.Expiration).toEqual(new Date(startedAt + 60 * minute))
    now += 30 * minute
    await expect(assume()).rejects.toMatchObject(refused('AccessDenied'))
  })

  test('needs a role that trusts the account, or the user itself', async () => {
    const trust = (AWS: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
    })
    letAlice()
    aws.addRole({ account, name: 'orders-read' })
    await expect(assume()).rejects.toMatchObject(refused('AccessDenied'))
    aws.addRole({ account, name: 'orders-read', trust: trust(alice.arn) })
    aws.removeUserPolicy({ user: alice, name: 'assume' })
    await expect(assume()).resolves.toBeDefined()
  })

  test.each([900, 3600])('takes %d seconds', async (seconds) => {
    letAlice()
    await expect(assume({ seconds })).resolves.toBeDefined()
  })

  test.each([899, 3601])('refuses %d seconds', async (seconds) => {
    letAlice()
    await expect(assume({ seconds })).rejects.toMatchObject(refused('ValidationError'))
  })

  test('keeps no session for what was refused', async () => {
    await expect(assume()).rejects.toThrow()
    expect(aws.sessions()).toEqual([])
  })
})

describe('a session', () => {
  test('outlives the policy that allowed it, until its own end', async () => {
    letAlice()
    await assume({ seconds: 900 })
    aws.removeUserPolicy({ user: alice, name: 'assume' })
    aws.removeUser(alice)
    const [session] = aws.sessions()
    if (!session) throw new Error('there is a session')
    const may = (at: number, resource = object) =>
      aws.mayCall({ session, action: 's3:GetObject', resource, at }).allowed
    expect(may(startedAt - 1)).toBe(false)
    expect(may(startedAt)).toBe(true)
    expect(may(startedAt, 'arn:aws:s3:::payroll/1')).toBe(false)
    expect(may(startedAt + 15 * minute - 1)).toBe(true)
    expect(may(startedAt + 15 * minute)).toBe(false)
  })

  test('says who it is until it expires', async () => {
    letAlice()
    const { Credentials: c } = await assume({ seconds: 900 })
    const credentials = {
      accessKeyId: c?.AccessKeyId ?? '',
      secretAccessKey: c?.SecretAccessKey ?? '',
      sessionToken: c?.SessionToken ?? '',
    }
    const who = () => clientOf(credentials).send(new GetCallerIdentityCommand({}))
    expect((await who()).Arn).toBe(`arn:aws:sts::${account}:assumed-role/orders-read/work`)
    now += 15 * minute
    await expect(who()).rejects.toMatchObject(refused('ExpiredToken'))
  })
})

describe('the past', () => {
  test('is judged by the policies as they stood then', () => {
    const may = (at?: number) =>
      aws.mayAssume({ user: alice, roleArn, sessionName: 's', ...(at === undefined ? {} : { at }) })
        .allowed
    now += minute
    letAlice()
    now += minute
    aws.removeUserPolicy({ user: alice, name: 'assume' })
    expect(may()).toBe(false)
    expect(
      [0, minute - 1, minute, 2 * minute - 1, 2 * minute].map((d) => may(startedAt + d)),
    ).toEqual([false, false, true, true, false])
    expect(aws.policiesOf(alice, startedAt + minute).map((p) => p.name)).toEqual(['assume'])
    expect(aws.policiesOf(alice)).toEqual([])
  })

  test('is told change by change', () => {
    letAlice()
    now += 1500
    aws.removeUserPolicy({ user: alice, name: 'assume' })
    expect(aws.history.slice(-2)).toMatchObject([
      {
        operation: 'putUserPolicy',
        by: 'outside',
        target: alice.arn,
        policy: 'assume',
        at: startedAt,
      },
      { operation: 'removeUserPolicy', policy: 'assume', at: startedAt + 1500 },
    ])
  })

  test("does not take a successor's access for its predecessor's", () => {
    const bob = aws.recreateUser(alice)
    aws.putUserPolicy({ user: bob, name: 'p', document: allow('*', '*') })
    const asked = { action: 's3:GetObject', resource: object }
    expect(aws.mayCall({ ...asked, user: bob }).allowed).toBe(true)
    expect(aws.mayCall({ ...asked, user: alice }).allowed).toBe(false)
  })
})

test('waitFor resolves on the change that makes it true, and rejects with what it throws', async () => {
  const waiting = aws.waitFor(() => aws.policiesOf(alice).length === 1)
  letAlice()
  await waiting
  const fails = () => {
    throw new Error('no')
  }
  await expect(aws.waitFor(fails)).rejects.toThrow('no')
})

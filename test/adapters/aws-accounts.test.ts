// Accounts that the process's own credentials do not belong to.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { apiActions, type AwsCloud } from '../../src/adapters/aws/create-aws.ts'
import { CloudError } from '../../src/domain/errors.ts'
import type { Binding, LaneOf } from '../../src/domain/lanes/types.ts'
import { changeOne, freeGuard, guardFor, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { account, setUpAws, type AwsSetup } from './aws.setup.ts'

const central = '999988887777'
const hallpassRole = `arn:aws:iam::${account}:role/hallpass`
let t: AwsSetup
let cloud: AwsCloud
beforeEach(async () => {
  t = await setUpAws()
  t.aws.addAccount(central)
  t.aws.addRole({
    account,
    name: 'hallpass',
    trust: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${central}:root` },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': 'acme-7' } },
        },
      ],
    },
    policies: {
      p: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: [...apiActions], Resource: '*' }],
      },
    },
  })
  cloud = connect('acme-7')
})
afterEach(() => t.aws.close())

const connect = (externalId: string) =>
  t.connect({
    credentials: t.aws.appCredentials(central, [...apiActions, 'sts:AssumeRole']),
    accounts: new Map([[account, { roleArn: hallpassRole, externalId }]]),
  })
const asked = (operation: string) => t.aws.calls.filter((c) => c.operation === operation)
const put = (guard = freeGuard()) =>
  changeOne(cloud, t.lane, { do: 'put', binding: t.binding(1) }, guard)

test('are reached by the role that is named, which is assumed once for all who wait', async () => {
  await Promise.all([1, 2, 3].map(() => cloud.observe(t.lane, [], freeGuard())))
  await put()
  expect(t.aws.policiesOf(t.alice)).toHaveLength(1)
  expect(asked('AssumeRole')).toHaveLength(1)
  expect(asked('AssumeRole')[0]?.body).toContain('RoleSessionName=hallpass-i7f3')
  expect(t.aws.sessions()[0]).toMatchObject({ roleArn: hallpassRole, sessionName: 'hallpass-i7f3' })
})

test('are asked for their credentials under the guard', async () => {
  expect(await kindOfFailure(put(guardFor(0)))).toBe('transient')
  expect(t.aws.calls).toEqual([])
  expect(await kindOfFailure(put(guardFor(1)))).toBe('transient')
  expect(t.aws.calls.map(({ operation }) => operation)).toEqual(['AssumeRole'])
})

test('that do not let Hallpass in are told, without the external id', async () => {
  const told: unknown = await connect('wrong-1')
    .observe(t.lane, [], freeGuard())
    .catch((e: unknown) => e)
  if (!(told instanceof CloudError)) throw new Error('It was let in')
  expect(told).toMatchObject({ kind: 'denied', message: expect.stringContaining(hallpassRole) })
  expect(told.message).not.toContain('wrong-1')
})

test('that are not named are the own one, or denied, saying what to do', async () => {
  const bob = t.aws.addUser({ account: central, name: 'bob' })
  const at = (of: string, userId: string): LaneOf<'aws'> => ({
    ...t.lane,
    principal: { ...t.principal, account: of, userName: 'bob', userId },
  })
  expect((await cloud.observe(at(central, bob.userId), [], freeGuard())).principal).toBe('same')
  const elsewhere = cloud.observe(at('444455556666', bob.userId), [], freeGuard())
  await expect(elsewhere).rejects.toMatchObject({
    kind: 'denied',
    message: expect.stringContaining('HALLPASS_AWS_ACCOUNTS'),
  })
  const role = { cloud: 'aws', mode: 'role-per-grant', account: '444455556666' } as const
  const binding: Binding = {
    ...t.binding(1, { ...role, policies: [], boundary: undefined }),
    principal: at('444455556666', bob.userId).principal,
  }
  const removal = { do: 'remove', binding } as const
  expect(
    await kindOfFailure(changeOne(cloud, at('444455556666', bob.userId), removal, freeGuard())),
  ).toBe('denied')
})

test('are looked through and examined as what they are', async () => {
  await put()
  const place = { cloud: 'aws', kind: 'account', account } as const
  expect((await cloud.list(place, freeGuard())).found).toHaveLength(1)
  expect(await kindOfFailure(cloud.list({ ...place, account: '444455556666' }, freeGuard()))).toBe(
    'denied',
  )
  const found = await cloud.examine([], freeGuard())
  expect(found.filter(({ kind }) => kind === 'lacks')).toEqual([])
  const shut = await connect('wrong-1').examine([], freeGuard())
  expect(shut).toEqual([
    { kind: 'lacks', permission: 'sts:AssumeRole', where: `on a role of account ${account}` },
  ])
})

test('are told, each with whose credentials act there', async () => {
  expect(cloud.accounts).toEqual([account])
  expect(await cloud.whoAmI()).toMatchObject({ account: central })
  expect(await cloud.whoAmI({ account })).toMatchObject({
    account,
    arn: `arn:aws:sts::${account}:assumed-role/hallpass/hallpass-i7f3`,
  })
})

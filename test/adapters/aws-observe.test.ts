import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAws } from '../../src/adapters/aws/create-aws.ts'
import { documentOf, sameDocument } from '../../src/adapters/aws/documents.ts'
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { account, instance, roleArn, setUpAws, silentLog, type AwsSetup } from './aws.setup.ts'

let t: AwsSetup
beforeEach(async () => {
  t = await setUpAws()
})
afterEach(() => t.aws.close())

const put = (n: number) =>
  changeOne(t.cloud, t.lane, { do: 'put', binding: t.binding(n) }, freeGuard())
const observe = (...ns: number[]) =>
  t.cloud.observe(
    t.lane,
    ns.map((n) => t.binding(n)),
    freeGuard(),
  )
const states = async (...ns: number[]) =>
  [...(await observe(...ns)).bindings.values()].map(({ state }) => state)

describe('the document', () => {
  test('allows one role, under one session name, inside the window', () => {
    expect(JSON.parse(documentOf(t.binding(1)))).toMatchInlineSnapshot(`
      {
        "Statement": {
          "Action": "sts:AssumeRole",
          "Condition": {
            "DateGreaterThanEquals": {
              "aws:CurrentTime": "2031-05-01T09:00:00Z",
            },
            "DateLessThan": {
              "aws:CurrentTime": "2031-05-01T10:00:00Z",
            },
            "StringEquals": {
              "sts:RoleSessionName": "hallpass-012345678901",
            },
          },
          "Effect": "Allow",
          "Resource": "arn:aws:iam::111122223333:role/orders-read",
        },
        "Version": "2012-10-17",
      }
    `)
    expect(roleArn).toHaveLength(42)
  })

  test('never lasts longer than whole seconds allow', () => {
    const { startsAt, endsAt, ...rest } = t.binding(1)
    const document = documentOf({ ...rest, startsAt: startsAt + 999, endsAt: endsAt + 999 })
    expect(document).toBe(documentOf(t.binding(1)))
  })

  test('is the same however its JSON is written, and otherwise different', () => {
    expect(sameDocument('{"a":1,"b":[1,2]}', ' {"b": [1, 2], "a": 1} ')).toBe(true)
    expect(sameDocument('{"a":1}', '{"a":"1"}')).toBe(false)
    expect(sameDocument('no json', 'no json')).toBe(false)
  })
})

describe('what is seen', () => {
  test('is told of each of many, some of which were read at once', async () => {
    for (const n of [1, 3, 7]) {
      const { name } = t.binding(n)
      t.aws.putUserPolicy({ user: t.alice, name, document: documentOf(t.binding(n)) })
    }
    const [present, absent] = ['present', 'absent']
    const seen = [present, absent, present, absent, absent, absent, present]
    expect(await states(1, 2, 3, 4, 5, 6, 7)).toEqual(seen)
  })

  test('is looked for on every page', async () => {
    for (let n = 0; n < 250; n += 1) {
      const document = { Version: '2012-10-17', Statement: [] }
      t.aws.putUserPolicy({ user: t.alice, name: `a-${n}`, document })
    }
    t.aws.putUserPolicy({
      user: t.alice,
      name: t.binding(1).name,
      document: documentOf(t.binding(1)),
    })
    expect(await states(1)).toEqual(['present'])
    expect(t.aws.calls.filter((c) => c.operation === 'ListUserPolicies')).toHaveLength(3)
  })

  test('is the same when somebody reformatted it', async () => {
    const pretty = JSON.stringify(JSON.parse(documentOf(t.binding(1))), null, 2)
    t.aws.putUserPolicy({ user: t.alice, name: t.binding(1).name, document: pretty })
    expect(await states(1)).toEqual(['present'])
  })

  test('may be what was before the last writes', async () => {
    t.aws.staleReads(5000)
    await put(1)
    expect(await states(1)).toEqual(['absent'])
    t.advance(5000)
    expect(await states(1)).toEqual(['present'])
  })

  test('tells a policy of ours on a user that took the name, and removes it', async () => {
    const bob = t.aws.recreateUser({ arn: t.alice.arn })
    const document = documentOf(t.binding(1))
    t.aws.putUserPolicy({ user: bob, name: t.binding(1).name, document })
    expect(await states(1)).toEqual(['different'])
    await changeOne(t.cloud, t.lane, { do: 'remove', binding: t.binding(1) }, freeGuard())
    expect(t.aws.policiesOf(bob)).toEqual([])
  })

  test('is nothing when a policy goes between the list and the look', async () => {
    await put(1)
    t.aws.intercept((call, phase) => {
      if (phase === 'after' && call.operation === 'ListUserPolicies')
        t.aws.removeUserPolicy({ user: t.alice, name: t.binding(1).name })
    })
    expect(await states(1)).toEqual(['absent'])
  })

  test("proves nothing when the answer does not tell AWS's time", async () => {
    // Without a body and a `Date`: Node would add its own where a handler leaves it out.
    t.aws.intercept((call, phase) =>
      phase === 'before' && call.operation === 'ListUserPolicies'
        ? new Response('<ListUserPoliciesResponse/>', { headers: { date: 'whenever' } })
        : undefined,
    )
    expect(await kindOfFailure(observe(1))).toBe('transient')
  })
})

describe('who is asked', () => {
  test('the SDK finds AWS_ENDPOINT_URL_IAM by itself', async () => {
    const { credentials, endpoint } = t.connection
    process.env['AWS_ENDPOINT_URL_IAM'] = endpoint
    try {
      const cloud = createAws({ instance, log: silentLog, credentials })
      expect((await cloud.observe(t.lane, [], freeGuard())).principal).toBe('same')
    } finally {
      delete process.env['AWS_ENDPOINT_URL_IAM']
    }
  })

  test('whoAmI tells whose credentials these are', async () => {
    const who = await t.cloud.whoAmI()
    expect(who).toMatchObject({ account, arn: `arn:aws:iam::${account}:user/hallpass-app` })
  })
})

describe('a user who is not there by the name', () => {
  const seen = async () => (await observe(1)).principal

  test('is looked for among all, on every page', async () => {
    for (let n = 0; n < 150; n += 1) t.aws.addUser({ account, name: `a-${n}` })
    await put(1)
    t.aws.renameUser(t.alice, 'zoe')
    const another = t.aws.addUser({ account, name: 'alice' })
    expect([await seen(), await states(1)]).toEqual(['same', ['present']])
    await put(2)
    await changeOne(t.cloud, t.lane, { do: 'remove', binding: t.binding(1) }, freeGuard())
    expect(await states(1, 2)).toEqual(['absent', 'present'])
    expect(t.aws.policiesOf(another)).toEqual([])
  })

  test('may only have another name, where the users may not be listed', async () => {
    await put(1)
    t.aws.renameUser(t.alice, 'zoe')
    t.aws.fail(Infinity, 'AccessDenied', 'ListUsers')
    expect(await seen()).toBe('missing')
    t.aws.addUser({ account, name: 'alice' })
    expect(await seen()).toBe('replaced')
    const remove = { do: 'remove', binding: t.binding(1) } as const
    expect(await kindOfFailure(changeOne(t.cloud, t.lane, remove, freeGuard()))).toBe('missing')
  })

  test('is nothing to go by while the list fails', async () => {
    t.aws.renameUser(t.alice, 'zoe')
    t.aws.throttle(3, 'ListUsers')
    expect(await kindOfFailure(observe(1))).toBe('transient')
  })

  test('is looked at again when the name went between two calls', async () => {
    await put(1)
    const undo = t.aws.intercept((call, phase) => {
      if (phase === 'after' && call.operation === 'GetUser') t.aws.renameUser(t.alice, 'zoe')
    })
    expect(await kindOfFailure(observe(1))).toBe('conflict')
    undo()
    expect(await states(1)).toEqual(['present'])
  })
})

test("what is allowed through the user ends to the second, and a session that began before runs on for the role's time", async () => {
  const inline: CloudRole = {
    cloud: 'aws',
    mode: 'inline-permissions',
    account,
    allow: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/*'] }],
  }
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
  }
  t.aws.putPolicy({ on: { arn: roleArn }, name: 'orders', document })
  await put(1)
  const binding = t.binding(2, inline)
  await changeOne(t.cloud, t.lane, { do: 'put', binding }, freeGuard())
  const { endsAt, sessionName } = t.binding(1)
  t.advance(endsAt - t.now() - 1000)
  const session = t.aws.openSession({ user: t.alice, roleArn, sessionName })
  const object = { action: 's3:GetObject', resource: 'arn:aws:s3:::orders/1' }
  const allowed = (at: number) => [
    t.aws.mayAssume({ user: t.alice, roleArn, sessionName, at }).allowed,
    t.aws.mayCall({ user: t.alice, ...object, at }).allowed,
    t.aws.mayCall({ session, ...object, at }).allowed,
  ]
  expect(allowed(endsAt - 1)).toEqual([true, true, true])
  expect(allowed(endsAt)).toEqual([false, false, true])
  expect(allowed(endsAt - 1000 + 3_600_000)).toEqual([false, false, false])
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import { toIso } from '../../src/domain/time.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { account, assumeOrdersRead, roleArn, setUpAws, type AwsSetup } from './aws.setup.ts'

let t: AwsSetup
beforeEach(async () => {
  t = await setUpAws()
})
afterEach(() => t.aws.close())

const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) }],
})
const bucket = 'arn:aws:s3:::orders/*'
const readAndList: CloudRole = {
  cloud: 'aws',
  mode: 'inline-permissions',
  account,
  allow: [
    { actions: ['s3:GetObject'], resources: [bucket] },
    { actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::orders'] },
  ],
}
const standing = (role: CloudRole) => t.cloud.standing(role, t.principal, freeGuard())
const give = (document: object, name = 'theirs') =>
  t.aws.putUserPolicy({ user: t.alice, name, document })

describe('a role to assume', () => {
  test('is not standing for nobody in particular, nor by our own policies', async () => {
    expect(await standing(assumeOrdersRead)).toBe(false)
    await changeOne(t.cloud, t.lane, { do: 'put', binding: t.binding(1) }, freeGuard())
    expect(await standing(assumeOrdersRead)).toBe(false)
  })

  test.each([
    ['an inline policy', () => give(allow('sts:AssumeRole', roleArn))],
    ['a wildcard', () => give(allow('sts:*', `arn:aws:iam::${account}:role/orders-*`))],
    [
      'a group',
      () => {
        const policies = { sre: allow('*', '*') }
        t.aws.addGroup({ account, name: 'sre', policies })
        t.aws.addToGroup(t.alice, 'sre')
      },
    ],
    [
      'a managed policy',
      () => t.aws.attachPolicy(t.alice, 'arn:aws:iam::aws:policy/AdministratorAccess'),
    ],
    [
      'a policy for sessions of any name',
      () => give(allow('sts:AssumeRole', roleArn, { StringLike: { 'sts:RoleSessionName': '*' } })),
    ],
    [
      'a window that is open',
      () =>
        give(
          allow('sts:AssumeRole', roleArn, {
            DateLessThan: { 'aws:CurrentTime': toIso(t.now() + 1000) },
          }),
        ),
    ],
  ])('is standing by %s', async (_by, arrange) => {
    arrange()
    expect(await standing(assumeOrdersRead)).toBe(true)
  })

  test('is not standing by a window that is over, nor against a Deny', async () => {
    const over = { DateLessThan: { 'aws:CurrentTime': toIso(t.now()) } }
    give(allow('sts:AssumeRole', roleArn, over))
    expect(await standing(assumeOrdersRead)).toBe(false)
    give(allow('*', '*'))
    give(
      { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'sts:*', Resource: '*' }] },
      'no',
    )
    expect(await standing(assumeOrdersRead)).toBe(false)
  })

  test('is standing when the role itself names the user', async () => {
    const trust = (AWS: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
    })
    const other: CloudRole = { ...assumeOrdersRead, roleArn: `${roleArn}-2` } as CloudRole
    t.aws.addRole({ account, name: 'orders-read-2', trust: trust(`${t.alice.arn}-else`) })
    expect(await standing(other)).toBe(false)
    t.aws.addRole({ account, name: 'orders-read-2', trust: trust(t.alice.arn) })
    expect(await standing(other)).toBe(true)
  })

  test('is missing when there is no such role', async () => {
    const role = { ...assumeOrdersRead, roleArn: `${roleArn}-typo` } as CloudRole
    expect(await kindOfFailure(standing(role))).toBe('missing')
  })
})

describe('inline permissions', () => {
  test('are standing only when others allow every action on every resource', async () => {
    expect(await standing(readAndList)).toBe(false)
    give(allow('s3:GetObject', bucket))
    expect(await standing(readAndList)).toBe(false)
    give(allow('s3:List*', 'arn:aws:s3:::orders'), 'more')
    expect(await standing(readAndList)).toBe(true)
  })

  test('are not standing by our own policies, and are by others beside them', async () => {
    const binding = t.binding(1, readAndList)
    await changeOne(t.cloud, t.lane, { do: 'put', binding }, freeGuard())
    expect(await standing(readAndList)).toBe(false)
    give(allow('s3:*', '*'))
    expect(await standing(readAndList)).toBe(true)
  })

  test("count another instance's policies as others'", async () => {
    give(allow('s3:*', '*'), 'hallpass-other-0123456789ab')
    expect(await standing(readAndList)).toBe(true)
  })

  test('are looked at on every page', async () => {
    const actions = Array.from({ length: 150 }, (_, n) => `s3:Get${n}`)
    const many = { ...readAndList, allow: [{ actions, resources: [bucket] }] } as CloudRole
    give(allow(actions.slice(0, 149), bucket))
    expect(await standing(many)).toBe(false)
    give(allow('s3:Get149', bucket), 'the-last')
    expect(await standing(many)).toBe(true)
  })

  test('with wildcards, or with nothing in them, are never standing', async () => {
    give(allow('*', '*'))
    const of = (actions: string[]) =>
      ({ ...readAndList, allow: [{ actions, resources: [bucket] }] }) as CloudRole
    expect(await standing(of(['s3:Get*']))).toBe(false)
    expect(await standing(of([]))).toBe(false)
  })
})

test('whoever took the name is not asked about', async () => {
  t.aws.recreateUser(t.alice)
  expect(await kindOfFailure(standing(assumeOrdersRead))).toBe('missing')
})

describe('a principal', () => {
  type Entry = { account: string; user: string; id: string | undefined }
  const resolve = (...aws: Entry[]) =>
    t.cloud.resolve(assumeOrdersRead, { github: 42, aws }, freeGuard())
  const alice = { account, user: 'alice', id: undefined }

  test('is the IAM user of the identity map, by its immutable id', async () => {
    const elsewhere = { ...alice, account: '999988887777' }
    expect(await resolve(elsewhere, alice)).toEqual({ ok: true, principal: t.principal })
    expect(await resolve({ ...alice, id: t.alice.userId })).toMatchObject({ ok: true })
  })

  test.each([
    ['no identity', () => t.cloud.resolve(assumeOrdersRead, undefined, freeGuard()), 'Add one to'],
    ['no entry', () => resolve({ ...alice, account: '999988887777' }), 'Add one to'],
    ['two entries', () => resolve(alice, { ...alice, user: 'bob' }), 'More than one'],
    ['no such user', () => resolve({ ...alice, user: 'bob' }), 'no IAM user `bob`'],
    ['another id', () => resolve({ ...alice, id: 'AIDAOTHER' }), 'AIDAOTHER'],
  ])('is refused with %s, saying what to do', async (_case, work, says) => {
    const answer = await work()
    expect(answer.ok).toBe(false)
    if (!answer.ok) expect(answer.why).toContain(says)
  })
})

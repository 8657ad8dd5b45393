import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiActions } from '../../src/adapters/aws/create-aws.ts'
import { endPolicy } from '../../src/adapters/aws/role-documents.ts'
import { endless, type PlaceOf } from '../../src/domain/lanes/places.ts'
import type { Binding } from '../../src/domain/lanes/types.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import {
  account,
  addWhatIsGiven,
  grantedRoleArn,
  groupOf,
  instance,
  policyArnOf,
  roles,
  setUpAws,
  type AwsSetup,
} from './aws.setup.ts'

const place = { cloud: 'aws', kind: 'account', account } as const
let t: AwsSetup
beforeEach(async () => {
  t = await setUpAws(apiActions)
})
afterEach(() => t.aws.close())

describe('what an account holds', () => {
  const list = () => t.cloud.list(place, freeGuard())

  test('is told by its marks, of every instance, and nothing else', async () => {
    await changeOne(t.cloud, t.lane, { do: 'put', binding: t.binding(1) }, freeGuard())
    const bob = t.aws.addUser({ account, name: 'bob' })
    const document = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    }
    t.aws.putUserPolicy({ user: bob, name: 'hallpass-other1-0123456789xx-2', document })
    t.aws.putUserPolicy({ user: bob, name: 'hallpassport', document })
    const { found, evidence } = await list()
    expect(evidence.cloudAt).toBe(t.now())
    expect(found.map((f) => [f.kind, f.kind === 'marked' && f.instance, f.binding.name])).toEqual([
      ['marked', instance, t.binding(1).name],
      ['marked', 'other1', 'hallpass-other1-0123456789xx-2'],
    ])
    const { id, ...rest } = t.binding(1)
    expect(found[0]?.binding).toMatchObject({
      ...rest,
      id: rest.name,
      startsAt: 0,
      residualSeconds: 12 * 3600,
    })
    expect(found[0]?.lane).toEqual(t.lane)
    expect(found[1]?.binding).toMatchObject({ endsAt: endless, residualSeconds: 0 })
    expect(id).not.toBe(rest.name)
  })

  test('can be removed as it is told', async () => {
    await changeOne(t.cloud, t.lane, { do: 'put', binding: t.binding(1) }, freeGuard())
    const [found] = (await list()).found
    if (found === undefined) throw new Error('Nothing was found')
    await changeOne(t.cloud, found.lane, { do: 'remove', binding: found.binding }, freeGuard())
    expect((await list()).found).toEqual([])
  })

  test("is never told of another account's", async () => {
    const elsewhere = { ...place, account: '999999999999' }
    expect(await kindOfFailure(t.cloud.list(elsewhere, freeGuard()))).toBe('denied')
  })
})

describe('what Hallpass makes in other modes', () => {
  const put = (binding: Binding) => changeOne(t.cloud, t.lane, { do: 'put', binding }, freeGuard())
  const bindingOf = (name: keyof typeof roles, n = 1) => t.binding(n, roles[name](n))
  const findIn = async (of: PlaceOf<'aws'>) => (await t.cloud.list(of, freeGuard())).found
  beforeEach(() => addWhatIsGiven(t.aws))

  test('a role for a grant is told with its user and its end, and can be removed so', async () => {
    const binding = bindingOf('role-per-grant')
    await put(binding)
    t.aws.addRole({ account, name: 'theirs', path: '/hallpass/' })
    t.aws.addRole({ account, name: 'hallpass-i7f3-012345678999', path: '/elsewhere/' })
    const [found, ...more] = await findIn(place)
    expect(more).toEqual([])
    expect(found).toMatchObject({ kind: 'marked', instance, lane: t.lane })
    expect(found?.binding).toEqual({ ...binding, id: binding.name, startsAt: 0 })
    if (found === undefined) return
    await changeOne(t.cloud, found.lane, { do: 'remove', binding: found.binding }, freeGuard())
    expect(await findIn(place)).toEqual([])
  })

  const trust = { Version: '2012-10-17', Statement: [] }
  test.each<[string, (arn: string) => void, { endsAt: number; userId?: string }]>([
    [
      'whose user is gone',
      () => t.aws.removeUser({ arn: t.alice.arn }),
      { endsAt: Date.parse('2031-05-01T10:00:00Z') },
    ],
    [
      'without an end',
      (arn) => t.aws.removePolicy({ on: { arn }, name: endPolicy }),
      { endsAt: endless },
    ],
    [
      'that trusts nobody',
      (arn) => t.aws.setTrust({ arn }, trust),
      { endsAt: endless, userId: 'AROA' },
    ],
  ])('a role %s is told as far as it can be read', async (_what, tamper, expected) => {
    const binding = bindingOf('role-per-grant')
    await put(binding)
    tamper(grantedRoleArn(binding))
    const [found] = await findIn(place)
    expect(found?.binding.endsAt).toBe(expected.endsAt)
    const { principal } = found?.binding ?? {}
    expect(principal?.cloud === 'aws' && principal.userId).toContain(
      expected.userId ?? t.alice.userId,
    )
    if (found === undefined) return
    await changeOne(t.cloud, found.lane, { do: 'remove', binding: found.binding }, freeGuard())
    expect(t.aws.rolesUnder({ account, path: '/hallpass/' })).toEqual([])
  })

  test.each<[keyof typeof roles, PlaceOf<'aws'>, string]>([
    ['group', { ...place, kind: 'group', group: groupOf(1) }, `the group ${groupOf(1)}`],
    [
      'managed-policy',
      { ...place, kind: 'policy', policyArn: policyArnOf(1) },
      `the managed policy ${policyArnOf(1)}`,
    ],
  ])('everybody of a %s is told by the id that grants share', async (name, of, says) => {
    const binding = bindingOf(name)
    await put(binding)
    for (let n = 0; n < 120; n += 1) {
      const user = t.aws.addUser({ account, name: `user-${n}` })
      if (name === 'group') t.aws.addToGroup(user, groupOf(1))
      else t.aws.attachPolicy(user, policyArnOf(1))
    }
    const found = await findIn(of)
    expect(found).toHaveLength(121)
    const mine = found.find((each) => each.binding.id === binding.id)
    expect(mine).toMatchObject({
      kind: 'unmarked',
      lane: t.lane,
      what: expect.stringContaining(says),
      binding: { role: binding.role, principal: t.principal, endsAt: endless },
    })
  })

  test('a place that is not there is no empty one', async () => {
    const places: PlaceOf<'aws'>[] = [
      { ...place, kind: 'group', group: 'nobody' },
      { ...place, kind: 'policy', policyArn: policyArnOf(99) },
    ]
    for (const of of places) expect(await kindOfFailure(findIn(of))).toBe('missing')
  })
})

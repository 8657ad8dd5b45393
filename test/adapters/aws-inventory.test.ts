import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiActions } from '../../src/adapters/aws/create-aws.ts'
import { endless } from '../../src/domain/lanes/places.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { account, instance, setUpAws, type AwsSetup } from './aws.setup.ts'

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

// Who is who in the identity store, who has what already, and what Hallpass's own credentials can do.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiActions } from '../../src/adapters/aws/identity-center/create-identity-center.ts'
import { endless } from '../../src/domain/lanes/places.ts'
import type { Identity } from '../../src/domain/policy/types.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import {
  account,
  delegate,
  management,
  setUpIdentityCenter,
  type IdentityCenterSetup,
} from './identity-center.setup.ts'

let t: IdentityCenterSetup
beforeEach(async () => {
  t = await setUpIdentityCenter()
})
afterEach(() => t.aws.close())

describe('who somebody is', () => {
  const identity = (user: string, id?: string): Identity => ({
    github: 5,
    aws: [],
    identityCenter: { user, id },
  })
  const resolve = (who: Identity | undefined, cloud = t.cloud) =>
    cloud.resolve(t.role, who, freeGuard())

  test('is found by name, by e-mail address, and with the id that is expected', async () => {
    const found = { ok: true, principal: t.principal }
    expect(await resolve(identity('alice'))).toEqual(found)
    expect(await resolve(identity('alice@example.com'))).toEqual(found)
    expect(await resolve(identity('alice', t.alice.userId))).toEqual(found)
  })

  test.each<[string, () => Identity | undefined, RegExp]>([
    ['nobody is known', () => undefined, /Add one to `identities`.*identity_center: \{ user:/],
    ['there is none', () => identity('bob'), /There is no user in IAM Identity Center.*`bob`/],
    [
      'the name changed hands',
      () => identity('alice', '0000000000-00000000-0000-4000-8000-000000000000'),
      /the name may have changed hands/,
    ],
    [
      "it is one's name and another's address",
      () => {
        t.aws.addSsoUser({ instance: t.instance, userName: 'bob', emails: ['alice'] })
        return identity('alice')
      },
      /the name of one user in IAM Identity Center and the e-mail address of another/,
    ],
    [
      'two have the address',
      () => {
        t.aws.addSsoUser({ instance: t.instance, userName: 'bob', emails: ['alice@example.com'] })
        return identity('alice@example.com')
      },
      /alone, for its e-mail address/,
    ],
    [
      'they were deleted and made anew',
      () => {
        t.aws.recreateSsoUser(t.alice)
        return identity('alice', t.alice.userId)
      },
      /the name may have changed hands/,
    ],
  ])('is refused when %s', async (_what, who, why) => {
    expect(await resolve(who())).toEqual({ ok: false, why: expect.stringMatching(why) })
  })

  test('is not asked of another instance than the permission set names', async () => {
    const other = t.aws.addInstance({ managementAccount: management })
    const set = t.aws.addPermissionSet({ instance: other, name: 'Theirs' })
    const role = { ...t.role, permissionSet: set.arn }
    expect(await t.cloud.resolve(role, identity('alice'), freeGuard())).toMatchObject({ ok: false })
    const credentials = t.aws.appCredentials(account, apiActions)
    expect(await resolve(identity('alice'), t.connect({ credentials }))).toEqual({
      ok: false,
      why: expect.stringMatching(/do not administer the Identity Center arn:aws:sso:::instance/),
    })
  })
})

describe('what somebody has already', () => {
  const standing = (cloud = t.cloud) => cloud.standing(t.role, t.principal, freeGuard())

  test('is nothing, or counts when it is theirs or a group of theirs has it', async () => {
    const { aws, alice, instance, set } = t
    const bob = aws.addSsoUser({ instance, userName: 'bob' })
    const others = aws.addSsoGroup({ instance, name: 'others', members: [bob] })
    aws.assign({ account, permissionSet: set, principal: bob })
    aws.assign({ account, permissionSet: set, principal: others })
    aws.assign({ account: management, permissionSet: set, principal: alice })
    expect(await standing()).toBe(false)
    const sre = aws.addSsoGroup({ instance, name: 'sre', members: [bob, alice] })
    aws.assign({ account, permissionSet: set, principal: sre })
    expect(await standing()).toBe(true)
    aws.unassign({ account, permissionSet: set, principal: sre })
    aws.assign({ account, permissionSet: set, principal: alice })
    expect(await standing()).toBe(true)
  })

  test('is told to a delegated administrator too', async () => {
    const sre = t.aws.addSsoGroup({ instance: t.instance, name: 'sre', members: [t.alice] })
    t.aws.assign({ account, permissionSet: t.set, principal: sre })
    const credentials = t.aws.appCredentials(delegate, apiActions)
    expect(await standing(t.connect({ credentials }))).toBe(true)
  })

  test('cannot be told of a permission set that is not there', async () => {
    const permissionSet = t.role.permissionSet.replace(/.{4}$/, '0000')
    const work = t.cloud.standing({ ...t.role, permissionSet }, t.principal, freeGuard())
    expect(await kindOfFailure(work)).toBe('missing')
  })
})

describe('what an account and a permission set hold', () => {
  const place = () => ({ cloud: 'identity-center', permissionSet: t.set.arn, account }) as const
  const list = () => t.cloud.list(place(), freeGuard())

  test('is every user, whoever gave it to them, and can be removed as it is told', async () => {
    const { aws, instance, set, alice } = t
    const [bob, carol] = ['bob', 'carol'].map((userName) => aws.addSsoUser({ instance, userName }))
    if (!bob || !carol) throw new Error('They were just added')
    const sre = aws.addSsoGroup({ instance, name: 'sre', members: [alice] })
    for (const principal of [bob, carol, sre])
      aws.assign({ account, permissionSet: set, principal })
    aws.removeSsoUser(carol)
    await changeOne(t.cloud, t.lane, { do: 'put', binding: t.binding }, freeGuard())
    const { found } = await list()
    const ours = found.find(({ binding }) => binding.id === t.binding.id)
    expect(ours).toMatchObject({
      kind: 'unmarked',
      lane: t.lane,
      binding: { endsAt: endless, residualSeconds: 12 * 3600, principal: t.principal },
      what: `Identity Center user alice with the permission set OrdersRead in account ${account}`,
    })
    expect(found).toHaveLength(2)
    for (const { lane, binding } of found)
      await changeOne(t.cloud, lane, { do: 'remove', binding }, freeGuard())
    expect((await list()).found).toEqual([])
    expect(t.assigned()).toEqual(expect.arrayContaining([sre.groupId]))
  })

  test('is not told where the instance or the permission set is not', async () => {
    const permissionSet = t.role.permissionSet.replace(/.{4}$/, '0000')
    const nowhere = t.cloud.list({ ...place(), permissionSet }, freeGuard())
    expect(await kindOfFailure(nowhere)).toBe('missing')
    const stranger = t.connect({ credentials: t.aws.appCredentials(account, apiActions) })
    expect(await kindOfFailure(stranger.list(place(), freeGuard()))).toBe('denied')
  })
})

describe("whether Hallpass's own credentials suit the work", () => {
  const examining = ['iam:SimulatePrincipalPolicy']
  const examined = (actions: readonly string[]) => {
    const credentials = t.aws.appCredentials(management, [...actions, ...examining])
    return t.connect({ credentials }).examine([t.role, t.role], freeGuard())
  }

  test('what they lack is told, and what they need not', async () => {
    const everywhere = ['Create', 'Delete'].map((act) => ({
      kind: 'exceeds',
      permission: `sso:${act}AccountAssignment`,
      where: 'on every account',
    }))
    // The simulated App's credentials reach every account.
    expect(await examined(apiActions)).toEqual(everywhere)
    const lacking = ['sso:DescribePermissionSet', 'identitystore:GetUserId']
    const more = ['sso:PutInlinePolicyToPermissionSet', 'identitystore:CreateUser']
    const found = await examined([...apiActions.filter((a) => !lacking.includes(a)), ...more])
    expect(found.filter(({ kind }) => kind === 'lacks').map((it) => it.permission)).toEqual([
      'sso:DescribePermissionSet',
      'identitystore:GetUserId',
      'sso:DescribePermissionSet',
    ])
    expect(found).toEqual(
      expect.arrayContaining([
        { kind: 'exceeds', permission: more[0], where: `on ${t.set.arn}` },
        {
          kind: 'exceeds',
          permission: more[1],
          where: `on the identity store ${t.instance.identityStoreId}`,
        },
      ]),
    )
  })

  test('the cloud does not tell without leave to ask', async () => {
    expect(await kindOfFailure(t.cloud.examine([t.role], freeGuard()))).toBe('denied')
  })
})

describe('whose credentials', () => {
  const assumed = (trust: object, actions = [...apiActions]) => {
    const { arn } = t.aws.addRole({
      account: management,
      name: 'hallpass-identity-center',
      trust: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...trust }],
      },
      policies: {
        p: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
        },
      },
    })
    return arn
  }
  const trusting = () => ({
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Condition: { StringEquals: { 'sts:ExternalId': 'acme-7' } },
  })
  const own = () => t.aws.appCredentials(account, ['sts:AssumeRole'])

  test('are those of a role that is assumed by the call that needs it, and kept', async () => {
    const assume = { roleArn: assumed(trusting()), externalId: 'acme-7' }
    const cloud = t.connect({ credentials: own(), assume })
    await changeOne(cloud, t.lane, { do: 'put', binding: t.binding }, freeGuard())
    expect(t.assigned()).toEqual([t.alice.userId])
    const asked = t.aws.calls.filter(({ operation }) => operation === 'AssumeRole')
    expect(asked).toHaveLength(1)
    expect(asked[0]?.body).toContain('RoleSessionName=hallpass-i7f3')
  })

  test('are none where the role is not to be had, and that is said', async () => {
    const assume = { roleArn: assumed(trusting()), externalId: 'another' }
    const cloud = t.connect({ credentials: own(), assume })
    const work = cloud.observe(t.lane, [t.binding], freeGuard())
    await expect(work).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining(`AssumeRole for ${assume.roleArn} failed`),
    })
  })

  test('are asked for under the guard', async () => {
    const assume = { roleArn: assumed(trusting()), externalId: 'acme-7' }
    const cloud = t.connect({ credentials: own(), assume })
    const signal = AbortSignal.abort()
    const check = () => signal.throwIfAborted()
    const work = cloud.observe(t.lane, [t.binding], { signal, check })
    expect(await kindOfFailure(work)).toBe('transient')
    expect(t.aws.calls).toEqual([])
  })

  test('tell which Identity Centers they administer', async () => {
    expect(await t.cloud.whoAmI()).toEqual([
      { arn: t.instance.arn, store: t.instance.identityStoreId, owner: management },
    ])
    const stranger = t.connect({ credentials: t.aws.appCredentials(account, apiActions) })
    expect(await kindOfFailure(stranger.whoAmI())).toBe('denied')
  })
})

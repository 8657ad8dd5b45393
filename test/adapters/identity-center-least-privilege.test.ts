// Hallpass in Identity Center with what the Terraform module allows: it can work, it needs each permission, and no more.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { actionsAllowed, asPolicy, awsStatements, type Statement } from '../support/deploy.ts'
import { refusedIn } from '../support/whole-work.ts'
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

const statements = () =>
  awsStatements({
    self: [`arn:aws:iam::${management}:user/*`],
    never: [`arn:aws:iam::${management}:user/*`],
    organization_wide: ['*'],
    assignments: [t.instance.arn, t.set.arn, `arn:aws:sso:::account/${account}`],
    directory: [
      `arn:aws:identitystore::${management}:identitystore/${t.instance.identityStoreId}`,
      'arn:aws:identitystore:::user/*',
      'arn:aws:identitystore:::membership/*',
    ],
  })

function work(may: readonly Statement[], of: Partial<typeof t.role> = {}) {
  // Whether Alice is in this group has to be asked.
  const group = t.aws.addSsoGroup({ instance: t.instance, name: 'others', members: [] })
  t.aws.assign({ account, permissionSet: t.set, principal: group })
  const cloud = t.connect({ credentials: t.aws.appCredentials(management, asPolicy(may)) })
  const role = { ...t.role, ...of }
  const { binding, principal } = t
  return refusedIn({
    cloud,
    lane: { ...t.lane, role },
    binding: { ...binding, role },
    identity: {
      github: 1,
      aws: [],
      identityCenter: { user: principal.userName, id: undefined },
    },
    examined: true,
  })
}

test('the role can do the work, and its examination finds nothing', async () => {
  expect(await work(statements())).toEqual([])
})

const actions = actionsAllowed(
  awsStatements({ organization_wide: ['*'], assignments: ['*'], directory: ['*'] }),
)
test.each(actions)('it needs %s', async (action) => {
  const without = statements()
    .map((it) => ({ ...it, ...(it.Action && { Action: it.Action.filter((a) => a !== action) }) }))
    .filter((it) => it.Action?.length !== 0)
  expect((await work(without)).join()).toMatch(/denied/)
})

test('it assigns nothing in another account', async () => {
  expect(await work(statements(), { account: delegate })).toContain('put: denied')
  expect(t.aws.assignmentsOf(delegate, t.set)).toEqual([])
})

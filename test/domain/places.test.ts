import { describe, expect, test } from 'vitest'
import { isOfRole, placeId, placesOf } from '../../src/domain/lanes/places.ts'
import type { Binding, CloudRole, Principal } from '../../src/domain/lanes/types.ts'

const account = '111122223333'
const permissionSet = 'arn:aws:sso:::permissionSet/ssoins-1/ps-1'
const scope = '/subscriptions/s-1/resourcegroups/shop'
const policyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const group: CloudRole = { cloud: 'aws', mode: 'group', account, group: 'oncall' }
const attached: CloudRole = { cloud: 'aws', mode: 'managed-policy', account, policyArn }
const assigned: CloudRole = {
  cloud: 'identity-center',
  mode: 'account-assignment',
  account,
  permissionSet,
}
const azure = (more: Partial<Extract<CloudRole, { cloud: 'azure' }>>): CloudRole => ({
  cloud: 'azure',
  mode: 'assignment',
  scope,
  role: 'Reader',
  roleId: 'r-1',
  ...more,
})

test.each<[CloudRole, readonly string[]]>([
  [{ cloud: 'aws', mode: 'inline-permissions', account, allow: [] }, [`aws/${account}`]],
  [group, [`aws/${account}`, `aws/${account}/group/oncall`]],
  [attached, [`aws/${account}`, `aws/${account}/policy/${policyArn.toLowerCase()}`]],
  [assigned, [`identity-center/${permissionSet}/${account}`]],
  [
    {
      cloud: 'gcp',
      mode: 'conditional-binding',
      resource: 'projects/shop',
      role: 'roles/viewer',
      only: undefined,
    },
    ['gcp/projects/shop'],
  ],
  [azure({}), [`azure${scope}`]],
])('where a binding of %o can stand', (role, ids) => {
  expect(placesOf(role).map(placeId)).toEqual(ids)
})

test('a group that is written in two ways is looked at as one place', () => {
  const other = placesOf({ ...group, group: group.group.toUpperCase() })
  expect(other.map(placeId)).toEqual(placesOf(group).map(placeId))
})

describe('what bears no mark and may only be ours', () => {
  const bob: Principal = { cloud: 'aws', account, userName: 'bob', userId: 'AIDABOB' }
  const eve: Principal = { cloud: 'azure', objectId: 'o-1', name: undefined }
  const sam: Principal = {
    cloud: 'identity-center',
    store: 'd-1',
    userName: 'sam',
    userId: 'u-1',
  }
  const there = (role: CloudRole, principal: Principal): Binding => ({
    id: 'x',
    laneId: 'x',
    name: 'x',
    sessionName: 'x',
    principal,
    role,
    startsAt: 0,
    endsAt: 1,
    residualSeconds: 0,
  })
  test.each<[string, CloudRole, Principal, CloudRole, boolean]>([
    ['the same group', group, bob, group, true],
    ['another group', group, bob, { ...group, group: 'admins' }, false],
    ['the same policy', attached, bob, attached, true],
    ['a policy, and a group', attached, bob, group, false],
    ['the same permission set', assigned, sam, assigned, true],
    ['it in another account', assigned, sam, { ...assigned, account: '999999999999' }, false],
    ['the same Azure role', azure({}), eve, azure({}), true],
    [
      'it by its name, before it is settled',
      azure({}),
      eve,
      azure({ roleId: undefined, mode: 'by-licence', role: 'reader' }),
      true,
    ],
    ['another Azure role', azure({}), eve, azure({ roleId: 'r-2' }), false],
    ['a scope below', azure({}), eve, azure({ scope: `${scope}/x` }), false],
    ['a role that is given by schedules', azure({}), eve, azure({ mode: 'pim' }), false],
    ['a cloud, and another', group, bob, assigned, false],
  ])('%s', (_, found, principal, role, expected) => {
    expect(isOfRole(there(found, principal), role)).toBe(expected)
  })
})

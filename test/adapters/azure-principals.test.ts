// Who and what is meant, and how it is given: with and without the licence.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AzureRoleAssignment } from '../../src/domain/lanes/types.ts'
import { createAzure } from '../../src/adapters/azure/create-azure.ts'
import { freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import {
  contributor,
  credentialOf,
  hour,
  minute,
  reader,
  setUpAzure,
  tenantId,
  type AzureSetup,
} from './azure.setup.ts'

let t: AzureSetup
beforeEach(async () => {
  t = await setUpAzure()
})
afterEach(() => t.azure.close())

const resolve = (role: Partial<AzureRoleAssignment> = {}, objectId = t.person(1)) =>
  t.cloud.resolve(t.role(role), t.identity(objectId), freeGuard())
const given = (more: Partial<AzureRoleAssignment> = {}) => ({
  ok: true,
  principal: { cloud: 'azure', objectId: t.person(1), name: undefined },
  given: t.role(more),
})
const byName = { role: 'reader', roleId: undefined }

test.each([
  ['by its name, in whatever case', byName],
  ['by its id', { role: reader.toUpperCase(), roleId: undefined }],
  ['by an id that is known', { role: 'Whatever' }],
])('a role %s is shown as Azure calls it', async (_, role) => {
  expect(await resolve(role)).toEqual(given())
})

test('a person is who has the object id, in lower case', async () => {
  expect(await resolve({}, t.person(1).toUpperCase())).toEqual(given())
})

test.each([
  ['There is no role `Reeder`', { role: 'Reeder', roleId: undefined }],
  [
    'There is no role `11111111-',
    { role: '11111111-1111-4111-8111-111111111111', roleId: undefined },
  ],
  ["There is no role `It's`", { role: "It's", roleId: undefined }],
  ['There are several roles `Twice`', { role: 'Twice', roleId: undefined }],
])('%s: refused', async (why, role) => {
  t.azure.addRoleDefinition({ roleName: 'Twice' })
  t.azure.addRoleDefinition({ roleName: 'twice' })
  expect(await resolve(role)).toEqual({ ok: false, why: expect.stringContaining(why) })
})

test('without an object id, or with none, it says what to write', async () => {
  const unknown = await t.cloud.resolve(t.role(), { github: 1, aws: [] }, freeGuard())
  expect(unknown).toEqual({ ok: false, why: expect.stringContaining('object_id') })
  expect(await resolve({}, 'alice@example.com')).toEqual({
    ok: false,
    why: expect.stringContaining('`alice@example.com` is no Entra object id'),
  })
})

describe('the licence', () => {
  const probes = () =>
    t.azure.calls.filter((c) => c.operation === 'roleAssignmentScheduleInstances.listForScope')

  test.each([
    ['by-licence', true, 'pim'],
    ['by-licence', false, 'assignment'],
    ['pim', true, 'pim'],
    ['assignment', false, 'assignment'],
  ] as const)('%s with a licence: %s is %s', async (mode, licensed, result) => {
    t.azure.setLicence(tenantId, licensed)
    expect(await resolve({ mode })).toEqual(given({ mode: result }))
  })

  test('never turns what is given by PIM alone into what has no end of its own', async () => {
    t.azure.setLicence(tenantId, false)
    expect(await resolve({ mode: 'pim' })).toEqual({
      ok: false,
      why: expect.stringContaining('no licence'),
    })
  })

  test('is asked for once, and again after a while; what failed otherwise says nothing of it', async () => {
    t.azure.fail(3, { status: 503, code: 'x' }, 'roleAssignmentScheduleInstances.listForScope')
    expect(await kindOfFailure(resolve({ mode: 'by-licence' }))).toBe('transient')
    await resolve({ mode: 'by-licence' })
    await resolve({ mode: 'pim' })
    expect(probes()).toHaveLength(4)
    t.azure.setLicence(tenantId, false)
    t.advance(hour)
    expect(await resolve({ mode: 'by-licence' })).toEqual(given({ mode: 'assignment' }))
    t.azure.setLicence(tenantId, true)
    expect(await resolve({ mode: 'by-licence' })).toEqual(given({ mode: 'assignment' }))
    t.advance(5 * minute)
    expect(await resolve({ mode: 'by-licence' })).toEqual(given({ mode: 'pim' }))
    expect(probes()).toHaveLength(6)
  })
})

test('whose credentials these are', async () => {
  const { principalId: objectId } = t.app
  expect(await t.cloud.whoAmI()).toEqual({ objectId, tenantId })
})

describe('examined', () => {
  /** Hallpass as one who has only what it was assigned. */
  const examined = async (
    actions: readonly string[],
    mode: AzureRoleAssignment['mode'],
    notActions: readonly string[] = [],
  ) => {
    const self = t.azure.addPrincipal({ tenantId, name: 'self', type: 'ServicePrincipal' })
    const { id } = t.azure.addRoleDefinition({ roleName: 'Its own', actions, notActions })
    t.azure.assign({ scope: t.scope, principalId: self, roleDefinitionId: id })
    const credential = credentialOf(() => t.azure.openSession(self))
    const found = await createAzure({ ...t.options, credential }).examine(
      [t.role({ mode }), t.role({ mode, roleId: contributor })],
      freeGuard(),
    )
    return found.map(({ kind, permission, where }) => `${kind} ${permission} ${where}`)
  }
  const own = (name: string) => `Microsoft.Authorization/${name}`
  const reads = [
    own('roleAssignments/read'),
    own('roleAssignmentSchedules/read'),
    own('roleAssignmentScheduleRequests/read'),
    own('roleDefinitions/read'),
  ]

  test('what it lacks is told, for what the policy offers', async () => {
    expect(await examined([...reads, own('roleAssignments/delete')], 'assignment')).toEqual([
      `lacks ${own('roleAssignments/write')} at ${t.scope}`,
    ])
    expect(await examined([...reads, own('roleAssignmentSchedule*/read')], 'pim')).toEqual([
      `lacks ${own('roleAssignmentScheduleRequests/write')} at ${t.scope}`,
    ])
  })

  test('what is taken out of a role is not in it', async () => {
    expect(await examined(['*/read', own('*')], 'assignment', [own('*/write')])).toEqual([
      `lacks ${own('roleAssignments/write')} at ${t.scope}`,
      `exceeds ${own('elevateAccess/action')} at ${t.scope}`,
      `exceeds ${own('locks/delete')} at ${t.scope}`,
    ])
  })

  test('what it has beyond that is told, and that nothing limits the roles it may give', async () => {
    expect(await examined(['*'], 'by-licence')).toEqual([
      ...[
        own('elevateAccess/action'),
        own('roleDefinitions/write'),
        own('roleManagementPolicies/write'),
        own('locks/delete'),
        'Microsoft.Resources/subscriptions/resourceGroups/delete',
      ].map((action) => `exceeds ${action} at ${t.scope}`),
      `exceeds ${own('roleAssignments/write')} at ${t.scope}, for every role: no condition`,
      `exceeds ${own('roleAssignmentScheduleRequests/write')} at ${t.scope}, for every role: no condition`,
    ])
  })
})

// PIM over the wire, by the unmodified SDK: assignments that end by themselves.
import type { RoleAssignmentScheduleRequest } from '@azure/arm-authorization'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  all,
  azureScene,
  contributor,
  guid,
  minute,
  reader,
  refused,
  roleId,
} from './azure-scene.ts'
import { owner, startedAt, tenantId } from './azure-scene.ts'

type Scene = Awaited<ReturnType<typeof azureScene>>
let scene: Scene
beforeEach(async () => {
  scene = await azureScene()
})
afterEach(() => scene.azure.close())

const hour = 60 * minute
const action = 'Microsoft.Web/sites/read'

const ask = (
  n: number,
  more: RoleAssignmentScheduleRequest = {},
  expiration: object = { type: 'AfterDuration', duration: 'PT1H' },
  startDateTime?: Date,
) =>
  scene.client.roleAssignmentScheduleRequests.create(scene.at, guid(n), {
    roleDefinitionId: roleId(reader),
    principalId: scene.alice,
    requestType: 'AdminAssign',
    justification: 'a review',
    scheduleInfo: { expiration, ...(startDateTime ? { startDateTime } : {}) },
    ...more,
  })
const remove = (n: number) => ask(n, { requestType: 'AdminRemove' })
const statusOf = async (n: number) =>
  (await scene.client.roleAssignmentScheduleRequests.get(scene.at, guid(n))).status
const instances = (filter = `atScope() and principalId eq '${scene.alice}'`) =>
  all(scene.client.roleAssignmentScheduleInstances.listForScope(scene.at, { filter }))
const schedules = () => all(scene.client.roleAssignmentSchedules.listForScope(scene.at))
const may = (at?: number) =>
  scene.azure.may({
    ...{ principalId: scene.alice, action, scope: `/${scene.at}` },
    ...(at === undefined ? {} : { at }),
  }).allowed

describe('an assignment with a duration', () => {
  test('shows as request, schedule, instance and role assignment, and ends by itself', async () => {
    const { client, at, alice, app, clock } = scene
    const request = await ask(1)
    expect(request).toMatchObject({
      name: guid(1),
      status: 'Provisioned',
      requestorId: app.principalId,
      principalType: 'User',
      scheduleInfo: {
        startDateTime: new Date(startedAt),
        expiration: { type: 'AfterDuration', duration: 'PT1H' },
      },
    })
    const [schedule] = await schedules()
    expect(schedule).toMatchObject({
      name: request.targetRoleAssignmentScheduleId,
      roleAssignmentScheduleRequestId: request.id,
      memberType: 'Direct',
      endDateTime: new Date(startedAt + hour),
    })
    const [instance] = await instances()
    expect(instance).toMatchObject({
      roleAssignmentScheduleId: schedule?.id,
      endDateTime: new Date(startedAt + hour),
      expandedProperties: { principal: { email: 'alice@example.com' } },
    })
    const [assignment] = await all(client.roleAssignments.listForScope(at))
    expect(assignment).toMatchObject({
      id: instance?.originRoleAssignmentId,
      principalId: alice,
      roleDefinitionId: roleId(reader),
    })
    const byName = client.roleAssignmentScheduleInstances.get(at, instance?.name ?? '')
    expect(await byName).toEqual(instance)
    expect(await client.roleAssignmentSchedules.get(at, schedule?.name ?? '')).toEqual(schedule)
    clock.now = startedAt + hour - 1
    expect([await instances(), may()]).toEqual([[instance], true])
    clock.now = startedAt + hour
    expect([await instances(), await schedules(), may()]).toEqual([[], [], false])
    expect(await all(client.roleAssignments.listForScope(at))).toEqual([])
    await expect(remove(2)).rejects.toMatchObject(refused(400, 'RoleAssignmentDoesNotExist'))
    expect([startedAt - 1, startedAt, startedAt + hour - 1, startedAt + hour].map(may)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  test.each([
    ['AfterDateTime', { endDateTime: new Date(startedAt + 10 * minute) }, 10 * minute],
    ['AfterDuration', { duration: 'P1DT30M' }, 24 * hour + 30 * minute],
  ] as const)('or an end: %s', async (type, when, length) => {
    await ask(1, {}, { type, ...when })
    expect([may(startedAt + length - 1), may(startedAt + length)]).toEqual([true, false])
  })

  test('may begin later, and be taken back before', async () => {
    const { client, at, clock } = scene
    const later = new Date(startedAt + hour)
    await ask(1, {}, { type: 'AfterDuration', duration: 'PT1H' }, later)
    expect(await statusOf(1)).toBe('ScheduleCreated')
    expect([(await schedules()).length, (await instances()).length, may()]).toEqual([1, 0, false])
    await client.roleAssignmentScheduleRequests.cancel(at, guid(1))
    expect([await statusOf(1), await schedules()]).toEqual(['Canceled', []])
    await ask(2, {}, { type: 'AfterDuration', duration: 'PT1H' }, later)
    clock.now += hour
    expect([await statusOf(2), (await instances()).length, may()]).toEqual(['Provisioned', 1, true])
    await expect(client.roleAssignmentScheduleRequests.cancel(at, guid(2))).rejects.toMatchObject({
      statusCode: 400,
    })
  })
})

describe('a request', () => {
  test('is carried out later, one at a time, and may fail', async () => {
    const { azure, client, at, clock } = scene
    azure.set({ pimProvisioningMs: 10_000, pimActiveMinimumMs: 0 })
    expect((await ask(1)).status).toBe('Accepted')
    await expect(ask(2)).rejects.toMatchObject(refused(400, 'PendingRoleAssignmentRequest'))
    clock.now += 5000
    expect([await statusOf(1), await instances()]).toEqual(['PendingProvisioning', []])
    clock.now += 5000
    expect([await statusOf(1), (await instances()).length]).toEqual(['Provisioned', 1])
    await remove(3)
    clock.now += 9999
    expect([await statusOf(3), may()]).toEqual(['PendingRevocation', true])
    clock.now += 1
    expect([await statusOf(3), await instances(), may()]).toEqual(['Revoked', [], false])
    azure.set({ pimFailures: 1 })
    await ask(4)
    clock.now += 10_000
    expect([await statusOf(4), await instances()]).toEqual(['Failed', []])
    azure.lock(at, 'ReadOnly')
    await ask(5)
    clock.now += 10_000
    expect([await statusOf(5), await instances()]).toEqual(['FailedAsResourceIsLocked', []])
    const listed = await all(client.roleAssignmentScheduleRequests.listForScope(at))
    expect(listed.map((it) => it.name)).toEqual([1, 3, 4, 5].map(guid))
  })

  test('has a name of its own, whatever became of it', async () => {
    await ask(1)
    await expect(ask(1)).rejects.toMatchObject(refused(409, 'RoleAssignmentRequestExists'))
    await expect(ask(2)).rejects.toMatchObject(refused(400, 'RoleAssignmentExists'))
    await expect(ask(2, { roleDefinitionId: contributor })).resolves.toBeDefined()
  })

  test('to remove waits until the assignment was active for five minutes', async () => {
    const { clock, azure } = scene
    await ask(1)
    clock.now += 5 * minute - 1
    await expect(remove(2)).rejects.toMatchObject(refused(400, 'ActiveDurationTooShort'))
    clock.now += 1
    await expect(remove(2)).resolves.toMatchObject({ status: 'Revoked' })
    expect([await instances(), may(), may(clock.now - 1)]).toEqual([[], false, true])
    await ask(3)
    azure.set({ pimActiveMinimumMs: 0 })
    await expect(remove(4)).resolves.toBeDefined()
  })

  test.each(['AdminUpdate', 'AdminExtend'])('of kind %s moves the end', async (requestType) => {
    const { clock, azure } = scene
    await expect(ask(1, { requestType })).rejects.toMatchObject(
      refused(400, 'RoleAssignmentDoesNotExist'),
    )
    await ask(2)
    clock.now += 30 * minute
    await ask(3, { requestType }, { type: 'AfterDuration', duration: 'PT2H' })
    const [instance] = await instances()
    expect(instance).toMatchObject({
      startDateTime: new Date(startedAt),
      endDateTime: new Date(startedAt + 150 * minute),
    })
    expect([90, 150].map((minutes) => may(startedAt + minutes * minute))).toEqual([true, false])
    expect(azure.schedulesAt(scene.at)).toHaveLength(1)
  })

  test.each([
    ['ExpirationRule', {}, { type: 'AfterDuration', duration: 'PT9H' }],
    ['ExpirationRule', {}, { type: 'NoExpiration' }],
    ['ExpirationRule', {}, { type: 'AfterDateTime', endDateTime: new Date(startedAt) }],
    ['JustificationRule', { justification: '' }, { type: 'AfterDuration', duration: 'PT8H' }],
  ])('must meet the role’s policy: %s', async (rule, more, expiration) => {
    const { azure, client, at } = scene
    const rules = { maximumDuration: 'PT8H', expirationRequired: true, justificationRequired: true }
    azure.setRules({ roleDefinitionId: reader }, rules)
    await expect(ask(1, more, expiration)).rejects.toMatchObject({
      ...refused(400, 'RoleAssignmentRequestPolicyValidationFailed'),
      message: `The following policy rules failed: ["${rule}"]`,
    })
    const filter = `roleDefinitionId eq '${roleId(reader)}'`
    const told = await all(client.roleManagementPolicyAssignments.listForScope(at))
    expect(told.length).toBeGreaterThan(1)
    expect(
      told.find((it) => filter.includes(it.roleDefinitionId ?? '?'))?.effectiveRules,
    ).toMatchObject([{ maximumDuration: 'PT8H' }, { enabledRules: ['Justification'] }])
  })

  test('needs the licence, the right, and somebody who is there', async () => {
    const { azure } = scene
    await expect(ask(1, { principalId: guid(9) })).rejects.toMatchObject(
      refused(400, 'SubjectNotFound'),
    )
    azure.setLicence(tenantId, false)
    const unlicensed = refused(400, 'AadPremiumLicenseRequired')
    await expect(ask(1)).rejects.toMatchObject(unlicensed)
    await expect(instances()).rejects.toMatchObject(unlicensed)
  })

  test('is only tried by validate', async () => {
    const { client, at, alice } = scene
    const tried = await client.roleAssignmentScheduleRequests.validate(at, guid(1), {
      ...{ roleDefinitionId: roleId(reader), principalId: alice, requestType: 'AdminAssign' },
      ...{ justification: 'x' },
      scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT1H' } },
    })
    expect([tried.requestType, await schedules()]).toEqual(['AdminAssign', []])
  })
})

describe('beside role assignments', () => {
  test('one triple is held once, whichever way it was made', async () => {
    const { azure, at, alice, create } = scene
    await ask(1)
    await expect(create(guid(8))).rejects.toMatchObject(refused(409, 'RoleAssignmentExists'))
    azure.assign({ scope: at, principalId: alice, roleDefinitionId: contributor })
    await expect(ask(2, { roleDefinitionId: contributor })).rejects.toMatchObject(
      refused(400, 'RoleAssignmentExists'),
    )
    expect((await instances()).map((it) => it.endDateTime ?? null)).toEqual([
      new Date(startedAt + hour),
      null,
    ])
  })

  test('deleting the role assignment ends the schedule; removing by PIM deletes what others made', async () => {
    const { azure, client, at, alice, clock } = scene
    await ask(1)
    clock.now += minute
    const [instance] = await instances()
    await client.roleAssignments.deleteById(instance?.originRoleAssignmentId?.slice(1) ?? '')
    expect([await instances(), may(), may(startedAt)]).toEqual([[], false, true])
    azure.assign({ scope: at, principalId: alice, roleDefinitionId: reader })
    expect(may()).toBe(true)
    await remove(2)
    expect(may()).toBe(false)
  })

  test('an inherited or a group’s assignment is told as such', async () => {
    const { azure, subscription, alice } = scene
    const team = azure.addPrincipal({ tenantId, name: 'team', type: 'Group' })
    azure.addToGroup(alice, team)
    azure.assign({ scope: subscription, principalId: alice, roleDefinitionId: owner })
    azure.assign({ scope: scene.at, principalId: team, roleDefinitionId: reader })
    const found = await instances(`assignedTo('${alice}')`)
    expect(Object.fromEntries(found.map((it) => [it.principalId, it.memberType]))).toEqual({
      [alice]: 'Inherited',
      [team]: 'Group',
    })
  })
})

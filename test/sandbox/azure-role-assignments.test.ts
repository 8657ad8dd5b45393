// The simulated Resource Manager over its wire, by the unmodified SDK: role definitions and role assignments.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { azureClient } from '../support/azure-client.ts'
import {
  all,
  azureScene,
  contributor,
  guid,
  minute,
  owner,
  reader,
  refused,
  roleId,
  startedAt,
  subscriptionId,
  tenantId,
} from './azure-scene.ts'

type Scene = Awaited<ReturnType<typeof azureScene>>
let scene: Scene
beforeEach(async () => {
  scene = await azureScene()
})
afterEach(() => scene.azure.close())

const names = async (scope = scene.at, filter?: string) =>
  (await all(scene.client.roleAssignments.listForScope(scope, filter ? { filter } : {}))).map(
    (it) => it.name,
  )

describe('role definitions', () => {
  test('are found by name and by id', async () => {
    const { client, at } = scene
    const found = await all(client.roleDefinitions.list(at, { filter: "roleName eq 'Reader'" }))
    expect(found.map((it) => it.id)).toEqual([roleId(reader)])
    const got = await client.roleDefinitions.getById(found[0]?.id?.slice(1) ?? '')
    expect(got).toMatchObject({ name: reader, roleName: 'Reader', roleType: 'BuiltInRole' })
    expect(got.permissions?.[0]?.actions).toEqual(['*/read'])
    const other = await client.roleDefinitions.getById(
      `providers/Microsoft.Authorization/roleDefinitions/${owner.toUpperCase()}`,
    )
    expect(other.roleName).toBe('Owner')
  })

  test('of one’s own are known where they may be assigned', async () => {
    const { azure, client, subscription, group, create } = scene
    const elsewhere = azure.addResourceGroup({ subscription, name: 'other' })
    const { id } = azure.addRoleDefinition({ roleName: 'Mine', actions: ['*'], scopes: [group] })
    const seen = async (scope: string) =>
      (
        await all(client.roleDefinitions.list(scope.slice(1), { filter: "type eq 'CustomRole'" }))
      ).map((it) => it.roleName)
    expect([await seen(group), await seen(elsewhere)]).toEqual([['Mine'], []])
    await create(guid(1), { roleDefinitionId: id })
    await expect(
      create(guid(2), { roleDefinitionId: id }, elsewhere.slice(1)),
    ).rejects.toMatchObject(refused(400, 'RoleDefinitionDoesNotExist'))
  })
})

describe('a role assignment', () => {
  test('comes back as it was made, in whatever case it is asked for', async () => {
    const { client, at, alice, app, create } = scene
    const made = await create('ABCDEF00-0000-4000-8000-00000000000A', { description: 'why' })
    expect(made).toMatchObject({
      id: `/${at}/providers/Microsoft.Authorization/roleAssignments/ABCDEF00-0000-4000-8000-00000000000A`,
      scope: `/${at}`,
      roleDefinitionId: roleId(reader),
      principalId: alice,
      principalType: 'User',
      description: 'why',
      createdBy: app.principalId,
      createdOn: new Date(startedAt),
    })
    const got = await client.roleAssignments.get(at.toLowerCase(), made.name?.toLowerCase() ?? '')
    expect(got).toEqual(made)
    expect(await client.roleAssignments.getById(made.id?.slice(1).toUpperCase() ?? '')).toEqual(
      made,
    )
  })

  test('keeps its triple to itself, and its name', async () => {
    const { azure, alice, create, subscription } = scene
    const bob = azure.addPrincipal({ tenantId, name: 'bob@example.com' })
    await create(guid(1))
    const taken = refused(409, 'RoleAssignmentExists')
    await expect(create(guid(2))).rejects.toMatchObject(taken)
    await expect(
      create(guid(2), { principalId: alice.toUpperCase() }, scene.at.toUpperCase()),
    ).rejects.toMatchObject(taken)
    const used = refused(400, 'RoleAssignmentUpdateNotPermitted')
    await expect(create(guid(1), { principalId: bob })).rejects.toMatchObject(used)
    await expect(create(guid(1), { roleDefinitionId: contributor })).rejects.toMatchObject(used)
    await expect(create(guid(1), {}, subscription.slice(1))).rejects.toMatchObject(used)
  })

  test('that is put again as it is conflicts, or not; another description replaces the first', async () => {
    const { azure, create } = scene
    await create(guid(1), { description: 'one' })
    const again = () => create(guid(1), { description: 'one' })
    await expect(again()).rejects.toMatchObject(refused(409, 'RoleAssignmentExists'))
    azure.set({ identicalPut: 'ok' })
    expect((await again()).description).toBe('one')
    expect((await create(guid(1), { description: 'two' })).description).toBe('two')
    expect(azure.history.at(-1)).toMatchObject({
      operation: 'roleAssignments.create',
      before: { description: 'one' },
      after: { description: 'two' },
    })
  })

  test('is deleted once; what is not there is no error', async () => {
    const { client, at, create } = scene
    await create(guid(1))
    expect((await client.roleAssignments.delete(at, guid(1))).name).toBe(guid(1))
    await expect(client.roleAssignments.delete(at, guid(1))).resolves.toEqual({})
    await expect(client.roleAssignments.get(at, guid(1))).rejects.toMatchObject(
      refused(404, 'RoleAssignmentNotFound'),
    )
    await expect(create(guid(1), { roleDefinitionId: contributor })).resolves.toBeDefined()
  })

  test.each([
    ['a name that is no GUID', 400, 'InvalidRoleAssignmentId', 'mine', {}],
    [
      'a role that is not there',
      400,
      'RoleDefinitionDoesNotExist',
      guid(1),
      { roleDefinitionId: guid(9) },
    ],
    ['nobody', 400, 'PrincipalNotFound', guid(1), { principalId: guid(9) }],
    [
      'somebody of another kind',
      400,
      'UnmatchedPrincipalType',
      guid(1),
      { principalType: 'Group' },
    ],
  ] as const)('is refused for %s', async (_for, status, code, name, more) => {
    await expect(scene.create(name, more)).rejects.toMatchObject(refused(status, code))
  })

  test('knows new principals late, unless their kind is said', async () => {
    const { azure, client, at, clock, create } = scene
    azure.set({ principalReplicationMs: 2 * minute })
    const principalId = azure.addPrincipal({ tenantId, name: 'new', type: 'ServicePrincipal' })
    const unsaid = { principalId, roleDefinitionId: roleId(reader) }
    const without = () => client.roleAssignments.create(at, guid(1), unsaid)
    await expect(without()).rejects.toMatchObject(refused(400, 'PrincipalNotFound'))
    await create(guid(2), { ...unsaid, principalType: 'ServicePrincipal' })
    await client.roleAssignments.delete(at, guid(2))
    clock.now += 2 * minute
    await expect(without()).resolves.toBeDefined()
  })

  test('is one of 4,000 in a subscription', async () => {
    const { azure, client, at, create } = scene
    azure.set({ assignmentsPerSubscription: 2 })
    await create(guid(1))
    await create(guid(2), { roleDefinitionId: contributor })
    const third = () => create(guid(3), { roleDefinitionId: owner })
    await expect(third()).rejects.toMatchObject(refused(400, 'RoleAssignmentLimitExceeded'))
    await client.roleAssignments.delete(at, guid(1))
    await expect(third()).resolves.toBeDefined()
  })

  test('is neither made nor removed where a lock is', async () => {
    const { azure, client, at, subscription, create } = scene
    await create(guid(1))
    const remove = () => client.roleAssignments.delete(at, guid(1))
    azure.lock(subscription, 'CanNotDelete')
    await expect(remove()).rejects.toMatchObject(refused(409, 'ScopeLocked'))
    await create(guid(2), { roleDefinitionId: contributor })
    azure.lock(subscription, 'ReadOnly')
    await expect(create(guid(3), { roleDefinitionId: owner })).rejects.toMatchObject(
      refused(409, 'ScopeLocked'),
    )
    azure.lock(subscription, undefined)
    await expect(remove()).resolves.toBeDefined()
  })

  test('of the last owner of a subscription stays', async () => {
    const { azure, client, subscription, alice } = scene
    const owns = (principalId: string) =>
      azure.assign({ scope: subscription, principalId, roleDefinitionId: owner })
    const { id } = owns(alice)
    const remove = () => client.roleAssignments.deleteById(id.slice(1))
    await expect(remove()).rejects.toMatchObject({ statusCode: 400 })
    owns(azure.addPrincipal({ tenantId, name: 'bob@example.com' }))
    await expect(remove()).resolves.toBeDefined()
  })

  test('outlives its principal, and does not pass to a successor', async () => {
    const { azure, alice, create, subscription } = scene
    await create(guid(1))
    const successor = azure.recreatePrincipal(alice)
    expect(await names()).toEqual([guid(1)])
    const reads = (principalId: string) =>
      azure.may({ principalId, action: 'Microsoft.Web/sites/read', scope: `/${scene.at}` }).allowed
    expect([reads(alice), reads(successor)]).toEqual([false, false])
    await expect(
      create(guid(2), { principalId: alice }, subscription.slice(1)),
    ).rejects.toMatchObject(refused(400, 'PrincipalNotFound'))
  })
})

describe('a list', () => {
  test('shows what is at, above and below, or only at and above', async () => {
    const { azure, root, subscription, group, alice, client } = scene
    const site = `${group}/providers/Microsoft.Web/sites/shop`
    const places = [root, subscription, group, site]
    for (const [n, scope] of places.entries())
      azure.assign({ scope, principalId: alice, roleDefinitionId: reader, name: guid(n) })
    const sibling = azure.addResourceGroup({ subscription, name: 'Shop-Prod-2' })
    azure.assign({
      scope: sibling,
      principalId: alice,
      roleDefinitionId: contributor,
      name: guid(9),
    })
    const [one, two, three, four] = [guid(0), guid(1), guid(2), guid(3)]
    const everything = new Set([one, two, three, four, guid(9)])
    expect(await names(group.slice(1))).toEqual([three, two, one, four])
    expect(await names(group.slice(1), 'atScope()')).toEqual([three, two, one])
    expect(new Set(await names(root.slice(1)))).toEqual(everything)
    const inAll = await all(client.roleAssignments.listForSubscription())
    expect(new Set(inAll.map((it) => it.name))).toEqual(everything)
  })

  test('shows one principal, or one with its groups', async () => {
    const { azure, group, alice, at } = scene
    const team = azure.addPrincipal({ tenantId, name: 'team', type: 'Group' })
    azure.addToGroup(alice, team)
    for (const [n, principalId] of [alice, team, guid(99)].entries())
      azure.assign({ scope: group, principalId, roleDefinitionId: reader, name: guid(n) })
    expect(await names(at, `principalId eq '${alice.toUpperCase()}'`)).toEqual([guid(0)])
    expect(await names(at, `atScope() and assignedTo('${alice}')`)).toEqual([guid(0), guid(1)])
    await expect(names(at, "roleName eq 'Reader'")).rejects.toMatchObject({ statusCode: 400 })
  })

  test('comes in pages', async () => {
    const { azure, group } = scene
    azure.set({ pageSize: 2 })
    const wanted = [0, 1, 2, 3, 4].map(guid)
    for (const [n, name] of wanted.entries())
      azure.assign({ scope: group, principalId: guid(n), roleDefinitionId: reader, name })
    expect(await names(scene.at, 'atScope()')).toEqual(wanted)
    expect(azure.calls.map((call) => call.operation)).toEqual(
      Array(3).fill('roleAssignments.listForScope'),
    )
  })
})

describe('callers', () => {
  test('need a token that this cloud issued and that still holds', async () => {
    const { azure, at, clock, app } = scene
    const look = (token: string) => {
      const issued = () => ({ token, expiresOnTimestamp: 0 })
      return all(
        azureClient(azure.url, { token: issued }, subscriptionId).roleAssignments.listForScope(at),
      )
    }
    const { token } = app.token()
    await expect(look(token)).resolves.toEqual([])
    await expect(look(`${token}x`)).rejects.toMatchObject(
      refused(401, 'InvalidAuthenticationToken'),
    )
    clock.now += 60 * minute
    await expect(look(token)).rejects.toMatchObject(refused(401, 'ExpiredAuthenticationToken'))
    const bare = await fetch(`${azure.url}/${at}/providers/Microsoft.Authorization/roleAssignments`)
    expect(bare.status).toBe(401)
    expect(bare.headers.get('date')).toBe('Thu, 01 May 2031 10:00:00 GMT')
    expect(bare.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(bare.headers.get('x-ms-correlation-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('may do what they are permitted, where they are, and to which roles', async () => {
    const { azure, at, alice, subscription } = scene
    const app = azure.appCredentials(tenantId, {
      actions: ['Microsoft.Authorization/roleAssignments/*'],
      scopes: [at],
      onlyRoles: [reader],
    })
    const { roleAssignments, roleDefinitions } = azureClient(azure.url, app, subscriptionId)
    const make = (scope: string, role: string) =>
      roleAssignments.create(scope, guid(1), {
        ...{ principalId: alice, principalType: 'User', roleDefinitionId: roleId(role) },
      })
    await make(at, reader)
    const no = { ...refused(403, 'AuthorizationFailed') }
    await expect(make(at, contributor)).rejects.toMatchObject({
      ...no,
      message: expect.stringContaining('ABAC condition'),
    })
    await expect(make(subscription.slice(1), reader)).rejects.toMatchObject({
      ...no,
      message: expect.stringMatching(
        new RegExp(
          `${app.principalId}.*'Microsoft.Authorization/roleAssignments/write' over scope '${subscription}/`,
        ),
      ),
    })
    await expect(all(roleDefinitions.list(at))).rejects.toMatchObject(no)
    const { id } = azure.assign({ scope: at, principalId: alice, roleDefinitionId: contributor })
    await expect(roleAssignments.deleteById(id.slice(1))).rejects.toMatchObject(no)
    await expect(roleAssignments.delete(at, guid(1))).resolves.toBeDefined()
  })

  test('without a permit may do what their own assignments allow', async () => {
    const { azure, at, alice } = scene
    const her = azureClient(
      azure.url,
      { token: () => azure.openSession(alice) },
      subscriptionId,
    ).roleAssignments
    await expect(all(her.listForScope(at))).rejects.toMatchObject({ statusCode: 403 })
    azure.assign({ scope: at, principalId: alice, roleDefinitionId: reader })
    expect(await all(her.listForScope(at))).toHaveLength(1)
  })
})

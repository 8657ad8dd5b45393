// Bad days of the simulated Resource Manager.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { azureClient } from '../support/azure-client.ts'
import { all, azureScene, guid, minute, refused, subscriptionId } from './azure-scene.ts'
import { reader, roleId, startedAt } from './azure-scene.ts'

type Scene = Awaited<ReturnType<typeof azureScene>>
let scene: Scene
beforeEach(async () => {
  scene = await azureScene()
})
afterEach(() => scene.azure.close())

const list = () => all(scene.client.roleAssignments.listForScope(scene.at))
const statuses = () => scene.azure.calls.map(({ status }) => status)

test('throttling says for how long, and the SDK waits it out', async () => {
  const { azure, at, app } = scene
  azure.throttle(1, undefined, 0)
  await expect(list()).rejects.toMatchObject(refused(429, 'TooManyRequests'))
  azure.throttle(2, 'roleAssignments.listForScope', 0)
  const patient = azureClient(azure.url, app, subscriptionId, 3)
  await expect(all(patient.roleAssignments.listForScope(at))).resolves.toEqual([])
  expect(statuses()).toEqual([429, 429, 429, 200])
})

test('a planned refusal meets its operation alone, and changes nothing', async () => {
  const { azure, create } = scene
  azure.fail(1, { status: 503, code: 'ServiceUnavailable' }, 'roleAssignments.create')
  await expect(list()).resolves.toEqual([])
  await expect(create(guid(1))).rejects.toMatchObject(refused(503, 'ServiceUnavailable'))
  expect(await list()).toEqual([])
  await expect(create(guid(1))).resolves.toBeDefined()
})

test.each([
  ['applyThenFail', 500],
  ['applyThenCut', undefined],
] as const)('what was carried out may be answered wrongly: %s', async (how, statusCode) => {
  const { azure, create } = scene
  azure[how](1, 'roleAssignments.create')
  await expect(create(guid(1))).rejects.toMatchObject({ statusCode })
  expect(statuses()).toEqual([statusCode])
  expect((await list()).map((it) => it.name)).toEqual([guid(1)])
  await expect(create(guid(1))).rejects.toMatchObject(refused(409, 'RoleAssignmentExists'))
})

test('a connection may be lost before anything was done', async () => {
  const { azure, create } = scene
  azure.cut(1)
  await expect(create(guid(1))).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(await list()).toEqual([])
})

describe('stale reads', () => {
  test('show what was before, while writes know better', async () => {
    const { azure, client, at, clock, create } = scene
    await create(guid(1))
    azure.staleReads(10_000)
    await client.roleAssignments.delete(at, guid(1))
    await create(guid(2))
    expect((await list()).map((it) => it.name)).toEqual([guid(1)])
    await expect(client.roleAssignments.get(at, guid(2))).rejects.toMatchObject({ statusCode: 404 })
    await expect(create(guid(3))).rejects.toMatchObject(refused(409, 'RoleAssignmentExists'))
    clock.now += 9999
    expect((await list()).map((it) => it.name)).toEqual([guid(1)])
    clock.now += 1
    expect((await list()).map((it) => it.name)).toEqual([guid(2)])
  })

  test('hide a schedule from its own removal', async () => {
    const { azure, client, at, clock, alice: principalId } = scene
    const ask = (n: number, requestType: string) =>
      client.roleAssignmentScheduleRequests.create(at, guid(n), {
        ...{ principalId, requestType, roleDefinitionId: roleId(reader), justification: 'x' },
        scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT1H' } },
      })
    azure.set({ pimActiveMinimumMs: 0 })
    azure.staleReads(10_000)
    await ask(1, 'AdminAssign')
    const instances = () => all(client.roleAssignmentScheduleInstances.listForScope(at))
    await expect(ask(2, 'AdminRemove')).rejects.toMatchObject(
      refused(400, 'RoleAssignmentDoesNotExist'),
    )
    expect(await instances()).toEqual([])
    clock.now += 10_000
    expect(await instances()).toHaveLength(1)
    await ask(3, 'AdminRemove')
    expect(await instances()).toHaveLength(1)
    // What ends by itself needs nobody to be told.
    clock.now = startedAt + 60 * minute
    expect(await instances()).toEqual([])
  })
})

test('what is slow is still carried out, though nobody waits for it any more', async () => {
  const { azure, client, at } = scene
  azure.slow(50)
  const stored = azure.waitFor(() => azure.assignmentsAt(at).length === 1)
  const abort = new AbortController()
  const asked = client.roleAssignments.create(
    at,
    guid(1),
    { roleDefinitionId: roleId(reader), principalId: scene.alice },
    { abortSignal: abort.signal },
  )
  const arrived = new Promise<void>((resolve) => {
    azure.intercept((_call, phase) => (phase === 'before' ? resolve() : undefined))
  })
  await arrived
  abort.abort()
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  await stored
})

describe('unreliable', () => {
  const outcomes = async (seed: number) => {
    const { azure, client, at } = scene
    azure.unreliable({ share: 0.3, seed, slowMs: 1 })
    const before = azure.calls.length
    for (let n = 0; n < 100; n += 1)
      await client.roleAssignments.delete(at, guid(n)).catch(() => undefined)
    azure.unreliable({ share: 0, seed })
    return azure.calls.slice(before).map(({ status }) => status ?? 'cut')
  }

  test('strikes its share of calls in every way, the same way for the same seed', async () => {
    const first = await outcomes(7)
    const kinds = new Set(first)
    expect(kinds).toEqual(new Set([204, 429, 500, 503, 'cut']))
    const struck = first.filter((status) => status !== 204).length
    expect(struck).toBeGreaterThan(8)
    expect(struck).toBeLessThan(35)
    expect(await outcomes(7)).toEqual(first)
    expect(await outcomes(8)).not.toEqual(first)
    expect(await list()).toEqual([])
  })
})

test('four thousand assignments are made and listed in their order', async () => {
  const { azure, group, create } = scene
  azure.set({ pageSize: 1000 })
  for (let n = 0; n < 4000; n += 1)
    azure.assign({ scope: group, principalId: guid(n), roleDefinitionId: reader, name: guid(n) })
  await expect(create(guid(4000))).rejects.toMatchObject(
    refused(400, 'RoleAssignmentLimitExceeded'),
  )
  const found = await list()
  expect([found.length, found[0]?.name, found[3999]?.name]).toEqual([4000, guid(0), guid(3999)])
})

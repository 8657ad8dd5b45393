// May this principal do this at this instant? By what is stored, and in spite of what lags.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { durationMs } from '../../sandbox/azure/spans.ts'
import {
  azureScene,
  contributor,
  guid,
  minute,
  owner,
  reader,
  roleId,
  startedAt,
  tenantId,
} from './azure-scene.ts'

type Scene = Awaited<ReturnType<typeof azureScene>>
let scene: Scene
beforeEach(async () => {
  scene = await azureScene()
})
afterEach(() => scene.azure.close())

const blobRead = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
const read = 'Microsoft.Web/sites/read'
const write = 'Microsoft.Web/sites/write'
const assignmentWrite = 'Microsoft.Authorization/roleAssignments/write'

const give = (role: string, scope = scene.group, principalId = scene.alice) =>
  scene.azure.assign({ scope, principalId, roleDefinitionId: role })

describe('a role', () => {
  test.each([
    ['Reader', reader, [true, false, false, false]],
    ['Contributor', contributor, [true, true, false, false]],
    ['Owner', owner, [true, true, true, false]],
    [
      'Storage Blob Data Contributor',
      'BA92F5B4-2D11-453D-A403-E96B0029C9FE',
      [false, false, false, true],
    ],
  ])('%s allows its actions, and data apart from them', (_name, role, wanted) => {
    const { azure, alice: principalId, group: scope } = scene
    give(role)
    const may = [read, write, assignmentWrite].map(
      (action) => azure.may({ principalId, action, scope }).allowed,
    )
    expect([...may, azure.may({ principalId, dataAction: blobRead, scope }).allowed]).toEqual(
      wanted,
    )
  })

  test('holds where it was given and below, from the management group to the resource', () => {
    const { azure, root, subscription, group, alice: principalId } = scene
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/v`
    const secret = `${vault}/secrets/s`
    const places = [root, subscription, group, vault, secret]
    const where = (given: string) => {
      const triple = { scope: given, principalId, roleDefinitionId: reader }
      azure.assign(triple)
      const seen = places.map(
        (scope) => azure.may({ principalId, action: read, scope: scope.toUpperCase() }).allowed,
      )
      azure.unassign(triple)
      return seen.indexOf(true) + (seen.lastIndexOf(true) === places.length - 1 ? 0 : 100)
    }
    expect(places.map(where)).toEqual([0, 1, 2, 3, 4])
    give(reader, `${group}/providers/Microsoft.KeyVault/vaults/vv`)
    expect(azure.may({ principalId, action: read, scope: vault }).allowed).toBe(false)
  })

  test('can be asked for itself, and comes by groups while one is in them', () => {
    const { azure, group: scope, alice: principalId, clock } = scene
    const team = azure.addPrincipal({ tenantId, name: 'team', type: 'Group' })
    give(reader, scope, team)
    const may = (at: number) =>
      azure.may({ principalId, roleDefinitionId: roleId(reader), scope, at }).allowed
    clock.now += minute
    azure.addToGroup(principalId, team)
    clock.now += minute
    azure.removeFromGroup(principalId, team)
    expect([0, 1, 2].map((n) => may(startedAt + n * minute))).toEqual([false, true, false])
    expect(azure.may({ principalId: team, roleDefinitionId: contributor, scope }).allowed).toBe(
      false,
    )
  })
})

describe('the past', () => {
  test('is judged as it stood, again and again for the same name', () => {
    const { azure, group: scope, alice: principalId, clock } = scene
    const triple = { scope, principalId, roleDefinitionId: reader, name: guid(1) }
    for (let round = 0; round < 2; round += 1) {
      clock.now += minute
      azure.assign(triple)
      clock.now += minute
      azure.unassign(triple)
    }
    const may = (at: number) => azure.may({ principalId, action: read, scope, at }).allowed
    expect([0, 1, 2, 3, 4].map((n) => may(startedAt + n * minute))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ])
    expect(azure.assignmentsAt(scope, startedAt + minute).map((it) => it.name)).toEqual([guid(1)])
    expect(azure.assignmentsAt(scope)).toEqual([])
  })

  test('says who changed what, from what to what, under which request', async () => {
    const { azure, client, at, app, create } = scene
    let requestId: string | undefined
    await client.roleAssignments.create(
      at,
      guid(1),
      { roleDefinitionId: roleId(reader), principalId: scene.alice },
      { onResponse: (raw) => (requestId = raw.headers.get('x-ms-request-id')) },
    )
    const { id } = give(contributor)
    expect(azure.history.slice(-2)).toMatchObject([
      {
        ...{ operation: 'roleAssignments.create', by: 'api', caller: app.principalId, requestId },
        ...{ before: undefined, after: { name: guid(1) }, at: startedAt },
      },
      { operation: 'assign', by: 'outside', target: id.toLowerCase(), after: { id } },
    ])
    expect(azure.foreignTo(app.principalId, at).map((it) => it.id)).toEqual([id])
    const call = { operation: 'roleAssignments.create', method: 'PUT', status: 201, at: startedAt }
    expect(azure.calls.at(-1)).toMatchObject({ ...call, body: expect.stringContaining(reader) })
    await expect(create('x')).rejects.toThrow()
    expect(azure.calls.at(-1)).toMatchObject({ ...call, status: 400 })
  })

  test('waitFor sees what was stored by the very change', async () => {
    const { azure, group } = scene
    const waiting = azure.waitFor(() => azure.assignmentsAt(group).length === 1)
    give(reader)
    await waiting
  })
})

describe('decisions that lag', () => {
  test('follow additions and removals late', () => {
    const { azure, group: scope, alice: principalId, clock } = scene
    azure.set({ additionLagMs: 60_000, removalLagMs: 120_000 })
    give(reader)
    clock.now += 10 * minute
    azure.unassign({ scope, principalId, roleDefinitionId: reader })
    const may = (ms: number) =>
      azure.may({ principalId, action: read, scope, at: startedAt + ms }).allowed
    expect([59_999, 60_000, 719_999, 720_000].map(may)).toEqual([false, true, true, false])
  })

  test('know a schedule’s own end to the second, and a session opened just before ends with it', async () => {
    const { azure, client, at, alice: principalId, clock, group: scope } = scene
    azure.set({ removalLagMs: 10 * minute })
    await client.roleAssignmentScheduleRequests.create(at, guid(1), {
      ...{ roleDefinitionId: roleId(reader), principalId, requestType: 'AdminAssign' },
      justification: 'a review',
      scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT15M' } },
    })
    const end = startedAt + 15 * minute
    clock.now = end - 1000
    const session = azure.openSession(principalId)
    const may = (moment: number) =>
      azure.sessionMay(session, { action: read, scope, at: moment }).allowed
    expect([end - 1001, end - 1000, end - 1, end].map(may)).toEqual([false, true, true, false])
    // Ended early, by somebody: that does lag, but never past its own end.
    azure.unassign({ scope, principalId, roleDefinitionId: reader })
    expect([end - 1, end].map(may)).toEqual([true, false])
    expect([end - 1001, end - 1000].map((t) => azure.assignmentsAt(scope, t).length)).toEqual([
      1, 0,
    ])
  })

  test('a session ends with its token', () => {
    const { azure, alice, group: scope } = scene
    give(reader)
    const session = azure.openSession(alice)
    const may = (at: number) => azure.sessionMay(session, { action: read, scope, at }).allowed
    expect([60 * minute - 1, 60 * minute].map((ms) => may(startedAt + ms))).toEqual([true, false])
  })
})

test.each([
  ['PT1H', 3_600_000],
  ['P1DT1M1.5S', 86_461_500],
  ['P1W', 604_800_000],
  ['PT', undefined],
  ['P', undefined],
  ['1H', undefined],
])('the duration %s', (text, ms) => expect(durationMs(text)).toBe(ms))

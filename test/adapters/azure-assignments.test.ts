// Plain assignments, whom they find standing, and what is listed at a scope.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAzure } from '../../src/adapters/azure/create-azure.ts'
import { CloudError } from '../../src/domain/errors.ts'
import { sharedIdOf } from '../../src/domain/lanes/bindings-of.ts'
import type { AzureRoleAssignment, Binding } from '../../src/domain/lanes/types.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { azureClient } from '../support/azure-client.ts'
import {
  contributor,
  hour,
  instance,
  laneOfAzure,
  minute,
  reader,
  setUpAzure,
  tenantId,
  type AzureSetup,
} from './azure.setup.ts'

let t: AzureSetup
beforeEach(async () => {
  t = await setUpAzure('assignment')
})
afterEach(() => t.azure.close())

const put = (binding: Binding, lane = t.lane) =>
  changeOne(t.cloud, lane, { do: 'put', binding }, freeGuard())
const remove = (binding: Binding, lane = t.lane) =>
  changeOne(t.cloud, lane, { do: 'remove', binding }, freeGuard())
const stateOf = async (binding: Binding, lane = t.lane) =>
  (await t.cloud.observe(lane, [binding], freeGuard())).bindings.get(binding.id)?.state
const triple = (principalId = t.person(1), scope = t.scope) => ({
  principalId,
  scope,
  roleDefinitionId: reader,
})

test('a scope that is written in another case is the same lane, and the same assignment', async () => {
  await put(t.binding(1))
  const written = t.scope.replace('shop-prod', 'Shop-PROD')
  const { principal, ...same } = t.binding(1)
  const binding = { ...same, principal, role: t.role({ scope: written }) }
  const lane = { ...t.lane, scope: written }
  expect(await stateOf(binding, lane)).toBe('present')
  await put(binding, lane)
  await remove(binding, lane)
  expect(t.azure.assignmentsAt(t.scope)).toEqual([])
  const elsewhere = laneOfAzure({ principal, role: t.role({ scope: `${t.scope}-2` }) })
  expect(await kindOfFailure(put(binding, elsewhere))).toBe('invalid')
})

test('whoever is made anew under the same name is somebody else', async () => {
  await put(t.binding(1))
  const successor = t.azure.recreatePrincipal(t.person(1))
  expect(t.azure.may(triple(successor)).allowed).toBe(false)
  const principal = { cloud: 'azure', objectId: successor, name: undefined } as const
  const theirs = { ...t.binding(1), principal, id: sharedIdOf(t.role(), principal) ?? '' }
  expect(await stateOf(theirs)).toBe('absent')
  // What hung on the former one can still be taken away.
  await remove(t.binding(1))
  expect(t.azure.assignmentsAt(t.scope)).toEqual([])
  expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
  t.advance(3 * minute)
  expect(await kindOfFailure(put(t.binding(1)))).toBe('missing')
})

test('somebody new is given it at once, as it is said that they are a user', async () => {
  t.azure.set({ principalReplicationMs: hour })
  await put(t.binding(2))
  expect(t.azure.may(triple(t.person(2))).allowed).toBe(true)
  const group = t.azure.addPrincipal({ tenantId, name: 'team', type: 'Group' })
  const principal = { cloud: 'azure', objectId: group, name: undefined } as const
  expect(await kindOfFailure(put({ ...t.binding(1), principal }))).toBe('invalid')
})

test("what others made is refused in words, and stays; what reads don't show yet is no reason to", async () => {
  const { id } = t.azure.assign(triple())
  await expect(put(t.binding(1))).rejects.toThrow('they have this already, without Hallpass')
  await remove(t.binding(1))
  expect(t.azure.assignmentsAt(t.scope).map((it) => it.id)).toEqual([id])
  t.azure.staleReads(10_000)
  t.azure.assign(triple(t.person(2)))
  expect(await kindOfFailure(put(t.binding(2)))).toBe('transient')
  await put(t.binding(3))
  expect(await kindOfFailure(put(t.binding(3)))).toBe('transient')
  t.advance(10_000)
  expect(await kindOfFailure(put(t.binding(2)))).toBe('invalid')
  expect(await kindOfFailure(put(t.binding(3)))).toBe('none')
})

test('what they have above the scope, or as another role there, is another thing', async () => {
  const subscription = t.scope.split('/').slice(0, 3).join('/')
  t.azure.assign(triple(t.person(1), subscription))
  t.azure.assign({ ...triple(), roleDefinitionId: contributor })
  const [plain, pim] = [t.binding(1), { ...t.binding(1), role: t.role({ mode: 'pim' }) }]
  expect([await stateOf(plain), await stateOf(pim)]).toEqual(['absent', 'absent'])
  await put(plain)
  await remove(plain)
  await put(pim)
  expect(t.azure.assignmentsAt(subscription)).toHaveLength(1)
})

test('every page is read, and the evidence is of the first', async () => {
  for (const n of [1, 2, 3, 4, 5]) await put(t.binding(n))
  t.azure.set({ pageSize: 2 })
  const startedAt = t.now()
  const stop = t.azure.intercept((_, phase) => {
    if (phase === 'after') t.advance(1000)
  })
  const all = [1, 2, 3, 4, 5].map((n) => t.binding(n))
  const seen = await t.cloud.observe(t.lane, all, freeGuard())
  stop()
  expect([...seen.bindings.values()].every(({ state }) => state === 'present')).toBe(true)
  expect([t.now() - startedAt, seen.evidence.cloudAt]).toEqual([3000, startedAt])
})

test('a condition that somebody put on it makes it another one', async () => {
  await put(t.binding(1))
  const [made] = t.azure.assignmentsAt(t.scope)
  const others = azureClient(t.azure.url, t.azure.appCredentials(tenantId), 'any')
  await others.roleAssignments.create(t.scope.slice(1), made?.name ?? '', {
    roleDefinitionId: reader,
    principalId: t.person(1),
    description: made?.description ?? '',
    condition: 'true',
    conditionVersion: '2.0',
  })
  expect(await stateOf(t.binding(1))).toBe('different')
})

test('only some writes are under way at once', async () => {
  let [now, most] = [0, 0]
  const stop = t.azure.intercept(({ operation }, phase) => {
    if (operation !== 'roleAssignments.delete') return
    now += phase === 'before' ? 1 : -1
    most = Math.max(most, now)
  })
  const changes = Array.from({ length: t.cloud.changesAtOnce }, (_, n) => ({
    do: 'remove' as const,
    binding: { ...t.binding(1), id: `another-${n}` },
  }))
  t.azure.slow(20)
  const applied = await t.cloud.apply(t.lane, changes, freeGuard())
  stop()
  expect([...applied.values()].every(({ ok }) => ok)).toBe(true)
  expect([applied.size, most]).toEqual([16, 8])
})

test('a resource group that is gone took with it all that stood there', async () => {
  await put(t.binding(1))
  const gone = (code: string) =>
    t.azure.fail(2, { status: 404, code }, 'roleAssignments.listForScope')
  gone('ResourceGroupNotFound')
  expect(await stateOf(t.binding(1))).toBe('absent')
  await stateOf(t.binding(1))
  // One that Hallpass only cannot see is answered in the same way.
  gone('SubscriptionNotFound')
  expect(await kindOfFailure(stateOf(t.binding(1)))).toBe('missing')
})

describe('standing', () => {
  const standing = (role: Partial<AzureRoleAssignment> = {}) =>
    t.cloud.standing(t.role(role), t.binding(1).principal, freeGuard())

  test.each(['pim', 'assignment'] as const)(
    'by %s: what Hallpass gave does not count',
    async (mode) => {
      const binding = { ...t.binding(1), role: t.role({ mode }) }
      expect(await standing({ mode })).toBe(false)
      await put(binding)
      expect(await standing({ mode })).toBe(false)
      expect(await standing({ mode, roleId: contributor })).toBe(false)
    },
  )

  test.each(['pim', 'assignment'] as const)(
    'by %s: what others gave does, from above and through a group too',
    async (mode) => {
      const subscription = t.scope.split('/').slice(0, 3).join('/')
      const group = t.azure.addPrincipal({ tenantId, name: 'team', type: 'Group' })
      for (const [who, where] of [
        [t.person(1), t.scope],
        [t.person(1), subscription],
        [group, t.scope],
      ] as const) {
        t.azure.addToGroup(t.person(1), group)
        t.azure.assign(triple(who, where))
        expect(await standing({ mode })).toBe(true)
        t.azure.unassign(triple(who, where))
        expect(await standing({ mode })).toBe(false)
      }
    },
  )
})

test('what stands at a scope is listed with its marks, and can be removed by what is told of it', async () => {
  await put(t.binding(1))
  await put({ ...t.binding(2), role: t.role({ mode: 'pim' }) })
  t.azure.assign({ ...triple(t.bob), roleDefinitionId: contributor })
  const foreign = createAzure({ ...t.options, instance: 'other' })
  await changeOne(foreign, t.lane, { do: 'put', binding: t.binding(3) }, freeGuard())
  const { found } = await t.cloud.list({ cloud: 'azure', scope: t.scope }, freeGuard())
  expect(
    found.map((it) => [
      it.kind,
      it.kind === 'marked' ? it.instance : it.what,
      it.binding.role.mode,
      it.binding.principal.cloud === 'azure' && it.binding.principal.objectId,
    ]),
  ).toEqual([
    ['marked', instance, 'assignment', t.person(1)],
    [
      'unmarked',
      `Entra user ${t.bob} with the role Contributor at ${t.scope}`,
      'assignment',
      t.bob,
    ],
    ['marked', 'other', 'assignment', t.person(3)],
    ['marked', instance, 'pim', t.person(2)],
  ])
  const [plain, , , pim] = found.map(({ binding }) => binding)
  expect(plain).toMatchObject({ id: t.binding(1).id, sessionName: 'hallpass-01234567891' })
  expect(pim?.endsAt).toBe(t.binding(2).endsAt)
  t.advance(5 * minute)
  for (const it of found)
    if (it.kind === 'marked' && it.instance === instance) await remove(it.binding, t.lane)
  const left = t.azure.assignmentsAt(t.scope).map(({ principalId }) => principalId)
  expect(left.toSorted()).toEqual([t.bob, t.person(3)].toSorted())
  t.azure.setLicence(tenantId, false)
  expect((await t.cloud.list({ cloud: 'azure', scope: t.scope }, freeGuard())).found).toHaveLength(
    2,
  )
})

test('an answer that does not tell the time proves nothing', async () => {
  const stop = t.azure.intercept((_, phase) =>
    phase === 'after' ? new Response('{"value":[]}', { headers: { date: 'no' } }) : undefined,
  )
  await expect(stateOf(t.binding(1))).rejects.toThrow(CloudError)
  stop()
})

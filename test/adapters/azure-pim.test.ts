// What Privileged Identity Management does that no other cloud does, and what must come of it.
import type { RoleAssignmentScheduleRequest } from '@azure/arm-authorization'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAzure } from '../../src/adapters/azure/create-azure.ts'
import { CloudError } from '../../src/domain/errors.ts'
import type { Binding } from '../../src/domain/lanes/types.ts'
import type { CallGuard } from '../../src/workflows/ports.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { azureClient } from '../support/azure-client.ts'
import {
  hour,
  instance,
  minute,
  reader,
  setUpAzure,
  startedAt,
  tenantId,
  type AzureSetup,
} from './azure.setup.ts'

let t: AzureSetup
beforeEach(async () => {
  t = await setUpAzure('pim')
})
afterEach(() => t.azure.close())

const put = (binding: Binding, guard = freeGuard(), cloud = t.cloud) =>
  changeOne(cloud, t.lane, { do: 'put', binding }, guard)
const remove = (binding: Binding, guard = freeGuard(), cloud = t.cloud) =>
  changeOne(cloud, t.lane, { do: 'remove', binding }, guard)
const stateOf = async (binding: Binding) =>
  (await t.cloud.observe(t.lane, [binding], freeGuard())).bindings.get(binding.id)?.state
const failureOf = async (work: Promise<unknown>): Promise<CloudError> => {
  const error: unknown = await work.catch((caught: unknown) => caught)
  if (error instanceof CloudError) return error
  throw new Error('It did not fail as a cloud does', { cause: error })
}
const held = (n = 1) => ({ principalId: t.person(n), scope: t.scope, roleDefinitionId: reader })
const may = (at?: number) => t.azure.may({ ...held(), ...(at === undefined ? {} : { at }) }).allowed
const requests = () =>
  t.azure.calls.filter(({ operation }) => operation === 'roleAssignmentScheduleRequests.create')
const typesAsked = () => requests().map(({ body }) => /"requestType":"(\w+)"/.exec(body)?.[1])

/** Somebody else in the tenant, by the same means. */
const another = (name: string, request: RoleAssignmentScheduleRequest) =>
  azureClient(
    t.azure.url,
    t.azure.appCredentials(tenantId),
    'any',
  ).roleAssignmentScheduleRequests.create(t.scope.slice(1), name, {
    roleDefinitionId: reader,
    principalId: t.person(1),
    justification: 'mine',
    ...request,
  })
const until = (at: number) => ({
  scheduleInfo: { expiration: { type: 'AfterDateTime', endDateTime: new Date(at) } },
})
const nameOfOthers = '11111111-1111-4111-8111-111111111111'

test('Azure itself ends it, to the second, also for a session that was opened just before', async () => {
  const binding = t.binding(1)
  await put(binding)
  t.advance(hour - 1000)
  const session = t.azure.openSession(t.person(1))
  const { scope, roleDefinitionId } = held()
  const inUse = (at: number) => t.azure.sessionMay(session, { scope, roleDefinitionId, at }).allowed
  expect([inUse(binding.endsAt - 1), inUse(binding.endsAt)]).toEqual([true, false])
  t.advance(1000)
  expect([may(), await stateOf(binding)]).toEqual([false, 'absent'])
  const writes = requests().length
  await remove(binding)
  expect(requests()).toHaveLength(writes + 1)
})

test('two grants of one role to one person hold one schedule, to the end of the later one', async () => {
  const first = t.binding(1)
  const second = { ...t.binding(1, { sessionName: 'hallpass-98765' }), endsAt: first.endsAt + hour }
  expect(second.id).toBe(first.id)
  await put(first)
  await put(second)
  expect(await stateOf(second)).toBe('present')
  t.advance(10 * minute)
  // The later one ends early: what is left ends with the first.
  await put(first)
  expect([may(first.endsAt - 1), may(first.endsAt)]).toEqual([true, false])
  expect(typesAsked()).toEqual(['AdminAssign', 'AdminUpdate', 'AdminUpdate'])
  expect(t.azure.schedulesAt(t.scope)).toHaveLength(1)
  expect(may(startedAt + minute)).toBe(true)
})

test('nothing is removed in its first five minutes: it says from when on, and the own end holds', async () => {
  const binding = t.binding(1)
  await put(binding)
  t.advance(2 * minute)
  const error = await failureOf(remove(binding))
  expect([error.kind, error.retryAfterMs]).toEqual(['transient', 3 * minute + 1000])
  expect(error.message).toContain('2031-05-01T09:05:00Z')
  expect(may()).toBe(true)
  t.advance(error.retryAfterMs ?? 0)
  await remove(binding)
  expect([may(), await stateOf(binding)]).toEqual([false, 'absent'])
  const short = { ...binding, startsAt: t.now(), endsAt: t.now() + 2 * minute }
  await put(short)
  const over = await failureOf(remove(short))
  expect([over.kind, over.retryAfterMs]).toEqual(['transient', 2 * minute + 1000])
  t.advance(2 * minute)
  expect([may(), await kindOfFailure(remove(short))]).toEqual([false, 'none'])
})

test('what Azure takes its time for is waited for within bounds, and found the next time', async () => {
  t.azure.set({ pimProvisioningMs: 10_000 })
  expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
  expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
  expect(await kindOfFailure(remove(t.binding(1)))).toBe('transient')
  t.advance(10_000)
  expect([await stateOf(t.binding(1)), may()]).toEqual(['present', true])
  expect(await kindOfFailure(put(t.binding(1)))).toBe('none')
  expect(typesAsked()).toEqual(['AdminAssign'])
  // It settles while it is looked at.
  t.advance(10 * minute)
  const stop = t.azure.intercept(({ operation }) => {
    if (operation === 'roleAssignmentScheduleRequests.get') t.advance(10_000)
  })
  await remove(t.binding(1))
  stop()
  expect(may()).toBe(false)
})

test('a request that failed is made again, under a name that is not taken', async () => {
  t.azure.set({ pimFailures: 2 })
  expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
  expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
  await put(t.binding(1))
  expect(new Set(requests().map(({ path }) => path)).size).toBe(3)
  expect(may()).toBe(true)
})

test('what a stalled worker sends late does nothing: its name is taken by then', async () => {
  t.azure.set({ pimActiveMinimumMs: 0 })
  const arrived = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const stop = t.azure.intercept(async ({ operation }, phase) => {
    if (phase !== 'before' || operation !== 'roleAssignmentScheduleRequests.create') return
    stop()
    arrived.resolve()
    await released.promise
  })
  const stalled = put(t.binding(1))
  await arrived.promise
  const other = createAzure(t.options)
  await put(t.binding(1), freeGuard(), other)
  await remove(t.binding(1), freeGuard(), other)
  released.resolve()
  expect(await kindOfFailure(stalled)).toBe('conflict')
  expect([may(), t.azure.schedulesAt(t.scope).length]).toEqual([false, 1])
})

test('reads that are behind neither give twice nor keep anything from being taken away', async () => {
  t.azure.set({ pimActiveMinimumMs: 0 })
  const [first, second] = [t.binding(1), { ...t.binding(1), endsAt: startedAt + 2 * hour }]
  t.azure.staleReads(10_000)
  await put(first)
  expect(await stateOf(first)).toBe('absent')
  expect(['transient', 'conflict']).toContain(await kindOfFailure(put(first)))
  expect(t.azure.schedulesAt(t.scope)).toHaveLength(1)
  // Azure itself may not know it yet, and then says that there is nothing to remove: reading it back tells otherwise.
  await remove(first)
  t.advance(10_000)
  expect([await stateOf(first), may()]).toEqual(['present', true])
  await remove(first)
  expect(may()).toBe(false)
  // What is not shown now is its removal.
  expect(await stateOf(first)).toBe('present')
  expect(['transient', 'conflict']).toContain(await kindOfFailure(remove(first)))
  t.advance(10_000)
  expect([await stateOf(first), await kindOfFailure(remove(first))]).toEqual(['absent', 'none'])
  await put(second)
  expect(may(second.endsAt - 1)).toBe(true)
})

test('only what is lost on the way back: asked again, it is there once', async () => {
  t.azure.applyThenCut(1, 'roleAssignmentScheduleRequests.create')
  expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
  await put(t.binding(1))
  expect([t.azure.schedulesAt(t.scope).length, typesAsked()]).toEqual([1, ['AdminAssign']])
})

test('what goes away while it is removed is read again before that is believed', async () => {
  await put(t.binding(1))
  t.advance(5 * minute)
  const stop = t.azure.intercept(({ operation }, phase) => {
    if (phase !== 'before' || operation !== 'roleAssignmentScheduleRequests.create') return
    t.azure.unassign(held())
    stop()
  })
  expect(await kindOfFailure(remove(t.binding(1)))).toBe('transient')
  expect(await kindOfFailure(remove(t.binding(1)))).toBe('none')
})

describe('what somebody else did', () => {
  test.each([
    [
      'by PIM',
      () => another(nameOfOthers, { requestType: 'AdminAssign', ...until(startedAt + 2 * hour) }),
    ],
    ['plainly', async () => t.azure.assign(held())],
  ])('%s is refused in words, and neither changed nor removed', async (_, make) => {
    await make()
    t.advance(minute)
    const before = t.azure.assignmentsAt(t.scope)
    const error = await failureOf(put(t.binding(1)))
    expect([error.kind, error.message]).toEqual([
      'invalid',
      expect.stringContaining('they have this already, without Hallpass'),
    ])
    expect(await stateOf(t.binding(1))).toBe('absent')
    const writes = requests().length
    await remove(t.binding(1))
    expect([requests().length, t.azure.assignmentsAt(t.scope)]).toEqual([writes, before])
  })

  test('to what is ours is different, and is put back', async () => {
    await put(t.binding(1))
    await another(nameOfOthers, { requestType: 'AdminUpdate', ...until(startedAt + 3 * hour) })
    expect(await stateOf(t.binding(1))).toBe('different')
    await put(t.binding(1))
    expect([await stateOf(t.binding(1)), may(startedAt + hour)]).toEqual(['present', false])
  })

  test('that was asked for a moment ago is not taken for foreign before it is shown', async () => {
    t.azure.staleReads(10_000)
    await put(t.binding(1))
    t.azure.staleReads(0)
    // The schedule is shown by now, and what asked for it is not.
    const hidden = t.azure.intercept(({ operation }, phase) =>
      phase === 'before' && operation === 'roleAssignmentScheduleRequests.listForScope'
        ? Response.json(
            { value: [] },
            {
              headers: {
                'x-ms-request-id': randomUUID(),
                date: new Date(t.now()).toUTCString(),
              },
            },
          )
        : undefined,
    )
    expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
    expect(await kindOfFailure(remove(t.binding(1)))).toBe('transient')
    expect(await kindOfFailure(stateOf(t.binding(1)))).toBe('transient')
    hidden()
    expect(await stateOf(t.binding(1))).toBe('present')
  })
})

test.each([
  [
    'invalid',
    'ExpirationRule',
    () => t.azure.setRules({}, { maximumDuration: 'PT30M', expirationRequired: true }),
  ],
  ['denied', 'lock', () => t.azure.lock(t.scope, 'ReadOnly')],
  ['denied', 'licence', () => t.azure.setLicence(tenantId, false)],
])('%s, with %s in its words', async (kind, word, prepare) => {
  prepare()
  const error = await failureOf(put(t.binding(1)))
  expect([error.kind, error.message]).toEqual([kind, expect.stringContaining(word)])
  expect(may()).toBe(false)
})

test('whoever is not known yet is waited for, and then said to be missing', async () => {
  t.azure.removePrincipal(t.person(1))
  expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
  t.advance(3 * minute)
  expect(await kindOfFailure(put(t.binding(1)))).toBe('missing')
  t.azure.set({ principalReplicationMs: minute })
  const late = t.binding(1, { startsAt: t.now() })
  expect(await kindOfFailure(put(late))).toBe('transient')
})

test('many at once cost one look, and each write asks for itself whether it may leave', async () => {
  let left = 4
  const guard: CallGuard = {
    ...freeGuard(),
    check() {
      left -= 1
      if (left < 0) throw new CloudError('transient', 'the claim is over')
    },
  }
  const changes = [1, 2, 3, 4, 5].map((n) => ({ do: 'put', binding: t.binding(n) }) as const)
  const applied = await t.cloud.apply(t.lane, changes, guard)
  expect([...applied.values()].filter(({ ok }) => ok)).toHaveLength(2)
  expect(t.azure.calls).toHaveLength(4)
  const again = await t.cloud.apply(t.lane, changes, freeGuard())
  expect([...again.values()].every(({ ok }) => ok)).toBe(true)
  // One look, and the three that were missing.
  expect(t.azure.calls).toHaveLength(4 + 2 + 3)
})

test('a request says whose it is', async () => {
  await put(t.binding(1))
  expect(requests()[0]?.body).toContain(`"justification":"hallpass-${instance}-01234567891"`)
})

describe('a scope that is gone', () => {
  beforeEach(async () => {
    await put(t.binding(1))
    t.advance(10 * minute)
    t.azure.fail(100, { status: 404, code: 'ResourceGroupNotFound' })
  })

  test('took with it what stood there: its removal is over', async () => {
    expect(await stateOf(t.binding(1))).toBe('absent')
    expect(await kindOfFailure(remove(t.binding(1)))).toBe('none')
  })

  test('gives nobody anything', async () => {
    expect(await kindOfFailure(put(t.binding(1)))).toBe('missing')
  })
})

test('that there is nothing to remove may be said with either status', async () => {
  const answer = { status: 404, code: 'RoleAssignmentDoesNotExist' }
  t.azure.fail(1, answer, 'roleAssignmentScheduleRequests.create')
  expect(await kindOfFailure(remove(t.binding(1)))).toBe('none')
  await put(t.binding(1))
  t.advance(10 * minute)
  t.azure.fail(1, answer, 'roleAssignmentScheduleRequests.create')
  expect(await kindOfFailure(remove(t.binding(1)))).toBe('transient')
  expect(await kindOfFailure(remove(t.binding(1)))).toBe('none')
  expect(may()).toBe(false)
})

describe('a request that is under way for long', () => {
  /** Azure shows the requests that it has, told in another way: `by` gets each as it is on the wire. */
  const retold = (by: (request: Record<string, unknown>) => Record<string, unknown>) => {
    const auditor = t.azure.appCredentials(tenantId)
    let isOurs = false
    return t.azure.intercept(async ({ operation, path }, phase) => {
      if (phase !== 'before' || isOurs || !operation.startsWith('roleAssignmentScheduleRequests.'))
        return undefined
      if (operation.endsWith('.create')) return undefined
      isOurs = true
      const headers = { authorization: `Bearer ${auditor.token().token}` }
      const query = `api-version=2020-10-01${operation.endsWith('.get') ? '' : '&$filter=atScope()'}`
      const answer = await fetch(`${t.azure.url}${path}?${query}`, { headers })
      isOurs = false
      const body: unknown = await answer.json()
      const told = JSON.stringify(body, (name, value: unknown) =>
        name === 'properties' ? by({ ...(value as Record<string, unknown>) }) : value,
      )
      const date = answer.headers.get('date') ?? ''
      return new Response(told, {
        status: answer.status,
        headers: { 'content-type': 'application/json', 'x-ms-request-id': randomUUID(), date },
      })
    })
  }

  test('of somebody else, who leaves it unapproved, keeps nothing of ours from being removed', async () => {
    await put(t.binding(1))
    await another(nameOfOthers, { requestType: 'AdminUpdate', ...until(startedAt + 2 * hour) })
    t.advance(10 * minute)
    const isMine = ({ justification }: Record<string, unknown>) => justification === 'mine'
    retold((it) => (isMine(it) ? { ...it, status: 'PendingApproval' } : it))
    expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
    expect(await kindOfFailure(remove(t.binding(1)))).toBe('none')
    expect(may()).toBe(false)
  })

  test.each(['Granted', 'AdminApproved'])('is not done when it is %s', async (status) => {
    t.azure.set({ pimProvisioningMs: hour })
    const stop = retold((it) => ({ ...it, status }))
    expect(await kindOfFailure(put(t.binding(1)))).toBe('transient')
    expect(await kindOfFailure(remove(t.binding(1)))).toBe('transient')
    stop()
  })

  test('of ours is not waited for without end: what it would bring is removed, or never comes', async () => {
    t.azure.set({ pimProvisioningMs: 10_000 })
    const binding = t.binding(1)
    await kindOfFailure(put(binding))
    t.advance(11 * minute)
    t.azure.set({ pimProvisioningMs: 0 })
    retold((it) => ({ ...it, status: 'Granted' }))
    expect(await kindOfFailure(remove(binding))).toBe('none')
    expect(may()).toBe(false)
    // There is nothing now, and what is under way may still bring it.
    expect(await kindOfFailure(remove(binding))).toBe('transient')
    t.advance(hour)
    await remove(binding)
  })
})

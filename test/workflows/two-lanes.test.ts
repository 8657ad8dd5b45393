// One grant with lanes in two clouds: what one of them tells of itself must not contradict the other, nor wake it.
import { expect, test } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import { bindingsOf } from '../../src/domain/lanes/bindings-of.ts'
import { laneOf } from '../../src/domain/lanes/lane-of.ts'
import type { Observation } from '../../src/domain/lanes/types.ts'
import { convergeLane } from '../../src/workflows/converge-lane.ts'
import { changesOf } from '../../src/workflows/decide-all.ts'
import type { Offer } from '../../src/domain/grants/types.ts'
import {
  assume,
  grantAfter,
  inline,
  instance,
  minute,
  offer,
  principal,
  request,
  revoke,
  start,
} from '../domain/grants.fixtures.ts'
import { fakeDeps } from '../support/fakes.ts'

/** Standing in for another cloud: another account, whose lane is another one all the same. */
const elsewhere = { ...principal, account: '222233334444', userId: 'AIDA2' }
const bindings = [
  { role: inline, principal },
  { role: { ...inline, account: elsewhere.account }, principal: elsewhere },
]
const overTwo: Offer = { ...offer, bindings, residualSeconds: 0 }
const [one, two] = bindings.map((binding) => laneOf(binding))

function world(of = overTwo) {
  const made = fakeDeps()
  const grant = grantAfter([request(of, { id: 'one' }), start])
  if (grant.phase !== 'approved' || one === undefined || two === undefined)
    throw new Error('It has two lanes')
  made.ledger.addGrant(grant)
  const records = bindingsOf(of, grant.id, instance, grant.approvedAt, grant.endsAt).map(
    (binding) => ({
      binding,
      desired: 'present' as const,
      ...{ attemptedAt: undefined, presentAt: undefined, missedAt: undefined },
      ...{ removedAt: undefined, certainAt: undefined, sessionsUntil: undefined },
    }),
  )
  for (const lane of [one, two])
    made.ledger.addLane(
      lane,
      records.filter(({ binding }) => binding.laneId === lane.id),
    )
  const { cloud } = made
  const observe = cloud.observe.bind(cloud)
  const down = new Map<string, string>()
  cloud.observe = async (lane, wanted): Promise<Observation> => {
    const because = down.get(lane.id)
    if (because !== undefined) throw new CloudError('transient', because)
    return observe(lane, wanted)
  }
  const converge = async (lane: typeof one, times = 1) => {
    for (let time = 0; time < times; time += 1) await convergeLane(made.deps, lane?.id ?? '')
  }
  const stuck = () => made.ledger.grants.get('one')?.grant.stuck?.because
  const nudged = () =>
    made.nudges.splice(0).flatMap(({ kind, id }) => (kind === 'lane' ? [id] : []))
  return { ...made, one, two, down, converge, stuck, nudged }
}

test('a lane that is well does not take back that another one is stuck, and does not wake it', async () => {
  const { one: first, two: second, down, converge, stuck, nudged, turn } = world()
  down.set(first.id, 'AWS is down.')
  await converge(second)
  await converge(first, 3)
  expect(stuck()).toBe('AWS is down.')
  turn(6 * minute)
  await converge(second)
  expect(stuck()).toBe('AWS is down.')
  expect(nudged()).toEqual([])
  down.clear()
  await converge(first)
  expect(stuck()).toBeUndefined()
})

test('two lanes that are stuck tell the same, and the first to be well leaves what the other has to say', async () => {
  const { one: first, two: second, down, converge, stuck, ledger } = world()
  down.set(first.id, 'AWS is down.').set(second.id, 'Azure is down.')
  await converge(first, 3)
  await converge(second, 3)
  expect(stuck()).toBe('AWS is down. Azure is down.')
  const told = ledger.commits.length
  await converge(first)
  await converge(second)
  const more = ledger.commits.slice(told).flatMap(({ grants = [] }) => grants)
  expect(more).toEqual([])
  down.delete(first.id)
  await converge(first)
  await converge(second)
  expect(stuck()).toBe('Azure is down.')
})

test('a grant is not over by what the last lane proves while another one has found something again', async () => {
  const { one: first, two: second, down, converge, cloud, ledger, deps, turn } = world()
  await converge(first)
  await converge(second)
  const grant = () => {
    const row = ledger.grants.get('one')
    if (row === undefined) throw new Error('It is kept')
    return row.grant
  }
  const now = deps.clock.now()
  await ledger.commit({
    now,
    grants: changesOf([{ grant: grant(), command: revoke }], now),
  })
  down.set(second.id, 'Azure is down.')
  const settle = async (lane: typeof first) => {
    await converge(lane)
    turn(2_000)
    await converge(lane)
  }
  await settle(first)
  const { bindingId = '' } = grant().holds.find(({ state }) => state === 'gone') ?? {}
  expect(bindingId).not.toBe('')

  cloud.standingThere.add(bindingId)
  cloud.before = (call) => {
    if (call === `remove ${bindingId}`) throw new CloudError('denied', 'AWS: denied')
  }
  await converge(first)
  down.clear()
  await settle(second)
  expect(grant().phase).toBe('ending')

  cloud.before = () => undefined
  await settle(first)
  expect(grant().phase).toBe('ended')
})

test('a grant whose last part was proven where no clock was asked is over once the other cloud tells the time', async () => {
  const sessions: Offer = {
    ...overTwo,
    bindings: overTwo.bindings.map((each, index) =>
      index === 0 ? { ...each, role: assume } : each,
    ),
    residualSeconds: 600,
  }
  const { one: first, two: second, down, converge, cloud, ledger, deps, turn } = world(sessions)
  const grant = () => {
    const row = ledger.grants.get('one')
    if (row === undefined) throw new Error('It is kept')
    return row.grant
  }
  // Somebody else's, for which the second cloud has to be asked.
  const [any] = [...ledger.bindings.values()]
  if (any === undefined) throw new Error('It has bindings')
  const theirs = { ...any.binding, id: 'theirs', laneId: second.id }
  ledger.bindings.set('theirs', { ...any, binding: theirs, attemptedAt: start, presentAt: start })
  cloud.standingThere.add('theirs')
  down.set(second.id, 'Azure is down.')
  await converge(first)
  await converge(second)
  const now = deps.clock.now()
  await ledger.commit({ now, grants: changesOf([{ grant: grant(), command: revoke }], now) })
  await converge(first)
  turn(2_000)
  await converge(first)
  turn(20 * minute)
  await converge(first)
  expect(grant().phase).toBe('ending')

  down.clear()
  const dirty = () => ledger.commits.flatMap(({ dirtyLanes = [] }) => dirtyLanes)
  const before = dirty().length
  await converge(second)
  expect(dirty().slice(before)).toEqual([first.id])
  await converge(first)
  expect(grant().phase).toBe('ended')
  expect(dirty().slice(before)).toEqual([first.id])
})

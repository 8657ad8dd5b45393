import { describe, expect, it } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import { laneOf } from '../../src/domain/lanes/lane-of.ts'
import { placeId, type Found } from '../../src/domain/lanes/places.ts'
import type { AwsRole, BindingRecord } from '../../src/domain/lanes/types.ts'
import { convergeLane } from '../../src/workflows/converge-lane.ts'
import { reconcile } from '../../src/workflows/reconcile/reconcile.ts'
import { scheduledReconciling } from '../../src/workflows/reconcile/scheduled.ts'
import { hour, instance, minute, principal, start } from '../domain/grants.fixtures.ts'
import type { ClaimKey } from '../../src/workflows/ports.ts'
import { underClaim } from '../../src/workflows/under-claim.ts'
import { fakeDeps } from '../support/fakes.ts'
import { logsPolicy } from '../support/policies.ts'

const { account } = principal
const allow: AwsRole = { cloud: 'aws', mode: 'inline-permissions', account, allow: [] }
const oncall: AwsRole = { cloud: 'aws', mode: 'group', account, group: 'oncall' }
const everywhere = placeId({ cloud: 'aws', kind: 'account', account })
const inGroup = placeId({ cloud: 'aws', kind: 'group', account, group: 'oncall' })
const operator = { kind: 'operator', name: 'root' } as const

function standing(id: string, role: AwsRole = allow) {
  const lane = laneOf({ role, principal })
  const binding = {
    id,
    laneId: lane.id,
    name: id,
    sessionName: id,
    principal,
    role,
    startsAt: start,
    endsAt: start + 48 * hour,
    residualSeconds: 0,
  }
  return { binding, lane }
}
const marked = (id: string, of = instance): Found => ({
  kind: 'marked',
  instance: of,
  ...standing(id),
})
const member = (id: string): Found => ({
  kind: 'unmarked',
  what: `IAM user ${id}`,
  ...standing(id, oncall),
})

const record = (
  id: string,
  more: Partial<BindingRecord> = {},
  role: AwsRole = allow,
): BindingRecord => ({
  binding: standing(id, role).binding,
  desired: 'present',
  attemptedAt: start,
  presentAt: start,
  missedAt: undefined,
  removedAt: undefined,
  certainAt: undefined,
  sessionsUntil: undefined,
  ...more,
})
const over: Partial<BindingRecord> = {
  desired: 'absent',
  removedAt: start - hour,
  certainAt: start - hour,
}

/** A ledger that knows these bindings, and a cloud in which those stand. */
function world(records: readonly BindingRecord[], found: readonly Found[]) {
  const made = fakeDeps()
  const { deps, ledger, cloud } = made
  const { lane } = standing('any')
  ledger.addLane(lane, records)
  cloud.places.set(everywhere, found)
  for (const { binding } of found) cloud.standingThere.add(binding.id)
  const ask = (more: { dryRun?: boolean; remove?: string } = {}) =>
    reconcile(deps, { dryRun: false, remove: undefined, by: operator, ...more })
  const events = () =>
    ledger.commits.flatMap(({ events: all = [] }) => all.map(({ event }) => event))
  const removals = () => cloud.calls.filter((call) => call.startsWith('remove'))
  const converge = () => convergeLane(deps, lane.id)
  return { ...made, lane, ask, events, removals, converge }
}
const verdicts = ({ places }: Awaited<ReturnType<typeof reconcile>>) =>
  Object.fromEntries(places.flatMap(({ found }) => found.map((each) => [each.id, each.verdict])))
const many = (n: number, name = 'b') => Array.from({ length: n }, (_, i) => `${name}${i}`)

describe('looking around', () => {
  it('has what is in hand compared by its lane, and removes what has a recorded end', async () => {
    const t = world([record('wanted'), record('ended', over)], [marked('wanted'), marked('ended')])
    expect(verdicts(await t.ask())).toEqual({ wanted: 'in-hand', ended: 'ended' })
    expect(t.ledger.commits.flatMap(({ dirtyLanes = [] }) => dirtyLanes)).toEqual([t.lane.id])
    expect(t.nudges).toEqual([{ kind: 'lane', id: t.lane.id }])
    expect(t.removals()).toEqual([])
    await t.converge()
    expect(t.removals()).toEqual(['remove ended'])
    expect(t.cloud.standingThere).toEqual(new Set(['wanted']))
    expect(t.events()).toContainEqual(
      expect.objectContaining({
        type: 'binding.adopted',
        because: 'ended',
        by: { kind: 'hallpass' },
      }),
    )
  })

  it('changes nothing in a dry run', async () => {
    const t = world([record('ended', over)], [marked('ended'), marked('orphan')])
    t.cloud.places.set(inGroup, [])
    expect((await t.ask({ dryRun: true })).kind).toBe('looked')
    expect(t.ledger.commits).toEqual([])
    expect(t.ledger.claims.size).toBe(0)
    expect(t.nudges).toEqual([])
  })

  it('removes an orphan that is alone, and proves it gone as everything else', async () => {
    const t = world([record('wanted')], [marked('wanted'), marked('lost')])
    expect(verdicts(await t.ask())).toMatchObject({ lost: 'orphan' })
    await t.converge()
    expect(t.removals()).toEqual(['remove lost'])
    t.turn(2_000)
    await t.converge()
    expect(t.ledger.bindings.get('lost')?.certainAt).toBe(start + 2_000)
  })

  it('counts what went unasked for a day', async () => {
    const t = world(
      many(80).map((id) => record(id)),
      [],
    )
    const wanted = many(80).map((id) => marked(id))
    t.cloud.places.set(everywhere, [...wanted, ...many(4, 'x').map((id) => marked(id))])
    expect((await t.ask()).digest).toBeNull()
    t.cloud.places.set(everywhere, [...wanted, ...many(2, 'y').map((id) => marked(id))])
    expect(verdicts(await t.ask())).toMatchObject({ y0: 'waits', y1: 'waits' })
    t.turn(24 * hour + 1)
    expect(verdicts(await t.ask())).toMatchObject({ y0: 'orphan', y1: 'orphan' })
  })
})

describe('mass removal without a recorded end never happens by itself', () => {
  const six = many(6)

  it('after an old backup was restored: it waits, and goes when exactly this set is named', async () => {
    const t = world(
      [],
      six.map((id) => marked(id)),
    )
    t.document.text = logsPolicy()
    const first = await t.ask()
    expect(new Set(Object.values(verdicts(first)))).toEqual(new Set(['waits']))
    expect(t.ledger.commits.flatMap(({ adopted = [] }) => adopted)).toEqual([])
    expect([...t.ledger.raised.values()]).toMatchObject([{ placeId: everywhere }])

    // One more has come since: the set that was named is another one.
    t.cloud.places.set(
      everywhere,
      [...six, 'late'].map((id) => marked(id)),
    )
    expect((await t.ask({ remove: first.digest ?? '' })).kind).toBe('refused')
    expect(t.ledger.commits.flatMap(({ adopted = [] }) => adopted)).toEqual([])

    const second = await t.ask()
    expect(second.digest).not.toBe(first.digest)
    const done = await t.ask({ remove: second.digest ?? '' })
    expect(done).toMatchObject({ kind: 'done', digest: null })
    expect([...t.ledger.raised.values()]).toEqual([])
    expect(t.ledger.adoptedAt.size).toBe(0)
    await t.converge()
    expect(t.removals()).toHaveLength(7)
    const by = t.events().flatMap((event) => (event.type === 'binding.adopted' ? [event.by] : []))
    expect(by).toEqual(Array.from({ length: 7 }, () => operator))
    expect((await t.ask({ remove: second.digest ?? '' })).kind).toBe('refused')
  })

  it('after the ledger was claimed: nothing at all goes before somebody has said so, and all later', async () => {
    const w = world(
      [record('wanted'), record('ended', over)],
      ['wanted', 'ended', 'lost'].map((id) => marked(id)),
    )
    w.document.text = logsPolicy()
    w.ledger.seat.asking = start
    const first = await w.ask()
    expect(verdicts(first)).toEqual({ wanted: 'in-hand', ended: 'waits', lost: 'waits' })
    expect(w.ledger.commits.flatMap(({ adopted = [] }) => adopted)).toEqual([])
    expect(w.ledger.seat.asking).toBe(start)
    expect((await w.ask({ remove: first.digest ?? '' })).kind).toBe('done')
    expect(w.ledger.commits.flatMap(({ adopted = [] }) => adopted)).toHaveLength(2)
    expect(w.ledger.seat.asking).toBeUndefined()
  })

  it('goes on asking after a restore while a place could not be read', async () => {
    const w = world([], [])
    w.document.text = logsPolicy()
    w.ledger.seat.asking = start
    w.cloud.places.delete(everywhere)
    expect((await w.ask()).unread).toHaveLength(1)
    expect(w.ledger.seat.asking).toBe(start)
    w.cloud.places.set(everywhere, [])
    expect(await w.ask()).toMatchObject({ unread: [], digest: null })
    expect(w.ledger.seat.asking).toBeUndefined()
  })

  it('after a lost database: a new instance leaves all that the former one made', async () => {
    const t = world(
      [],
      six.map((id) => marked(id, 'former')),
    )
    t.document.text = logsPolicy()
    expect(new Set(Object.values(verdicts(await t.ask())))).toEqual(new Set(['others']))
    expect(t.ledger.commits.flatMap(({ adopted = [] }) => adopted)).toEqual([])
  })

  it('beside another instance on the same account', async () => {
    const t = world([record('a')], [marked('a'), ...six.map((id) => marked(id, 'i8'))])
    await t.ask()
    await t.converge()
    expect(t.removals()).toEqual([])
  })

  it('after roles were renamed, taken out, or the policy cannot be read', async () => {
    for (const text of [
      logsPolicy().replaceAll(/^ {2}[\w-]+:$/gm, '  renamed:'),
      'roles: [',
      undefined,
    ]) {
      const t = world(
        six.map((id) => record(id)),
        six.map((id) => marked(id)),
      )
      if (text !== undefined) t.document.text = text
      expect(new Set(Object.values(verdicts(await t.ask())))).toEqual(new Set(['in-hand']))
      await t.converge()
      expect(t.removals()).toEqual([])
    }
  })

  it('while recorded ends pass, however many there are', async () => {
    const t = world(
      many(30).map((id) => record(id, over)),
      many(30).map((id) => marked(id)),
    )
    expect((await t.ask()).digest).toBeNull()
    await t.converge()
    expect(t.removals()).toHaveLength(30)
  })
})

describe('an exclusive place', () => {
  function exclusive(...members: readonly Found[]) {
    const t = world([record('ours', {}, oncall)], [])
    t.cloud.places.set(inGroup, members)
    return t
  }

  it('tells of a stranger once, never touches them, and tells when they are gone', async () => {
    const t = exclusive(member('ours'), member('bob'))
    expect(verdicts(await t.ask())).toEqual({ ours: 'in-hand', bob: 'stranger' })
    await t.ask()
    expect(t.events().filter(({ type }) => type === 'alarm.raised')).toHaveLength(1)
    expect(t.log.lines.filter(({ id }) => id === 'alarm.raised')).toMatchObject([
      { level: 'warn', fields: { alarm: 'stranger/bob', place: inGroup } },
    ])
    await t.converge()
    expect(t.removals()).toEqual([])
    t.cloud.places.set(inGroup, [member('ours')])
    await t.ask()
    expect(t.events()).toContainEqual({ type: 'alarm.over', id: 'stranger/bob' })
    expect(await t.ledger.alarms()).toEqual([])
  })

  it('keeps its alarm while it cannot be read', async () => {
    const t = exclusive(member('bob'))
    await t.ask()
    t.cloud.before = (call) => {
      if (call === `list ${inGroup}`) throw new CloudError('transient', 'AWS is down.')
    }
    const { unread } = await t.ask()
    expect(unread).toContainEqual({ placeId: inGroup, why: 'AWS is down.' })
    expect(await t.ledger.alarms()).toHaveLength(1)
  })
})

it('a place that is not there any more, and that no policy names, is over with its alarms', async () => {
  const t = world([record('ours', {}, oncall)], [])
  t.document.text = logsPolicy()
  t.cloud.places.set(inGroup, [member('bob')])
  await t.ask()
  expect(await t.ledger.alarms()).toHaveLength(1)
  t.cloud.places.delete(inGroup)
  expect((await t.ask()).unread).toEqual([])
  expect(await t.ledger.alarms()).toEqual([])
})

it('a place that is not there and that the policy names is told: somebody has to correct it', async () => {
  const t = world([record('ours', {}, oncall)], [])
  t.document.text = logsPolicy().replace(
    /allow:[^]*?(?=\n {4}repositories)/,
    'group: oncall\n          exclusive: true',
  )
  expect((await t.ask()).unread).toMatchObject([{ placeId: inGroup }])
})

it('a place that cannot be read keeps no other from being looked at', async () => {
  const t = world([record('ours', {}, oncall), record('ended', over)], [marked('ended')])
  const { unread, places } = await t.ask()
  expect(unread.map(({ placeId: id }) => id)).toEqual(['policy', inGroup])
  expect(places.map(({ placeId: id }) => id)).toEqual([everywhere])
  await t.converge()
  expect(t.removals()).toEqual(['remove ended'])
})

it('only one looks around at a time', async () => {
  const t = world([], [])
  await t.ledger.claim('reconcile', 'another', t.deps.clock.now(), minute)
  expect(await t.ask()).toMatchObject({ kind: 'busy' })
})

it('what is put while somebody looks is no orphan', async () => {
  const t = world([record('a')], [marked('a'), marked('new')])
  t.cloud.before = (call) => {
    // Noted in the ledger before the cloud was called, and after the list began.
    if (call.startsWith('list')) t.ledger.bindings.set('new', record('new'))
  }
  expect(verdicts(await t.ask())).toEqual({ a: 'in-hand', new: 'in-hand' })
})

describe('the schedule', () => {
  const lists = (t: ReturnType<typeof world>) => {
    const calls: string[] = []
    t.cloud.before = (call) => void (call.startsWith('list') && calls.push(call))
    return calls
  }

  it('begins an hour after the first start, and is shared by all processes', async () => {
    const t = world([record('a')], [])
    const calls = lists(t)
    const [one, other] = [scheduledReconciling(t.deps), scheduledReconciling(t.deps)]
    expect(one.due()).toEqual(['reconcile'])
    await one.run()
    expect([one.due(), calls]).toEqual([[], []])
    t.turn(1.1 * hour)
    expect([one.due(), other.due()]).toEqual([['reconcile'], ['reconcile']])
    await one.run()
    await other.run()
    expect(calls).toEqual([`list ${everywhere}`])
    expect([one.due(), other.due()]).toEqual([[], []])
  })

  it('has claims forgotten that were given back an hour before', async () => {
    const t = world([record('a')], [])
    const work = (key: ClaimKey) => underClaim(t.deps, key, async () => undefined)
    await work('report:1#1')
    t.turn(2 * hour)
    await work('report:1#2')
    await scheduledReconciling(t.deps).run()
    expect([...t.ledger.claims.keys()]).toEqual(['report:1#2', 'reconcile'])
  })

  it('is not asked without a pause when it fails', async () => {
    const t = world([record('a')], [])
    t.ledger.beforeCommit = () => {
      throw new Error('the database is away')
    }
    const one = scheduledReconciling(t.deps)
    await expect(one.run()).rejects.toThrow('away')
    expect(one.due()).toEqual([])
    t.turn(minute)
    expect(one.due()).toEqual(['reconcile'])
  })
})

import { describe, expect, it } from 'vitest'
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import type { Commit } from '../../src/workflows/ports.ts'
import {
  bindingOf,
  changing,
  dueAt,
  gone,
  grantIn,
  hour,
  lane,
  minute,
  onEveryDatabase,
  present,
  revoke,
  start,
  starting,
} from './ledger.world.ts'

const found = (id: string, more: { endsAt?: number; role?: CloudRole } = {}) => {
  const binding = bindingOf(id, 0, more.endsAt ?? start + hour)
  return { binding: { ...binding, role: more.role ?? binding.role }, lane, unasked: true }
}
const adopting = (now: number, ...adopted: NonNullable<Commit['adopted']>): Commit => ({
  now,
  adopted,
  dirtyLanes: [lane.id],
})

onEveryDatabase('What is found in clouds', (world) => {
  /** A grant whose binding was put, removed and proven gone. */
  async function ended(): Promise<void> {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'g' }))
    const times = { attemptedAt: start, presentAt: start }
    const after = { removedAt: start + minute, certainAt: start + minute }
    await ledger.commit({
      now: start,
      grants: [
        changing(
          await grantIn(ledger, 'g'),
          start,
          present('b-g'),
          revoke,
          gone('b-g', start + minute),
          { type: 'conclude', cloudAt: start + minute },
        ),
      ],
      bindings: [{ id: 'b-g', set: { ...times, ...after } }],
    })
  }

  describe('that the ledger does not know', () => {
    it('becomes a binding that was tried and is not wanted, in a lane that is dirty', async () => {
      const { ledger } = world()
      await ledger.commit(adopting(start, found('lost')))
      const work = await ledger.lane(lane.id)
      expect(work?.lane).toEqual(lane)
      expect(work?.bindings).toMatchObject([
        {
          binding: { id: 'lost', endsAt: start + hour },
          desired: 'absent',
          attemptedAt: start,
          certainAt: undefined,
          holders: [],
        },
      ])
      expect((await dueAt(ledger, start)).lanes).toEqual([lane.id])
      expect(await ledger.knownBindings(['lost', 'other'])).toEqual([
        { id: 'lost', laneId: lane.id, open: true, certainAt: undefined },
      ])
    })

    it('counts when nobody was asked about it', async () => {
      const { ledger } = world()
      await ledger.commit(adopting(start, found('a'), { ...found('b'), unasked: false }))
      expect(await ledger.adoptedSince(start)).toBe(1)
      expect(await ledger.adoptedSince(start + 1)).toBe(0)
    })
  })

  describe('that ended', () => {
    it('goes on counting when it is found once more after its end', async () => {
      const { ledger } = world()
      await ledger.commit(adopting(start, found('a')))
      const set = { removedAt: start, certainAt: start }
      await ledger.commit({ now: start, bindings: [{ id: 'a', set }] })
      await ledger.commit(adopting(start + minute, { ...found('a'), unasked: false }))
      expect(await ledger.adoptedSince(start)).toBe(1)
    })
    it('is to be removed anew, until the later of its ends', async () => {
      const { ledger } = world()
      await ended()
      expect(await ledger.knownBindings(['b-g'])).toEqual([
        { id: 'b-g', laneId: lane.id, open: false, certainAt: start + minute },
      ])
      const later = start + 100 * hour
      await ledger.commit(
        adopting(start + hour, { ...found('b-g', { endsAt: later }), unasked: false }),
      )
      const [record] = (await ledger.lane(lane.id))?.bindings ?? []
      expect(record).toMatchObject({
        binding: { id: 'b-g', endsAt: later },
        desired: 'absent',
        attemptedAt: start,
        removedAt: undefined,
        certainAt: undefined,
        sessionsUntil: undefined,
      })
    })

    it('stays as it is where a grant wants it by now', async () => {
      const { ledger } = world()
      await ledger.commit(starting({ id: 'g' }))
      const before = await ledger.lane(lane.id)
      await ledger.commit({ now: start, adopted: [found('b-g', { endsAt: start + 100 * hour })] })
      expect((await ledger.lane(lane.id))?.bindings).toEqual(before?.bindings)
      expect(await ledger.adoptedSince(start)).toBe(0)
    })
  })

  it('is looked for wherever something was ever given or found, each place once', async () => {
    const { ledger } = world()
    await ended()
    await ledger.commit(starting({ id: 'h', bindingIds: ['h-1', 'h-2'] }))
    expect(await ledger.givenRoles()).toEqual([bindingOf('x', 0, 0).role])
    const role: CloudRole = { cloud: 'aws', mode: 'group', account: '1', group: 'oncall' }
    await ledger.commit(adopting(start, found('m', { role })))
    expect(await ledger.givenRoles()).toContainEqual(role)
  })

  it('raises alarms once, until they are over', async () => {
    const { ledger } = world()
    const alarm = {
      id: 'stranger/m',
      placeId: 'aws/1/group/oncall',
      at: start,
      text: 'Bob is there.',
    }
    await ledger.commit({ now: start, alarms: { raised: [alarm], over: [] } })
    const again = { ...alarm, at: start + hour }
    await ledger.commit({ now: start + hour, alarms: { raised: [again], over: ['unknown'] } })
    expect(await ledger.alarms()).toEqual([alarm])
    await ledger.commit({ now: start + hour, alarms: { raised: [], over: [alarm.id] } })
    expect(await ledger.alarms()).toEqual([])
  })

  it('is looked for when that was planned last', async () => {
    const { ledger } = world()
    expect(await ledger.reconcileAt()).toBeUndefined()
    await ledger.commit({ now: start, reconcileAt: start + hour })
    await ledger.commit({ now: start, reconcileAt: start + 2 * hour })
    expect(await ledger.reconcileAt()).toBe(start + 2 * hour)
  })

  it('records until when what stands was seen to stand', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'g' }))
    const set = { standsUntil: start + hour, standsSince: start }
    await ledger.commit({ now: start, bindings: [{ id: 'b-g', set }] })
    expect((await ledger.lane(lane.id))?.bindings).toMatchObject([set])
  })
})

import { expect, it } from 'vitest'
import type { LostDelivery } from '../../src/domain/deliveries/judge-attempts.ts'
import { delivery, hour, minute, onEveryDatabase, start } from './ledger.world.ts'

const day = 24 * hour
const lost = (guid: string, more: Partial<LostDelivery> = {}): LostDelivery => ({
  guid,
  // Larger than a number holds exactly.
  attemptId: '9007199254740993',
  event: 'push',
  lostAt: start,
  asked: 0,
  nextAt: start,
  state: 'open',
  ...more,
})

onEveryDatabase('Lost deliveries', (world) => {
  it('are known with how far the list was read, and forgotten once GitHub lists them no more', async () => {
    const { ledger } = world()
    const nothing = { bornAt: start, nextAt: undefined, readTo: undefined, lost: [] }
    expect(await ledger.recovery()).toEqual(nothing)
    await ledger.commit({ now: start, recovery: { nextAt: start + minute } })
    await ledger.commit({ now: start, recovery: { readTo: start, lost: [lost('a'), lost('b')] } })
    const asked = lost('a', { asked: 1, nextAt: start + minute })
    await ledger.commit({ now: start, recovery: { lost: [asked] } })
    expect(await ledger.recovery()).toEqual({
      bornAt: start,
      nextAt: start + minute,
      readTo: start,
      lost: expect.arrayContaining([asked, lost('b')]),
    })
    await ledger.commit({ now: start, reconcileAt: start + hour })
    expect(await ledger.reconcileAt()).toBe(start + hour)
    const late = start + 4 * day + 1
    await ledger.commit({
      now: late,
      recovery: { readTo: late, lost: [lost('c', { lostAt: late })] },
    })
    expect((await ledger.recovery()).lost.map(({ guid }) => guid)).toEqual(['c'])
  })

  it('are none that are in the inbox, whatever became of them there', async () => {
    const { ledger } = world()
    const [done, failed] = [delivery(), delivery()]
    await ledger.accept(done, start)
    await ledger.accept(failed, start)
    await ledger.commit({ now: start, delivery: { id: done.id, outcome: 'handled' } })
    await ledger.deliveryFailed(failed.id, 'x', null, start)
    const all = [done.id, failed.id, 'unknown']
    expect(await ledger.received(all)).toEqual(new Set([done.id, failed.id]))
    expect(await ledger.received([])).toEqual(new Set())
  })
})

import { describe, expect, it } from 'vitest'
import {
  claimedAt,
  completed,
  judgeSeat,
  type NotedSeat,
  type Seat,
} from '../../src/domain/seat/judge-seat.ts'

const noted: NotedSeat = { system: 's1', database: '5', places: ['p1', 'p2'], app: 7 }
const here: Seat = { system: 's1', database: '5', place: 'p2' }

describe('where a ledger is', () => {
  it.each<[string, Partial<NotedSeat>, Partial<Seat>, number | undefined, string | undefined]>([
    ['as noted', {}, {}, 7, undefined],
    ['by whoever does not know the App', {}, {}, undefined, undefined],
    ['a dump that was loaded into another cluster', {}, { system: 's2' }, 7, 'another-database'],
    ['a copy within the cluster', {}, { database: '6' }, 7, 'another-database'],
    ['files that were copied to another server', {}, { place: 'p3' }, 7, 'another-place'],
    ['where a place was not asked for', {}, { place: null }, 7, undefined],
    ['where none is noted yet', { places: [] }, {}, 7, undefined],
    ['where Postgres may not be asked what it is', {}, { system: null }, 7, undefined],
    ['where it could not be asked before', { system: null }, {}, 7, undefined],
    ['for another App', {}, {}, 8, 'another-app'],
    ['where no App is noted yet', { app: null }, {}, 8, undefined],
  ])('%s', (_, was, is, app, found) => {
    expect(judgeSeat({ ...noted, ...was }, { ...here, ...is }, app)).toBe(found)
  })

  it('is noted once, and what was not known then is filled in', () => {
    expect(completed(undefined, here, 7)).toEqual({ ...noted, places: ['p2'] })
    expect(completed(noted, { ...here, place: 'p3' }, 8)).toEqual(noted)
    expect(completed({ ...noted, places: [], app: null }, here, 8)).toEqual({
      ...noted,
      places: ['p2'],
      app: 8,
    })
  })

  it('is noted anew when it is claimed: another address of the same database joins the former', () => {
    const app = null
    expect(claimedAt(noted, { ...here, place: 'p3' })).toEqual({
      ...noted,
      app,
      places: ['p1', 'p2', 'p3'],
    })
    const moved = { system: 's2', database: '5', place: 'p1' }
    expect(claimedAt(noted, moved)).toEqual({ system: 's2', database: '5', places: ['p1'], app })
  })
})

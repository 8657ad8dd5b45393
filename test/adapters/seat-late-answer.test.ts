import type { Pool } from 'pg'
import { expect, it } from 'vitest'
import type { SeatRow } from '../../src/adapters/postgres/seat-row.ts'
import { createSeat } from '../../src/adapters/postgres/seat.ts'

const atFirst: SeatRow = {
  standby: false,
  system: null,
  database: '1',
  instance: 'one',
  position: 5,
  hash: 'fifth',
  noted: null,
  unclaimed: null,
  found_at: null,
  claimed_at: null,
  asked_since: 0,
  asks: false,
  marked: null,
}

/** A database that answers as it is when it is asked, and later where it is told to. */
function database() {
  const on = { row: atFirst, delay: Promise.resolve() }
  const pool = {
    async query(text: string) {
      if (!text.includes('hallpass.chain')) return { rows: [] }
      const { row, delay } = on
      await delay
      return { rows: [row] }
    },
  } as unknown as Pool
  return { on, pool }
}

it('an answer from before a claim that comes after it makes nobody lose the ledger again', async () => {
  const { on, pool } = database()
  const seat = await createSeat({ pool, place: undefined, now: () => 1, salts: () => '' })
  const restored = { ...atFirst, position: 3, hash: 'third' }
  on.row = restored
  expect((await seat.look())?.why).toBe('history-lost')

  const { promise, resolve } = Promise.withResolvers<void>()
  on.delay = promise
  const late = seat.look()
  on.delay = Promise.resolve()
  on.row = { ...restored, position: 4, hash: 'fourth', claimed_at: 10 }
  expect(await seat.look()).toBeUndefined()
  const tenure = seat.tenure()
  // Of the fourth line, which it has seen by now.
  on.row = { ...on.row, marked: 'fourth' }
  resolve()
  expect(await late).toBeUndefined()
  expect(tenure.aborted).toBe(false)
  // An old state holds an old claim: that is no late answer.
  on.row = restored
  expect((await seat.look())?.why).toBe('history-lost')
})

// Where the ledger is, as this process finds it: at the start, at each new connection, and every now and then.
import type { Pool } from 'pg'
import { completed, judgeSeat, type Unclaimed } from '../../domain/seat/judge-seat.ts'
import type { Instant } from '../../domain/time.ts'
import type { Claiming, Seat } from '../../workflows/ports.ts'
import { claimSeat } from './claim-seat.ts'
import { openDatabase } from './database.ts'
import { mayAskSystem, readSeatRow, type Asking, type Mark, type SeatRow } from './seat-row.ts'

export interface SeatOptions {
  readonly pool: Pool
  /** A hash of where the ledger is reached. Without one it is not compared. */
  readonly place: string | undefined
  readonly now: () => Instant
  readonly salts: () => string
}

export interface LocalSeat extends Seat {
  /** The same on a connection that was only just made. Rejects where it leads to a standby: that is no ledger to write. */
  readonly inspect: (connection: Asking) => Promise<void>
  /** How far this process has seen the log come. */
  readonly saw: (mark: Mark) => void
}

export async function createSeat(options: SeatOptions): Promise<LocalSeat> {
  const { pool, now } = options
  const withSystem = await mayAskSystem(pool)
  const judge = createJudge(options)
  const read = (asking: Asking) => readSeatRow(asking, withSystem, judge.seen()?.position ?? 0)

  /** NB: what counts is what had been seen before the question was asked: the log goes on meanwhile. */
  async function lookThrough(asking: Asking): Promise<SeatRow | undefined> {
    const [before, claimedAt, row] = [judge.seen(), judge.claimedAt(), await read(asking)]
    // NB: of a claim that was heard of meanwhile it says nothing, and seems to be an old state.
    if (judge.claimedAt() !== claimedAt) return lookThrough(asking)
    if (row?.standby === true) throw new Error('The database is a standby: it takes nothing in')
    judge.hear(row, before)
    return row
  }

  async function look(): Promise<Unclaimed | undefined> {
    const row = await lookThrough(pool)
    const found = judge.unclaimed()
    if (found !== undefined && row !== undefined) await noteFound(pool, found, row)
    return found
  }

  async function readAll() {
    const row = await lookThrough(pool)
    if (row === undefined) throw new Error('There is no ledger in the database any more')
    const { noted, found_at: foundAt } = row
    return { here: judge.hereOf(row), noted: noted ?? undefined, foundAt: foundAt ?? undefined }
  }

  await lookThrough(pool)
  return {
    unclaimed: judge.unclaimed,
    tenure: judge.tenure,
    askedSince: judge.askedSince,
    saw: judge.saw,
    look,
    read: readAll,
    inspect: async (connection) => void (await lookThrough(connection)),
    async settle(app) {
      judge.app = app
      const row = await lookThrough(pool)
      if (row !== undefined && judge.unclaimed() === undefined) {
        const whole = completed(row.noted ?? undefined, judge.hereOf(row), app)
        await noteSeat(pool, row.noted, whole)
      }
      return look()
    },
    async suspend(why, at) {
      await proveUnclaimed(pool, { why, since: at })
      await look()
    },
    async claim(claiming: Claiming) {
      await claimSeat(openDatabase(pool), claiming, options.salts)
      await look()
    },
    async asksSince() {
      const row = await read(pool)
      return row?.asks === true ? (row.claimed_at ?? 0) : undefined
    },
    async asked(since) {
      await pool.query('update hallpass.seat set asks = false where claimed_at = $1', [since])
    },
  }

  function noteFound(asking: Asking, found: Unclaimed, row: SeatRow): Promise<unknown> {
    if (found.why === 'history-lost' && row.unclaimed === null) return proveUnclaimed(asking, found)
    if (row.found_at !== null) return Promise.resolve()
    return asking.query('update hallpass.seat set found_at = $1 where found_at is null', [now()])
  }
}

function createJudge({ place, now }: SeatOptions) {
  let tenure = new AbortController()
  let unclaimed: Unclaimed | undefined
  let seen: Mark | undefined
  let claimedAt = -Infinity
  let askedSince = 0
  let instance: string | undefined
  /** Stays so until a later claim. */
  let lost = false

  const hereOf = ({ system, database }: SeatRow) => ({ system, database, place: place ?? null })

  function whyNot(row: SeatRow | undefined, before: Mark | undefined): Unclaimed | undefined {
    const since = unclaimed?.since ?? now()
    if (row === undefined) return { why: 'history-lost', since }
    if (row.instance !== (instance ??= row.instance)) return { why: 'renamed', since }
    const claimed = row.claimed_at ?? -Infinity
    // NB: only a later claim makes good what was seen before. An old state also holds an old claim.
    if (claimed > claimedAt) lost = false
    else if (before !== undefined && row.marked !== before.hash) lost = true
    claimedAt = Math.max(claimedAt, claimed)
    if (lost) return { why: 'history-lost', since }
    if (row.unclaimed !== null) return row.unclaimed
    const why = row.noted === null ? undefined : judgeSeat(row.noted, hereOf(row), self.app)
    return why && { why, since: row.found_at ?? since }
  }

  const self = {
    app: undefined as number | undefined,
    hereOf,
    seen: () => seen,
    claimedAt: () => claimedAt,
    unclaimed: () => unclaimed,
    tenure: () => tenure.signal,
    askedSince: () => askedSince,
    saw: (mark: Mark) => {
      if (seen === undefined || mark.position > seen.position) seen = mark
    },
    hear(row: SeatRow | undefined, before: Mark | undefined) {
      const isClaimedAnew = instance !== undefined && (row?.claimed_at ?? -Infinity) > claimedAt
      unclaimed = whyNot(row, before)
      if (isClaimedAnew) seen = undefined
      if (unclaimed !== undefined || isClaimedAnew)
        tenure.abort(new Error('The ledger was found to be unclaimed'))
      if (unclaimed !== undefined || row === undefined) return
      if (tenure.signal.aborted) tenure = new AbortController()
      askedSince = row.asked_since
      self.saw({ position: row.position, hash: row.hash })
    },
  }
  return self
}

const noteSeat = (asking: Asking, former: object | null, noted: object): Promise<unknown> =>
  asking.query(
    'update hallpass.seat set noted = $1::jsonb where noted is not distinct from $2::jsonb',
    [JSON.stringify(noted), former === null ? null : JSON.stringify(former)],
  )

const proveUnclaimed = (asking: Asking, found: Unclaimed): Promise<unknown> =>
  asking.query(
    `update hallpass.seat set unclaimed = $1::jsonb, found_at = coalesce(found_at, $2)
      where unclaimed is null`,
    [JSON.stringify(found), found.since],
  )

// The database's time, between two questions for it.
import { sql } from 'kysely'
import type { Pool } from 'pg'
import type { Clock } from '../../workflows/ports.ts'
import type { Instant } from '../../domain/time.ts'
import { openDatabase } from './database.ts'

const resyncMs = 10_000
/** An answer that took longer says too little about when it was given. */
const roundTripMsMax = 2_000

/** NB: the one statement that asks the database for its time. Every other one is told. */
export async function databaseTime(pool: Pool): Promise<Instant> {
  const { rows } = await sql<{ at: Instant }>`
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at`.execute(
    openDatabase(pool),
  )
  const [row] = rows
  if (row === undefined) throw new Error('The database did not tell its time')
  return row.at
}

export interface OwnClock extends Clock {
  /** How far this machine's clock is ahead of the database's, in milliseconds. */
  aheadMs(): number
  stop(): void
}

/**
 * The database's time as last heard plus what this process has measured since; asked again every ten seconds. Goes
 * back by no more than such an answer corrects it. Rejects when the database cannot be asked.
 */
export async function createClock(pool: Pool): Promise<OwnClock> {
  let stopped = false
  // The first question also waits for a connection: the second one's answer is the better measured.
  await databaseTime(pool)
  let { offset } = await measure(pool)
  const resync = async () => {
    // While the database is away the time goes on; whoever needs the database hears of it.
    const [heard] = await Promise.allSettled([measure(pool)])
    if (stopped || heard.status === 'rejected') return
    if (heard.value.roundTripMs <= roundTripMsMax) offset = heard.value.offset
  }
  const timer = setInterval(() => void resync(), resyncMs)
  timer.unref()
  return {
    now: () => Math.floor(performance.now() + offset),
    aheadMs: () => Date.now() - performance.now() - offset,
    stop() {
      stopped = true
      clearInterval(timer)
    },
  }
}

/** What to add to `performance.now()`: the answer is taken to have been given half-way. */
async function measure(pool: Pool): Promise<{ offset: number; roundTripMs: number }> {
  const asked = performance.now()
  const at = await databaseTime(pool)
  const roundTripMs = performance.now() - asked
  return { offset: at - asked - roundTripMs / 2, roundTripMs }
}

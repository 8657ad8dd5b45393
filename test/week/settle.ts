// Lets time pass in steps: whatever falls due on the way is done, and seen to be done, before the clock is turned on.
import type pg from 'pg'
import type { SandboxGitHub } from '../../sandbox/github/index.ts'
import type { TurnedClock } from '../support/turned-clock.ts'

export interface Passing {
  readonly clock: TurnedClock
  readonly github: SandboxGitHub
  readonly pool: pg.Pool
  readonly standingEveryMs: number
  /** Whether standing can be read: what cannot is not waited for. */
  standingReadable(): boolean
}

/** What falls due within five minutes is done in one go. */
const stepMs = 300_000
/** Only what hangs runs into it: a busy machine leaves little of itself to a week. */
const patienceMs = 600_000
const lookMs = 5

/** Turns the clock to that instant; `look` is called each time that nothing is left to be done. */
export async function passUntil(on: Passing, until: number, look: () => void): Promise<void> {
  for (;;) {
    const nextAt = await doneForNow(on)
    look()
    const now = on.clock.now()
    if (now >= until) return
    const next = Math.max(nextAt ?? until, now + stepMs)
    on.clock.turn(Math.min(next, until) + 1 - now)
  }
}

/** When the next thing falls due, once all that is due now was done. */
async function doneForNow(on: Passing): Promise<number | undefined> {
  const began = performance.now()
  for (;;) {
    await on.github.deliveriesSettled()
    const { due, next_at: nextAt } = await waiting(on)
    if (Number(due) === 0) return nextAt === null ? undefined : Number(nextAt)
    if (performance.now() - began > patienceMs)
      throw new Error(`It is never done: ${JSON.stringify(await whatWaits(on))}`)
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
}

const parts: Readonly<Record<string, string>> = {
  deliveries: `hallpass.deliveries where state = 'pending' and next_at <= $1`,
  lanes: `hallpass.lanes where dirty or check_at <= $1`,
  subjects: `hallpass.subjects where dirty and retry_at <= $1`,
  grants: `hallpass.grants where due_at <= $1`,
  standing: `hallpass.grants where held and standing_checked_at < $2::bigint`,
  claims: `hallpass.claims where owner is not null and until > $1`,
}

const counts = Object.values(parts).map((part) => `(select count(*) from ${part})`)

async function waiting({ pool, clock, standingEveryMs, standingReadable }: Passing) {
  const now = clock.now()
  const standingBefore = standingReadable() ? now - standingEveryMs : 0
  const { rows } = await pool.query<{ due: string; next_at: string | null }>(
    `select ${counts.join(' + ')} as due, least(
      (select min(next_at) from hallpass.deliveries where state = 'pending'),
      (select min(check_at) from hallpass.lanes),
      (select min(retry_at) from hallpass.subjects where dirty),
      (select min(due_at) from hallpass.grants)) as next_at`,
    [now, standingBefore],
  )
  const [row] = rows
  if (row === undefined) throw new Error('no answer')
  return row
}

async function whatWaits({ pool, clock, standingEveryMs }: Passing): Promise<object> {
  const now = clock.now()
  const named = Object.entries(parts).map(
    ([name, part]) =>
      `(select json_agg(to_jsonb(t) - 'body') from (select * from ${part} limit 3) t) as ${name}`,
  )
  const { rows } = await pool.query<object>(
    `select ${named.join(', ')} from (select $1::bigint, $2::bigint) as it`,
    [now, now - standingEveryMs],
  )
  return rows[0] ?? {}
}

// What the database says of where it is, and of what it holds, in one question on one connection.
import type { NotedSeat, Seat, Unclaimed } from '../../domain/seat/judge-seat.ts'
import type { Instant } from '../../domain/time.ts'

/** What of a pool, or of one of its connections, asks. */
export interface Asking {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** One place in the log. */
export interface Mark {
  readonly position: number
  readonly hash: string
}

export interface SeatRow extends Omit<Seat, 'place'>, Mark {
  readonly standby: boolean
  readonly instance: string
  readonly noted: NotedSeat | null
  readonly unclaimed: Unclaimed | null
  readonly found_at: Instant | null
  readonly claimed_at: Instant | null
  readonly asked_since: Instant
  readonly asks: boolean
  /** Of the event at the position that was asked for. Null: there is none. */
  readonly marked: string | null
}

/** Some who run Postgres for others let nobody ask. */
export async function mayAskSystem(asking: Asking): Promise<boolean> {
  const { rows } = await asking.query(
    `select from pg_proc where proname = 'pg_control_system'
      and has_function_privilege(oid, 'execute')`,
  )
  return rows.length > 0
}

/** Undefined: there is no ledger any more where this connection leads. */
export async function readSeatRow(
  asking: Asking,
  withSystem: boolean,
  position: number,
): Promise<SeatRow | undefined> {
  try {
    const { rows } = await asking.query(questionOf(withSystem), [position])
    return rows[0] as SeatRow | undefined
  } catch (error) {
    if (isNoLedger(error)) return undefined
    throw error
  }
}

const questionOf = (withSystem: boolean): string => `
  select pg_is_in_recovery() as standby,
    ${withSystem ? '(select system_identifier::text from pg_control_system())' : 'null::text'} as system,
    (select oid::text from pg_database where datname = current_database()) as database,
    i.id as instance, c.position, c.hash,
    s.noted, s.unclaimed, s.found_at, s.claimed_at, s.asked_since, s.asks,
    (select e.hash from hallpass.events e where e.position = $1) as marked
  from hallpass.instance i, hallpass.chain c, hallpass.seat s`

/** invalid_schema_name, undefined_table. */
const isNoLedger = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '3F000' || error.code === '42P01')

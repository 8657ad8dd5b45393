import { sql } from 'kysely'
import { encodeEvent } from '../../domain/log/encode.ts'
import type { EncodedEvent, NewEvent } from '../../domain/log/types.ts'
import type { Instant } from '../../domain/time.ts'
import type { Tx } from './database.ts'
import type { Mark } from './seat-row.ts'

export interface Entry extends NewEvent {
  /** Where its stream goes on unless given. */
  readonly streamVersion?: number
}

/** The schema version of every type of event so far. */
const eventVersion = 1

/**
 * Returns the end of the log after it. NB: the last thing a transaction does. It locks the end of the log until the
 * transaction is over, so that positions follow the order of commits and a commit that fails leaves no gap. Everybody
 * waits for it meanwhile: what is done under it is one statement more.
 */
export async function appendEvents(
  tx: Tx,
  entries: readonly Entry[],
  at: Instant,
  salts: () => string,
): Promise<Mark | undefined> {
  if (entries.length === 0) return undefined
  const end = await tx
    .selectFrom('chain')
    .select(['position', 'hash'])
    .forUpdate()
    .executeTakeFirstOrThrow()
  const encoded: EncodedEvent[] = []
  let last = end
  for (const { stream, event } of entries) {
    const { position: before, hash: previous } = last
    const position = before + 1
    const line = { position, at, stream, version: eventVersion, previous, event, salts }
    encoded.push(encodeEvent(line))
    last = encoded.at(-1)?.line ?? last
  }
  await insert(tx, entries, encoded, at)
  return last
}

/** A stream that does not count by itself goes on from where it was when the end of the log was locked. */
async function insert(
  tx: Tx,
  entries: readonly Entry[],
  encoded: readonly EncodedEvent[],
  at: Instant,
): Promise<void> {
  const lines = encoded.map(({ line }) => line)
  const personal = encoded.flatMap(({ line: { position }, personal: values }) =>
    values.map((value) => ({ ...value, position })),
  )
  const last = lines.at(-1)
  await sql`
    with appended as (
      insert into hallpass.events (position, at, stream, stream_version, type, canonical, hash)
      select l.position, ${at}, l.stream, coalesce(l.counted, l.nth + coalesce((
          select e.stream_version from hallpass.events e
          where e.stream = l.stream order by e.stream_version desc limit 1), 0)),
        l.type, l.canonical, l.hash
      from unnest(
        ${lines.map(({ position }) => position)}::bigint[], ${entries.map(({ stream }) => stream)}::text[],
        ${entries.map(({ streamVersion }) => streamVersion ?? null)}::bigint[], ${turns(entries)}::bigint[],
        ${entries.map(({ event }) => event.type)}::text[], ${lines.map(({ canonical }) => canonical)}::text[],
        ${lines.map(({ hash }) => hash)}::text[]
      ) as l (position, stream, counted, nth, type, canonical, hash)
    ), committed as (
      insert into hallpass.personal (commitment, position, salt, value)
      select * from unnest(
        ${personal.map(({ commitment }) => commitment)}::text[], ${personal.map(({ position }) => position)}::bigint[],
        ${personal.map(({ salt }) => salt)}::text[], ${personal.map(({ value }) => value)}::text[])
    )
    update hallpass.chain set position = ${last?.position}, hash = ${last?.hash}`.execute(tx)
}

/** Of each entry: how many of its stream there are so far, itself among them. */
function turns(entries: readonly Entry[]): readonly number[] {
  const counts = new Map<string, number>()
  return entries.map(({ stream }) => {
    const count = (counts.get(stream) ?? 0) + 1
    counts.set(stream, count)
    return count
  })
}

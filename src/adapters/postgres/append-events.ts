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
/** Postgres takes 65,535 parameters in one statement. */
const rowsMax = 1_000

/**
 * Returns the end of the log after it. NB: the last thing a transaction does. It locks the end of the log until the transaction is over, so that positions
 * follow the order of commits and a commit that fails leaves no gap.
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
  const versions = await versionsOf(tx, entries)
  const lines: (EncodedEvent & Pick<Entry, 'stream' | 'event'> & { streamVersion: number })[] = []
  let last = end
  for (const { stream, event, streamVersion = (versions.get(stream) ?? 0) + 1 } of entries) {
    versions.set(stream, streamVersion)
    const { position: before, hash: previous } = last
    const position = before + 1
    const encoded = encodeEvent({
      position,
      at,
      stream,
      version: eventVersion,
      previous,
      event,
      salts,
    })
    lines.push({ ...encoded, stream, event, streamVersion })
    last = encoded.line
  }
  for (let from = 0; from < lines.length; from += rowsMax) {
    await insert(tx, lines.slice(from, from + rowsMax))
  }
  await tx.updateTable('chain').set({ position: last.position, hash: last.hash }).execute()
  return last
}

/** How far each stream has come that does not count by itself. */
async function versionsOf(tx: Tx, entries: readonly Entry[]): Promise<Map<string, number>> {
  const uncounted = entries.filter(({ streamVersion }) => streamVersion === undefined)
  if (uncounted.length === 0) return new Map()
  const streams = [...new Set(uncounted.map(({ stream }) => stream))]
  const { rows } = await sql<{ stream: string; version: number }>`
    select s.stream, e.stream_version as version
    from unnest(${streams}::text[]) as s (stream)
    cross join lateral (
      select stream_version from hallpass.events
      where events.stream = s.stream order by stream_version desc limit 1) e`.execute(tx)
  return new Map(rows.map(({ stream, version }) => [stream, version]))
}

async function insert(
  tx: Tx,
  lines: readonly (EncodedEvent & Pick<Entry, 'stream' | 'event'> & { streamVersion: number })[],
): Promise<void> {
  await tx
    .insertInto('events')
    .values(
      lines.map(({ line, at, stream, streamVersion, event }) => ({
        ...line,
        at,
        stream,
        stream_version: streamVersion,
        type: event.type,
      })),
    )
    .execute()
  const personal = lines.flatMap(({ line: { position }, personal: values }) =>
    values.map((value) => ({ ...value, position })),
  )
  for (let from = 0; from < personal.length; from += rowsMax) {
    await tx
      .insertInto('personal')
      .values(personal.slice(from, from + rowsMax))
      .execute()
  }
}

// Instants are numbers in memory and ISO 8601 text in the log, which people read.
import { toIso } from '../time.ts'
import { isRecord } from './personal.ts'

const namesInstant = (key: string) => key === 'at' || key.endsWith('At') || key.endsWith('Until')

/** A copy in which every member named `at`, `…At` or `…Until` that holds a number is ISO text. */
export const withIsoInstants = (value: unknown): unknown =>
  mapInstants(value, (held) => (typeof held === 'number' ? isoOf(held) : held))

/** The way back: text that `withIsoInstants` wrote becomes a number again. */
export const withNumericInstants = (value: unknown): unknown =>
  mapInstants(value, (held) => (typeof held === 'string' ? (instantOf(held) ?? held) : held))

/** Undefined for text that is not exactly how an instant is written. */
export function instantOf(text: string): number | undefined {
  const at = Date.parse(text)
  return Number.isNaN(at) || toIso(at) !== text ? undefined : at
}

/** Throws RangeError for what is no instant: a fraction of a millisecond would not come back as it went. */
export function isoOf(at: number): string {
  if (!Number.isSafeInteger(at)) throw new RangeError(`Not whole milliseconds: ${at}`)
  return toIso(at)
}

function mapInstants(value: unknown, change: (held: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => mapInstants(each, change))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      mapInstants(namesInstant(key) ? change(member) : member, change),
    ]),
  )
}

// From an event to its line in the log, and back.
import type { Instant } from '../time.ts'
import { canonicalJson, sha256Hex } from './canonical.ts'
import { instantOf, isoOf, withIsoInstants, withNumericInstants } from './instants.ts'
import { erased, isRecord, personalPaths, replaceAt } from './personal.ts'
import type { EncodedEvent, LogEvent, LoggedEvent, PersonalValue } from './types.ts'

export { genesis, verifyChain, verifyPersonal } from './verify.ts'

export interface ToEncode {
  /** The predecessor's plus one; the first is 1. */
  readonly position: number
  readonly at: Instant
  readonly stream: string
  /** The schema version of this type of event. */
  readonly version: number
  /** The predecessor's hash; the first one's is `genesis.hash`. */
  readonly previous: string
  readonly event: LogEvent
  /** 16 random bytes, hex, new at each call. */
  readonly salts: () => string
}

/**
 * The event's line and the personal values that it only commits to. Throws TypeError for a stream that could carry a
 * person's name, RangeError for a malformed instant, position, salt or predecessor: faults of the caller, never of people's input.
 */
export function encodeEvent(input: ToEncode): EncodedEvent {
  checkStream(input.stream)
  if (!Number.isSafeInteger(input.position) || input.position < 1) {
    throw new RangeError(`Not a position: ${input.position}`)
  }
  if (!/^[0-9a-f]{64}$/.test(input.previous)) throw new RangeError('previous is not a SHA-256')
  const { body, personal } = commitPersonal(input.event, input.salts)
  const canonical = canonicalJson({
    at: isoOf(input.at),
    body,
    position: input.position,
    previous: input.previous,
    stream: input.stream,
    type: input.event.type,
    version: input.version,
  })
  const line: LoggedEvent = { position: input.position, canonical, hash: sha256Hex(canonical) }
  return { line, personal, at: input.at }
}

export interface DecodedEvent {
  readonly position: number
  readonly at: Instant
  readonly stream: string
  readonly version: number
  readonly previous: string
  readonly event: LogEvent
}

/**
 * Reads a line back. `lookup` gives the canonical JSON (`PersonalValue.value`) behind a commitment, undefined once it
 * was erased: a placeholder then stands in its place. Throws SyntaxError or TypeError for what `encodeEvent` never wrote.
 */
export function decodeEvent(
  line: Pick<LoggedEvent, 'canonical'>,
  lookup: (commitment: string) => string | undefined,
): DecodedEvent {
  const read: unknown = JSON.parse(line.canonical)
  if (!isRecord(read) || !isRecord(read['body'])) throw new TypeError('Not a line of the log')
  const { position, at, stream, version, previous, type, body } = read
  if (
    typeof position !== 'number' ||
    typeof version !== 'number' ||
    typeof at !== 'string' ||
    typeof stream !== 'string' ||
    typeof previous !== 'string' ||
    typeof type !== 'string'
  ) {
    throw new TypeError('Not a line of the log')
  }
  const instant = instantOf(at)
  if (instant === undefined) throw new TypeError(`Not an instant: ${at}`)
  return { position, at: instant, stream, version, previous, event: eventOf(type, body, lookup) }
}

function commitPersonal(event: LogEvent, salts: () => string) {
  const personal: PersonalValue[] = []
  const commit = (found: unknown) => {
    const salt = salts()
    if (!/^[0-9a-f]{32}$/.test(salt)) throw new RangeError('A salt is 16 bytes in hex')
    const value = canonicalJson(found)
    const commitment = sha256Hex(Buffer.from(salt, 'hex'), value)
    personal.push({ commitment, salt, value })
    return { commitment }
  }
  const { type, ...fields } = event
  const body = personalPaths[type].reduce<unknown>(
    (value, { path }) => replaceAt(value, path, commit),
    withIsoInstants(fields),
  )
  return { body, personal }
}

function eventOf(
  type: string,
  body: Record<string, unknown>,
  lookup: (commitment: string) => string | undefined,
): LogEvent {
  if (!isEventType(type)) throw new TypeError(`Unknown type of event: ${type}`)
  const open = personalPaths[type].reduce<unknown>(
    (value, personal) =>
      replaceAt(value, personal.path, (found) => {
        if (!isRecord(found) || typeof found['commitment'] !== 'string') {
          throw new TypeError(`${type} holds no commitment at ${personal.path.join('.')}`)
        }
        const known = lookup(found['commitment'])
        return known === undefined ? erased(personal) : (JSON.parse(known) as unknown)
      }),
    body,
  )
  // The chain vouches that encodeEvent wrote this body, which only takes well-typed events.
  return { ...(withNumericInstants(open) as object), type } as LogEvent
}

const isEventType = (type: string): type is LogEvent['type'] => Object.hasOwn(personalPaths, type)

const streams =
  /^(grant:[0-9a-z-]+|subject:\d+#\d+|policy|instance|delivery:[0-9A-Za-z-]+|lane:[a-z][\w./():-]+)$/

/** Streams are never erased, so they hold ids and no names. */
function checkStream(stream: string): void {
  if (!streams.test(stream)) throw new TypeError(`Not a stream of the log: ${stream}`)
}

// What settings of clouds that are only connected where it is asked for have in common.
import { ConfigError } from '../domain/errors.ts'
import { minuteMs } from '../domain/time.ts'
import type { Reader } from './reader.ts'

/** The settings' names, and what people call the cloud. */
interface Named<Endpoint> {
  readonly title: string
  readonly on: string
  readonly endpoint: string
  /** NB: a test double is spoken to without TLS, so it is on this machine. Undefined for what is not such a place. */
  readonly endpointOf: (written: string) => Endpoint | undefined
  /** What to write instead. */
  readonly endpointHint: string
  readonly lag: string
  readonly lagMs: number
  readonly enforcement: string
  readonly enforcementMs: number
}

export interface Connected<Endpoint> {
  /** False when it is a test double, which guards nothing real. */
  readonly real: boolean
  readonly endpoint?: Endpoint
  readonly lagMs: number
  readonly enforcementMs: number
}

/** Undefined where it is not connected. */
export function readConnected<Endpoint>(
  read: Reader,
  named: Named<Endpoint>,
): Connected<Endpoint> | undefined {
  const { title } = named
  const on = read.optional(named.on)
  const endpoint = readEndpoint(read, named)
  if (on !== undefined && on !== 'on')
    throw new ConfigError(
      `${named.on} takes only the value "on": it connects ${title}. Leave it out where you have none.`,
    )
  if (on === undefined && endpoint !== undefined)
    throw new ConfigError(
      `${named.endpoint} is set without ${named.on}: set ${named.on}=on too, or neither.`,
    )
  if (on === undefined) return undefined
  return {
    real: endpoint === undefined,
    ...(endpoint === undefined ? {} : { endpoint }),
    lagMs: read.integer(named.lag, { fallback: named.lagMs, min: 0, max: 10 * minuteMs }),
    enforcementMs: read.integer(named.enforcement, {
      fallback: named.enforcementMs,
      min: 0,
      max: 24 * 60 * minuteMs,
    }),
  }
}

function readEndpoint<Endpoint>(
  read: Reader,
  { title, endpoint, endpointOf, endpointHint }: Named<Endpoint>,
): Endpoint | undefined {
  const written = read.optional(endpoint)
  if (written === undefined) return undefined
  const place = endpointOf(written)
  if (place !== undefined) return place
  throw new ConfigError(
    `${endpoint} must be ${endpointHint}: it is where a test double is, which is spoken to without TLS. Leave it out for ${title} itself.`,
  )
}

export const isPort = (port: string): boolean => Number(port) > 0 && Number(port) <= 65_535

import { ConfigError } from '../domain/errors.ts'
import { minuteMs } from '../domain/time.ts'
import type { Reader } from './reader.ts'

/** Google Cloud is only connected where it is asked for: credentials that happen to be there are no wish to use them. */
export interface GcpConfig {
  /** False when it is a test double, which guards nothing real. */
  readonly real: boolean
  /** Undefined: Google itself, with Application Default Credentials. */
  readonly endpoint?: { readonly host: string; readonly port: number; readonly insecure: true }
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs: number
  /** For how long Google may still allow what was removed, in milliseconds. */
  readonly enforcementMs: number
}

/** Undefined where it is not connected. */
export function readGcp(read: Reader): GcpConfig | undefined {
  const on = read.optional('HALLPASS_GCP')
  const endpoint = readEndpoint(read)
  if (on !== undefined && on !== 'on')
    throw new ConfigError(
      'HALLPASS_GCP takes only the value "on": it connects Google Cloud. Leave it out where you have none.',
    )
  if (on === undefined && endpoint !== undefined)
    throw new ConfigError(
      'HALLPASS_GCP_ENDPOINT is set without HALLPASS_GCP: set HALLPASS_GCP=on too, or neither.',
    )
  if (on === undefined) return undefined
  return {
    real: endpoint === undefined,
    ...(endpoint === undefined ? {} : { endpoint }),
    lagMs: read.integer('HALLPASS_GCP_LAG_MS', { fallback: 2_000, min: 0, max: 10 * minuteMs }),
    enforcementMs: read.integer('HALLPASS_GCP_ENFORCEMENT_MS', {
      fallback: 7 * minuteMs,
      min: 0,
      max: 24 * 60 * minuteMs,
    }),
  }
}

/** NB: it is spoken to without TLS, so it is on this machine. */
function readEndpoint(read: Reader): GcpConfig['endpoint'] {
  const value = read.optional('HALLPASS_GCP_ENDPOINT')
  if (value === undefined) return undefined
  const { host = '', port = '' } =
    /^(?<host>127\.\d+\.\d+\.\d+|localhost|\[::1\]):(?<port>\d{1,5})$/.exec(value)?.groups ?? {}
  if (host !== '' && Number(port) > 0 && Number(port) <= 65_535)
    return { host, port: Number(port), insecure: true }
  throw new ConfigError(
    'HALLPASS_GCP_ENDPOINT must be a host of this machine and a port, such as 127.0.0.1:8085: it is where a test double is, which is spoken to without TLS. Leave it out for Google itself.',
  )
}

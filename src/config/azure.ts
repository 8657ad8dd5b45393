import { ConfigError } from '../domain/errors.ts'
import { minuteMs } from '../domain/time.ts'
import type { Reader } from './reader.ts'

/** Azure is only connected where it is asked for: an identity that happens to be there is no wish to use it. */
export interface AzureConfig {
  /** False when it is a test double, which guards nothing real. */
  readonly real: boolean
  /** Undefined: Azure itself. */
  readonly endpoint?: string
  /** Which of several managed identities this process is. */
  readonly clientId?: string
  /** What a test double takes. Undefined: an identity that a server has, never one that a person signed in with. */
  readonly credential?: {
    readonly getToken: () => Promise<{ token: string; expiresOnTimestamp: number }>
  }
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs: number
  /** For how long Azure may still allow what was removed, in milliseconds. */
  readonly enforcementMs: number
}

/** Undefined where it is not connected. */
export function readAzure(read: Reader): AzureConfig | undefined {
  const on = read.optional('HALLPASS_AZURE')
  const endpoint = readEndpoint(read)
  const clientId = read.optional('AZURE_CLIENT_ID')
  if (on !== undefined && on !== 'on')
    throw new ConfigError(
      'HALLPASS_AZURE takes only the value "on": it connects Azure. Leave it out where you have none.',
    )
  if (on === undefined && endpoint !== undefined)
    throw new ConfigError(
      'HALLPASS_AZURE_ENDPOINT is set without HALLPASS_AZURE: set HALLPASS_AZURE=on too, or neither.',
    )
  if (on === undefined) return undefined
  return {
    real: endpoint === undefined,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(clientId === undefined ? {} : { clientId }),
    lagMs: read.integer('HALLPASS_AZURE_LAG_MS', { fallback: 30_000, min: 0, max: 10 * minuteMs }),
    enforcementMs: read.integer('HALLPASS_AZURE_ENFORCEMENT_MS', {
      fallback: 10 * minuteMs,
      min: 0,
      max: 24 * 60 * minuteMs,
    }),
  }
}

/** NB: tokens go there without TLS, so it is on this machine. */
function readEndpoint(read: Reader): string | undefined {
  const value = read.optional('HALLPASS_AZURE_ENDPOINT')
  if (value === undefined) return undefined
  const [, port = ''] =
    /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):(\d{1,5})\/?$/.exec(value) ?? []
  if (Number(port) > 0 && Number(port) <= 65_535) return value
  throw new ConfigError(
    'HALLPASS_AZURE_ENDPOINT must be an address on this machine, such as http://127.0.0.1:8086: it is where a test double is, which is spoken to without TLS. Leave it out for Azure itself.',
  )
}

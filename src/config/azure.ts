import { minuteMs } from '../domain/time.ts'
import { isPort, readConnected } from './connected.ts'
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
  const clientId = read.optional('AZURE_CLIENT_ID')
  const connected = readConnected(read, {
    title: 'Azure',
    on: 'HALLPASS_AZURE',
    endpoint: 'HALLPASS_AZURE_ENDPOINT',
    endpointOf,
    endpointHint: 'an address on this machine, such as http://127.0.0.1:8086',
    lag: 'HALLPASS_AZURE_LAG_MS',
    lagMs: 30_000,
    enforcement: 'HALLPASS_AZURE_ENFORCEMENT_MS',
    enforcementMs: 10 * minuteMs,
  })
  return connected && { ...connected, ...(clientId === undefined ? {} : { clientId }) }
}

function endpointOf(written: string): string | undefined {
  const [, port = ''] =
    /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):(\d{1,5})\/?$/.exec(written) ?? []
  return isPort(port) ? written : undefined
}

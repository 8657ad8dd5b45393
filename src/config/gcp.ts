import { minuteMs } from '../domain/time.ts'
import { isPort, readConnected } from './connected.ts'
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
export const readGcp = (read: Reader): GcpConfig | undefined =>
  readConnected(read, {
    title: 'Google Cloud',
    on: 'HALLPASS_GCP',
    endpoint: 'HALLPASS_GCP_ENDPOINT',
    endpointOf,
    endpointHint: 'a host of this machine and a port, such as 127.0.0.1:8085',
    lag: 'HALLPASS_GCP_LAG_MS',
    lagMs: 2_000,
    enforcement: 'HALLPASS_GCP_ENFORCEMENT_MS',
    enforcementMs: 7 * minuteMs,
  })

function endpointOf(written: string): GcpConfig['endpoint'] {
  const { host = '', port = '' } =
    /^(?<host>127\.\d+\.\d+\.\d+|localhost|\[::1\]):(?<port>\d{1,5})$/.exec(written)?.groups ?? {}
  return isPort(port) ? { host, port: Number(port), insecure: true } : undefined
}

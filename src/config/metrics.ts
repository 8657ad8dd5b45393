import { ConfigError } from '../domain/errors.ts'
import type { Reader } from './reader.ts'

/** Where Prometheus scrapes. */
export interface MetricsConfig {
  readonly host: string
  readonly port: number
}

/** Undefined: nothing is measured. */
export function readMetrics(read: Reader): MetricsConfig | undefined {
  const written = read.optional('METRICS_PORT')
  if (written === undefined) return undefined
  // NB: what was pasted there by mistake may be a secret: it is not repeated.
  if (written !== '0' && written === (read.optional('PORT') ?? '3000'))
    throw new ConfigError('METRICS_PORT and PORT are the same. Give each a port of its own.')
  return {
    host: read.optional('METRICS_HOST') ?? '127.0.0.1',
    port: read.integer('METRICS_PORT', { fallback: 0, min: 0, max: 65_535 }),
  }
}

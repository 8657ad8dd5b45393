import type { Reader } from './reader.ts'

/** Where Prometheus scrapes. */
export interface MetricsConfig {
  readonly host: string
  readonly port: number
}

/** Undefined: nothing is measured. */
export function readMetrics(read: Reader): MetricsConfig | undefined {
  if (read.optional('METRICS_PORT') === undefined) return undefined
  return {
    host: read.optional('METRICS_HOST') ?? '127.0.0.1',
    port: read.integer('METRICS_PORT', { fallback: 0, min: 0, max: 65_535 }),
  }
}

// What this process did, counted as it happens: it begins at nothing when the process starts.
import { Counter, Histogram, type Registry } from 'prom-client'

export type Counts = ReturnType<typeof createCounts>

/** A second is good, a minute is an alert, and ten are what clouds may take until they are certain. */
const lateSeconds = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600]
const soonSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900]

export function createCounts(registry: Registry) {
  const registers = [registry]
  const way = ['cloud', 'mode', 'end'] as const
  return {
    deliveries: new Counter({
      name: 'hallpass_deliveries_total',
      help: 'Deliveries by event, and what became of them.',
      labelNames: ['event', 'outcome'] as const,
      registers,
    }),
    handled: new Histogram({
      name: 'hallpass_delivery_handled_seconds',
      help: 'From when a delivery was received to when it was handled.',
      labelNames: ['event'] as const,
      buckets: soonSeconds,
      registers,
    }),
    transitions: new Counter({
      name: 'hallpass_grant_events_total',
      help: 'Events of grants by type.',
      labelNames: ['type'] as const,
      registers,
    }),
    active: new Histogram({
      name: 'hallpass_time_to_active_seconds',
      help: 'From when access was approved to when it was first seen in a cloud.',
      buckets: soonSeconds,
      registers,
    }),
    removed: new Histogram({
      name: 'hallpass_revocation_removed_seconds',
      help: 'From when access was to end to when the cloud had removed it.',
      labelNames: way,
      buckets: lateSeconds,
      registers,
    }),
    certain: new Histogram({
      name: 'hallpass_revocation_certain_seconds',
      help: 'From when access was to end to when it was certain that the cloud allows nothing more by it.',
      labelNames: way,
      buckets: lateSeconds,
      registers,
    }),
    errors: new Counter({
      name: 'hallpass_errors_total',
      help: 'Failures that were logged, by where they come from and their kind.',
      labelNames: ['source', 'kind'] as const,
      registers,
    }),
  }
}

/** Doubling from a quarter of a second, with half of it jittered so that retries spread. `attempt` counts from 1. */
export function backoffMs(attempt: number, maxMs: number): number {
  const full = Math.min(maxMs, 250 * 2 ** Math.min(attempt, 20))
  return Math.round(full / 2 + (Math.random() * full) / 2)
}

/** A tenth earlier or later, so that what begins together does not stay together. */
export const spreadMs = (ms: number): number => Math.round(ms * (0.9 + Math.random() * 0.2))

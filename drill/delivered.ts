import type { Delivery } from '../sandbox/github/index.ts'

/** When all of them were acknowledged; undefined while one was not. */
export function deliveredAt(deliveries: readonly Delivery[]): number | undefined {
  const times = deliveries.map(
    ({ attempts }) => attempts.find(({ statusCode }) => statusCode >= 200 && statusCode < 300)?.at,
  )
  return times.some((at) => at === undefined) ? undefined : Math.max(...times.map(Number))
}

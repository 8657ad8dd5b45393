/** Milliseconds since 1970-01-01T00:00:00Z. Ends of leases are whole seconds: multiples of 1000. */
export type Instant = number

export const secondMs = 1000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs

/** `2026-11-22T17:00:00Z`, or with milliseconds when there are any. */
export function toIso(at: Instant): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

export const floorToSecond = (at: Instant): Instant => Math.floor(at / secondMs) * secondMs
export const ceilToSecond = (at: Instant): Instant => Math.ceil(at / secondMs) * secondMs

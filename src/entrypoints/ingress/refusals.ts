import type { Log } from '../../workflows/ports.ts'

/** How often the same refusal of strangers is told. */
const tellEveryMs = 60_000
const textMax = 100

/** From a header, safe to log: short, and without characters that steer a terminal or break a line. */
export const clean = (text: string | undefined): string | undefined =>
  text
    ?.slice(0, textMax)
    .toWellFormed()
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')

/**
 * Tells that a request without a valid signature was refused: at once, then at most once a minute and reason with the
 * number since, so that strangers cannot fill the disk.
 */
export function createStrangerLog(log: Log): (reason: string) => void {
  const told = new Map<string, { at: number; since: number }>()
  return (reason) => {
    const now = performance.now()
    const last = told.get(reason) ?? { at: -Infinity, since: 0 }
    last.since += 1
    if (now - last.at >= tellEveryMs) {
      log.warn('delivery.refused', { reason, times: last.since })
      last.at = now
      last.since = 0
    }
    told.set(reason, last)
  }
}

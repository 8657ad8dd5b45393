// What has been given so far, held against a limit. The one rule for the decision and for the commit that counts again.
import type { Instant } from '../time.ts'
import type { Limits } from './types.ts'

export interface Counted {
  /** Requested, approved or active now. */
  readonly atOnce: number
  /** When the last one's lease was over. */
  readonly lastEndedAt: Instant | undefined
  /**
   * Seconds of leases that began in the last 24 hours: as long as they last, or lasted when they ended early. A request
   * that waits counts as long as it asks for.
   */
  readonly secondsInDay: number
}

/** `role`: `atOnce` is everybody's, the rest is this person's of this role. */
export interface Usage {
  readonly role: Counted
  readonly person: Counted
  readonly repository: Counted
}

export type LimitScope = keyof Usage
export type ExceededLimit = 'at-once' | 'cooldown' | 'daily'

/** Which limit one more lease would exceed, if any. */
export function exceededBy(
  { atOnce, cooldownSeconds, dailySeconds }: Limits,
  counted: Counted,
  leaseSeconds: number,
  now: Instant,
): ExceededLimit | undefined {
  if (atOnce !== undefined && counted.atOnce + 1 > atOnce) return 'at-once'
  const { lastEndedAt, secondsInDay } = counted
  const cooled =
    cooldownSeconds === undefined ||
    lastEndedAt === undefined ||
    now >= lastEndedAt + cooldownSeconds * 1000
  if (!cooled) return 'cooldown'
  if (dailySeconds !== undefined && secondsInDay + leaseSeconds > dailySeconds) return 'daily'
  return undefined
}

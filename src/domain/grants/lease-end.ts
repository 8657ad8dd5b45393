import { floorToSecond, secondMs, type Instant } from '../time.ts'
import type { Offer } from './types.ts'

/** Rounded down to the whole second: no end lies past what was approved. */
export const leaseEndOf = (
  { leaseSeconds }: Pick<Offer, 'leaseSeconds'>,
  approvedAt: Instant,
): Instant => floorToSecond(approvedAt + leaseSeconds * secondMs)

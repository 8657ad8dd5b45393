import { isHeld } from '../../grants/phases.ts'
import type { Grant } from '../../grants/types.ts'
import { latenessText, type Lateness } from '../../measures/lateness.ts'
import type { Instant } from '../../time.ts'
import { utc } from '../format.ts'

/** The table above it says the rest. */
export function statusAnswer(
  grants: readonly Grant[],
  now: Instant,
  lateness: Lateness | undefined,
): string {
  const held = grants.filter(isHeld).length
  const waiting = grants.filter(({ phase }) => phase === 'requested').length
  const ending = grants.filter(({ phase }) => phase === 'ending').length
  const counts = [
    `${held} held`,
    ...(waiting > 0 ? [`${waiting} waiting for approval`] : []),
    ...(ending > 0 ? [`${ending} ending`] : []),
  ]
  return [`As of ${utc(now)}: ${counts.join(', ')}.`, latenessText(lateness)]
    .filter((text) => text !== '')
    .join(' ')
}

// When a schedule runs, from what was said about it: a pure function of the record and the instant.
import type { Schedule } from './entities.ts'

export interface Span {
  readonly start: number
  /** Exclusive; infinite for never. */
  readonly end: number
  /** The end that the schedule itself carries: `end` lies before it when somebody ended it early. */
  readonly ownEnd: number
}

const never = Number.POSITIVE_INFINITY

/** In order, without gaps that no one made: a change of terms while it runs does not interrupt it. */
export function spansOf(schedule: Schedule): Span[] {
  const spans: Span[] = []
  for (const [index, terms] of schedule.terms.entries()) {
    const replacedAt = schedule.terms[index + 1]?.from ?? never
    const start = Math.max(terms.from, terms.startsAt)
    const ownEnd = terms.endsAt ?? never
    const end = Math.min(ownEnd, replacedAt, schedule.revokedAt ?? never)
    const last = spans.at(-1)
    if (last && last.end === start) spans[spans.length - 1] = { start: last.start, end, ownEnd }
    else if (start < end) spans.push({ start, end, ownEnd })
    // What has ended by itself stays ended.
    if (ownEnd <= replacedAt) break
  }
  return spans
}

export const isActive = (schedule: Schedule, at: number): boolean =>
  spansOf(schedule).some((span) => span.start <= at && at < span.end)

/** Active or still to come, as far as it was carried out by then. */
export function isLive(schedule: Schedule, at: number): boolean {
  const created = (schedule.terms[0]?.from ?? never) <= at
  return created && spansOf(schedule).some((span) => at < span.end)
}

/** The terms that count at this instant. */
export const termsAt = (schedule: Schedule, at: number) =>
  schedule.terms.findLast((terms) => terms.from <= at) ?? schedule.terms[0]

const part = String.raw`(\d+(?:\.\d+)?)`
const pattern = new RegExp(
  `^P(?:${part}Y)?(?:${part}M)?(?:${part}W)?(?:${part}D)?(?:T(?:${part}H)?(?:${part}M)?(?:${part}S)?)?$`,
)
const day = 86_400_000
const units = [365 * day, 30 * day, 7 * day, day, 3_600_000, 60_000, 1000]

/** Milliseconds of an ISO 8601 duration; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  const found = pattern.exec(text)
  if (!found || text.endsWith('P') || text.endsWith('T')) return undefined
  return units.reduce((sum, unit, index) => sum + unit * Number(found[index + 1] ?? 0), 0)
}

// A grant's state in a few words. NB: never `ended` before it is proven.
import type { Active, Closed, Ended, Ending, EndReason, Grant, Live } from '../grants/types.ts'
import { needsSessionsUntil } from '../grants/phases.ts'
import { minuteMs, type Instant } from '../time.ts'
import { code, sentence } from './escape.ts'
import { duration, utc } from './format.ts'
import { outlivesBy } from './promises.ts'
import { reasonInWords } from './subject-words.ts'

export function stateOf(grant: Grant): string {
  switch (grant.phase) {
    case 'requested':
      return `**waits for approval** until ${utc(grant.lapsesAt)}`
    case 'approved':
      return '**approved**, being set up'
    case 'active':
      return `**active**${partly(grant)}${isWarnedOf(grant) ? ', **ends soon**' : ''}`
    case 'ending':
      return `**ending**, ${remaining(grant)}`
    case 'ended':
      return `ended ${utc(grant.endedAt)}: ${reasonOf(grant)}`
    case 'denied':
    case 'withdrawn':
    case 'lapsed':
      return `${grant.phase} ${utc(grant.closedAt)}${closedBy(grant)}`
    default:
      return grant satisfies never
  }
}

/** The lease's end and how long the lease is; for a request, how long it would be. */
export function untilOf(grant: Grant): string {
  const length = duration(grant.revision.offer.leaseSeconds)
  return 'endsAt' in grant ? `${utc(grant.endsAt)} (${length})` : `${length} once approved`
}

/** Whose word it was, where it was somebody else's than the holder's, and what they said. */
export function reasonOf({ revision, reason, endedBy, detail }: Ending | Ended): string {
  const { subject, recipient } = revision.offer
  const by =
    endedBy.kind === 'person' && endedBy.person.id !== recipient.id && byWord.has(reason)
      ? ` by ${code(endedBy.person.login)}`
      : ''
  return `${reasonInWords(reason, subject.kind)}${by}${inBrackets(detail)}`
}

const byWord: ReadonlySet<EndReason> = new Set(['revoked', 'frozen'])

/** As much as a lane's failure tells: a cloud's own words come after the long name of what was asked. */
const detailMax = 500

const inBrackets = (detail: string | undefined): string =>
  detail === undefined ? '' : ` (${sentence(detail, detailMax)})`

/** The latest that a session can still run. Undefined when none can outlive the lease. */
export function sessionsUntilMax(grant: Live | Ended): Instant | undefined {
  const seconds = outlivesBy(grant.revision.offer)
  return seconds > 0 ? grant.endsAt + seconds * 1000 : undefined
}

function partly({ holds }: Grant): string {
  const seen = holds.filter(({ state }) => state === 'observed').length
  return seen === holds.length ? '' : ` in part: ${seen} of ${holds.length}`
}

function remaining(grant: Ending): string {
  const proven = grant.holds.every(({ state }) => state === 'gone')
  const until = proven ? needsSessionsUntil(grant) : sessionsUntilMax(grant)
  if (until === undefined) return 'its removal is being proven'
  const shown = utc(Math.ceil(until / minuteMs) * minuteMs)
  return proven ? `sessions until ${shown}` : `sessions until ${shown} at the latest`
}

/** Once for each end: a lease that was made longer is not over soon any more. */
export const isWarnedOf = ({ warnedFor, endsAt }: Active): boolean => warnedFor === endsAt

function closedBy({ by, phase, detail, revision }: Closed): string {
  const own = by.kind === 'person' && by.person.id === revision.offer.recipient.id
  const whose =
    by.kind === 'person' && !own && phase !== 'lapsed' ? ` by ${code(by.person.login)}` : ''
  return `${whose}${inBrackets(detail)}`
}

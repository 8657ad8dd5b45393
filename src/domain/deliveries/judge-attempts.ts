// Which deliveries were lost: GitHub's list of its attempts beside our inbox. Nothing in a list is an authority: what is
// found lost is only asked for again, and comes in as any delivery does.
import { hourMs, type Instant } from '../time.ts'

/** One try of GitHub's to bring us a delivery. */
export interface Attempt {
  /** GitHub's, as text: it may be larger than a number holds. */
  readonly id: string
  /** `X-GitHub-Delivery`: the same for all attempts of one delivery. */
  readonly guid: string
  readonly at: Instant
  /** Whether it was answered with 2xx. */
  readonly answered: boolean
  /** As `pull_request.closed`. */
  readonly event: string
  readonly redelivery: boolean
  readonly installationId: number | undefined
  readonly repositoryId: number | undefined
}

/** A delivery that was found lost, and what became of it. Kept for as long as GitHub would list it. */
export interface LostDelivery {
  readonly guid: string
  /** Of the newest attempt that was seen: what a redelivery is asked of. */
  readonly attemptId: string
  readonly event: string
  readonly lostAt: Instant
  /** How often it was asked for. */
  readonly asked: number
  readonly nextAt: Instant
  /** `over`: it came, or was answered and needs no work here. */
  readonly state: 'open' | 'over' | 'given-up'
}

/** For so long GitHub redelivers. */
export const redeliveryMsMax = 3 * 24 * hourMs
const asksMax = 12
const waitMsMax = 6 * hourMs

export interface Listed {
  /** Newest first, as GitHub lists them. */
  readonly attempts: readonly Attempt[]
  readonly known: readonly LostDelivery[]
  /** Guids that are in the inbox, whatever became of them there. */
  readonly received: ReadonlySet<string>
  readonly now: Instant
}

/** What of this has changed, to be recorded. Those that are open and due are to be asked for, oldest first. */
export function judgeAttempts({ attempts, known, received, now }: Listed): readonly LostDelivery[] {
  const newest = new Map<string, Attempt>()
  for (const attempt of attempts) if (!newest.has(attempt.guid)) newest.set(attempt.guid, attempt)
  const former = new Map(known.map((each) => [each.guid, each]))
  const guids = new Set([...former.keys(), ...newest.keys()])
  return [...guids]
    .flatMap((guid) => {
      const before = former.get(guid)
      const after = judge(before, newest.get(guid), received.has(guid), now)
      return after === undefined || after === before ? [] : [after]
    })
    .toSorted((a, b) => a.lostAt - b.lostAt)
}

function judge(
  before: LostDelivery | undefined,
  attempt: Attempt | undefined,
  isReceived: boolean,
  now: Instant,
): LostDelivery | undefined {
  // NB: what is in the inbox and was given up there is not asked for again: it would fail for ever.
  if (before === undefined)
    return isReceived || attempt === undefined ? undefined : newlyLost(attempt, now)
  if (before.state !== 'open') return before
  if (isReceived) return { ...before, state: 'over' }
  const seen =
    attempt === undefined || attempt.id === before.attemptId ? before : after(before, attempt)
  return seen.state === 'open' && isHopeless(seen, now) ? { ...seen, state: 'given-up' } : seen
}

const newlyLost = (attempt: Attempt, now: Instant): LostDelivery => ({
  guid: attempt.guid,
  attemptId: attempt.id,
  event: attempt.event,
  lostAt: attempt.at,
  asked: 0,
  nextAt: now,
  state: 'open',
})

/** Answered with 2xx once more and still not in the inbox: it is one that we answer without storing it. */
const after = (before: LostDelivery, attempt: Attempt): LostDelivery => ({
  ...before,
  attemptId: attempt.id,
  state: attempt.answered && before.asked > 0 ? 'over' : 'open',
})

const isHopeless = ({ lostAt, asked, nextAt }: LostDelivery, now: Instant): boolean =>
  now - lostAt > redeliveryMsMax || (asked >= asksMax && nextAt <= now)

export const isDue = ({ state, nextAt }: LostDelivery, now: Instant): boolean =>
  state === 'open' && nextAt <= now

/**
 * It is asked for now: counted before it is done, so that whoever dies between asks too seldom rather than too often.
 * `everyMs`: how often the list is read; sooner nobody would see whether it came.
 */
export const askedFor = (lost: LostDelivery, now: Instant, everyMs: number): LostDelivery => ({
  ...lost,
  asked: lost.asked + 1,
  nextAt: now + Math.min(waitMsMax, everyMs * 2 ** Math.min(lost.asked, 10)),
})

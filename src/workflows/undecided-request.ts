// A request that could not be decided: tried again, and told to people once it is given up.
import { CloudError, GitHubError, LedgerConflict } from '../domain/errors.ts'
import { undecided } from '../domain/policy/refuse.ts'
import type { ReviewRequested } from '../domain/signals.ts'
import type { Deps } from './deps.ts'
import type { Commit } from './ports.ts'
import { noticeOf, refusedEvent } from './refused-request.ts'

/** What stood in the way is its `cause`, and its message the same. */
class UndecidedRequest extends Error {
  override name = 'UndecidedRequest'
  readonly signal: ReviewRequested
  constructor(signal: ReviewRequested, cause: unknown) {
    super(cause instanceof Error ? cause.message : 'unknown failure', { cause })
    this.signal = signal
  }
}

export async function orUndecided<T>(signal: ReviewRequested, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // Who lost the claim on it decides nothing: whoever has it now does.
    throw error instanceof LedgerConflict ? error : new UndecidedRequest(signal, error)
  }
}

/**
 * What is left to tell of the requests that this delivery was given up on. NB: a bot, and an account that is not
 * served, make Hallpass write nothing; whether a person may ask could not always be read, and GitHub let them.
 */
export function tellingOf(
  deps: Deps,
  error: unknown,
): Required<Pick<Commit, 'events' | 'notices' | 'dirtySubjects'>> {
  const faults: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
  const requests = faults.filter((fault) => fault instanceof UndecidedRequest)
  const refusals = requests.map(({ signal, cause }) => {
    const refusal = undecided(whyOf(cause, signal.delivery))
    const heard = signal.actor.type === 'User' && deps.accounts.has(signal.subject.accountId)
    return { signal, refusal: heard ? refusal : { ...refusal, audience: 'log' as const } }
  })
  const told = refusals.filter(({ refusal }) => refusal.audience === 'people')
  return {
    events: refusals.map(({ signal, refusal }) => refusedEvent(signal, refusal)),
    notices: told.map(({ signal: { subject, reviewer }, refusal }) => {
      const notice = noticeOf(refusal, reviewer, deps.clock.now())
      return { subject, key: notice.key, notice }
    }),
    dirtySubjects: told.map(({ signal }) => signal.subject),
  }
}

/** NB: only these two are worded for people; others may name what is nobody's business. */
const whyOf = (cause: unknown, delivery: string): string =>
  cause instanceof CloudError || cause instanceof GitHubError
    ? cause.message.replace(/\.$/, '')
    : `an internal failure, told in the operator's log of delivery ${delivery}`

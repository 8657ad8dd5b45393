// A request that could not be decided: tried again, and told to people once it is given up.
import { CloudError, GitHubError, LedgerConflict } from '../domain/errors.ts'
import { undecided } from '../domain/policy/refuse.ts'
import type { Ask } from '../domain/policy/types.ts'
import type { Deps } from './deps.ts'
import type { Commit } from './ports.ts'
import { namedBy, noticeOf, refusedEvent } from './refused-request.ts'
import { wordsOf } from '../domain/redact.ts'

/** What stood in the way is its `cause`, and its message the same. */
export class UndecidedRequest extends Error {
  override name = 'UndecidedRequest'
  readonly ask: Ask
  constructor(ask: Ask, cause: unknown) {
    super(wordsOf(cause), { cause })
    this.ask = ask
  }
}

export async function orUndecided<T>(ask: Ask, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // Who lost the claim on it decides nothing: whoever has it now does.
    throw error instanceof LedgerConflict ? error : new UndecidedRequest(ask, error)
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
  const refused = requests.map(({ ask, cause }) => {
    const refusal = undecided(whyOf(cause, ask.delivery), ask.trigger)
    const heard =
      wasMeant(ask) && ask.actor.type === 'User' && deps.accounts.has(ask.subject.accountId)
    const audience = heard ? refusal.audience : 'log'
    return { ask, refusal: { ...refusal, audience }, recipient: namedBy(ask) }
  })
  const told = refused.filter(({ refusal }) => refusal.audience === 'people')
  return {
    events: refused.map(({ ask, ...each }) => refusedEvent(ask, each)),
    notices: told.map(({ ask, ...each }) => {
      const notice = noticeOf(each, deps.clock.now())
      return { subject: ask.subject, key: notice.key, notice }
    }),
    dirtySubjects: told.map(({ ask }) => ask.subject),
  }
}

/** A label or an assignment may have asked for nothing: nobody waits to hear of it. */
const wasMeant = ({ trigger }: Ask): boolean =>
  trigger === 'review_requested' || trigger === 'requested'

/** NB: only these two are worded for people; others may name what is nobody's business. */
const whyOf = (cause: unknown, delivery: string): string =>
  cause instanceof CloudError || cause instanceof GitHubError
    ? wordsOf(cause).replace(/\.$/, '')
    : `an internal failure, told in the operator's log of delivery ${delivery}`

// `/access acknowledge`: a reviewer looked at access that nobody had approved.
import type { CommandOf } from '../../domain/commands/types.ts'
import { decideAcknowledge } from '../../domain/debts/acknowledge.ts'
import { subjectKey } from '../../domain/subjects.ts'
import { retryingConflicts } from '../decide-all.ts'
import type { Deps } from '../deps.ts'
import { carry, done, refused, type Reply, type Spoken } from './spoken.ts'
import { isAmong } from './titles.ts'

/** Wherever in the repository of the access it is written: the review issue is one place, the subject another. */
export async function acknowledge(
  deps: Deps,
  spoken: Spoken,
  { code }: CommandOf<'acknowledge'>,
): Promise<Reply> {
  return retryingConflicts(async () => {
    const debt = await deps.ledger.debt(code)
    const { actor, subject } = spoken.signal
    if (debt === undefined || debt.subject.repositoryId !== subject.repositoryId)
      return carry(deps, spoken, {}, refused('That code names no review that is owed here.'))
    const decision = decideAcknowledge(
      debt,
      {
        code,
        by: actor,
        isBot: actor.type !== 'User',
        isReviewer: await isAmong(deps, spoken, debt.reviewers),
      },
      deps.clock.now(),
    )
    if (decision.kind === 'refused') return carry(deps, spoken, {}, refused(decision.reason))
    const stream = `subject:${subjectKey(debt.subject)}`
    return carry(
      deps,
      spoken,
      {
        debts: [decision.debt],
        events: [{ stream, event: decision.event }],
        dirtySubjects: [debt.subject],
      },
      done(),
    )
  })
}

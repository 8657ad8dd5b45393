// What a signal means: a request for access, the end of some, or a reason to look again.
import { askOf } from '../domain/policy/ask-of.ts'
import type { Signal } from '../domain/signals.ts'
import { subjectKey } from '../domain/subjects.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import { hearComment } from './commands/hear-comment.ts'
import { pressButton } from './commands/press-button.ts'
import { endGrants } from './end-grants.ts'
import { requestAccess } from './request-access.ts'
import type { Held } from './under-claim.ts'

export async function handleSignal(deps: Deps, signal: Signal, held: Held): Promise<void> {
  // NB: asked of a ledger whose history was lost, and perhaps done or refused in it. Nobody hears of it a second time.
  if (asking.has(signal.type) && signal.at < deps.ledger.seat.askedSince()) {
    const { repositoryId: repo, number: subject } = signal.subject
    deps.log.info('request.before-restore', { signal: signal.type, repo, subject })
    return
  }
  switch (signal.type) {
    case 'ReviewRequested':
    case 'TeamReviewRequested':
    case 'LabelAdded':
    case 'Assigned':
      await requestAccess(deps, askOf(signal), held)
      return
    case 'ReviewRequestRemoved':
    case 'TeamReviewRequestRemoved':
    case 'LabelRemoved':
    case 'Unassigned':
    case 'IssueClosed':
      return endGrants(deps, signal)
    case 'CommandWritten':
      return hearComment(deps, signal, held)
    case 'ButtonPressed':
      return pressButton(deps, signal, held)
    case 'PullRequestPushed':
      await endGrants(deps, signal)
      return lookAgain(deps, signal)
    case 'PullRequestClosed':
      await endGrants(deps, signal)
      return weighApprovals(deps, signal)
    case 'BaseChanged':
      return lookAgain(deps, signal)
    case 'ReviewSubmitted':
      await endGrants(deps, signal)
      return weighApprovals(deps, signal)
    case 'ReviewDismissed':
      return weighApprovals(deps, signal)
    default:
      return signal satisfies never
  }
}

/** What may give something, or be answered. */
const asking: ReadonlySet<Signal['type']> = new Set([
  'ReviewRequested',
  'TeamReviewRequested',
  'LabelAdded',
  'Assigned',
  'CommandWritten',
  'ButtonPressed',
])

const lookAgain = (deps: Deps, { subject }: Signal): Promise<void> =>
  commitAndNudge(deps, { now: deps.clock.now(), dirtySubjects: [subject] })

/**
 * Verdicts count for what changes a policy document. Most pull requests change none: where that is known, GitHub is not
 * asked anything.
 */
async function weighApprovals(deps: Deps, signal: Signal): Promise<void> {
  const known = (await deps.ledger.report(subjectKey(signal.subject)))?.posted.policyPaths
  if (known?.paths.length !== 0) await lookAgain(deps, signal)
}

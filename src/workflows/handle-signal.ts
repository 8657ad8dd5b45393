// What a signal means: a request for access, the end of some, or a reason to look again.
import type { Signal } from '../domain/signals.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import { endGrants } from './end-grants.ts'
import { requestAccess } from './request-access.ts'
import type { Held } from './under-claim.ts'

export async function handleSignal(deps: Deps, signal: Signal, held: Held): Promise<void> {
  switch (signal.type) {
    case 'ReviewRequested':
      return requestAccess(deps, signal, held)
    case 'ReviewRequestRemoved':
    case 'ReviewSubmitted':
    case 'PullRequestClosed':
      return endGrants(deps, signal)
    case 'PullRequestPushed':
      await endGrants(deps, signal)
      return commitAndNudge(deps, { now: deps.clock.now(), dirtySubjects: [signal.subject] })
  }
}

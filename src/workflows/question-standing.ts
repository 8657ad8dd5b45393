// Something moved that access may stand on: it is noted in the ledger, for the ground to be read anew at once.
import type { Concerned, GroundMoved } from '../domain/signals.ts'
import type { Deps } from './deps.ts'
import type { Held } from './under-claim.ts'

type QuestionDeps = Pick<Deps, 'ledger' | 'clock' | 'log' | 'documents'>

export async function questionStanding(
  deps: QuestionDeps,
  signal: GroundMoved,
  held: Held,
): Promise<void> {
  const concerned = concernedBy(deps, signal)
  if (concerned === undefined) return
  await deps.ledger.commit({
    now: deps.clock.now(),
    claim: held.current(),
    questioned: [concerned],
  })
  deps.log.info('standing.questioned', { delivery: signal.delivery, ...concerned })
}

/** All that was ever given stands on the organization's document. */
function concernedBy({ documents }: QuestionDeps, signal: GroundMoved): Concerned | undefined {
  if (signal.type === 'StandingLost') return signal.concerned
  const { pinned } = documents
  return signal.repositoryId === pinned?.repositoryId && signal.branch === pinned.branch
    ? { everywhere: true }
    : undefined
}

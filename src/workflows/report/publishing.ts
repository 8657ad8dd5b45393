// One round of putting a subject's state on GitHub: what is to be told, what was put so far, and the way to put more.
import type { ReportView } from '../../domain/messages/types.ts'
import type { RepositoryFacts, SubjectFacts } from '../../domain/policy/types.ts'
import type { SubjectKey } from '../../domain/subjects.ts'
import type { Instant } from '../../domain/time.ts'
import type { Deps } from '../deps.ts'
import type { Posted, SubjectReport, WriteCost } from '../ports.ts'
import type { Held } from '../under-claim.ts'

export interface Publishing {
  readonly deps: Deps
  readonly held: Held
  readonly report: SubjectReport
  readonly repository: RepositoryFacts
  readonly current: SubjectFacts
  readonly view: ReportView
  /** All that was put there so far, this round's included. */
  posted(): Posted
  /** Records what was just put there: a crash after it puts nothing twice. */
  record(change: Partial<Posted>): Promise<void>
  /**
   * Comes before each write that makes content: asks for the claim, and takes the write out of the installation's budget.
   * Throws NoRoom.
   */
  mayWrite(cost: WriteCost): Promise<void>
}

/** GitHub takes no more content for now: the rest of the report waits. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom'
  readonly at: Instant

  constructor(at: Instant) {
    super('The writes that GitHub takes from this installation are spent for now.')
    this.at = at
  }
}

/** Undefined when the subject is gone: nothing can be written on it. */
export async function beginPublishing(
  deps: Deps,
  held: Held,
  key: SubjectKey,
  report: SubjectReport,
): Promise<Publishing | undefined> {
  const { subject } = report
  const [repository, current] = await Promise.all([
    deps.github.repository(subject),
    deps.github.current(subject),
  ])
  if (repository === undefined || current === undefined) return undefined
  let { posted } = report
  const view: ReportView = {
    instance: deps.ledger.instance,
    subject,
    public: repository.visibility === 'public',
    grants: report.grants,
    notices: report.notices,
    debts: report.debts,
    headSha: current.kind === 'pull_request' ? current.headSha : undefined,
    now: deps.clock.now(),
  }
  return {
    deps,
    held,
    report,
    repository,
    current,
    view,
    posted: () => posted,
    async record(change) {
      posted = { ...posted, ...change }
      const now = deps.clock.now()
      await deps.ledger.posted(key, posted, { claim: held.current(), now })
    },
    async mayWrite(cost) {
      await held.renew()
      const spent = await deps.ledger.spend(subject.installationId, cost, deps.clock.now())
      if (!spent.ok) throw new NoRoom(spent.at)
      held.guard.check()
    },
  }
}

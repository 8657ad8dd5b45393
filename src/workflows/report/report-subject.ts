// Puts a subject's state where people look. Each part is put on its own, and what was put is recorded before the next.
import { GitHubError } from '../../domain/errors.ts'
import type { SubjectKey } from '../../domain/subjects.ts'
import { backoffMs } from '../backoff.ts'
import type { Deps } from '../deps.ts'
import type { SubjectReport } from '../ports.ts'
import { underClaim, type Held } from '../under-claim.ts'
import { publishAccessCheck } from './publish-access-check.ts'
import { publishComment } from './publish-comment.ts'
import { publishPolicyCheck } from './publish-policy-check.ts'
import { beginPublishing, NoRoom } from './publishing.ts'

export async function reportSubject(deps: Deps, key: SubjectKey): Promise<void> {
  await underClaim(deps, `report:${key}`, async (held) => {
    const report = await deps.ledger.report(key)
    if (report === undefined) return
    try {
      await publish(deps, held, key, report)
    } catch (error) {
      if (deps.stopping.aborted) return
      await failed(deps, key, report, error)
    }
  })
}

/** What is most wanted first: a later part may have to wait for room. */
async function publish(
  deps: Deps,
  held: Held,
  key: SubjectKey,
  report: SubjectReport,
): Promise<void> {
  const publishing = await beginPublishing(deps, held, key, report)
  if (publishing !== undefined) {
    await publishComment(publishing)
    await publishAccessCheck(publishing)
    await publishPolicyCheck(publishing)
  }
  // Nothing can be written on what is gone; the ledger still ends what it gave.
  const posted = publishing?.posted() ?? report.posted
  await deps.ledger.posted(key, posted, {
    claim: held.current(),
    now: deps.clock.now(),
    cleanVersion: report.dirtyVersion,
  })
}

async function failed(
  deps: Deps,
  key: SubjectKey,
  report: SubjectReport,
  error: unknown,
): Promise<void> {
  const now = deps.clock.now()
  if (error instanceof NoRoom) {
    deps.log.info('report.waits', { subject: key, forMs: error.at - now })
    return deps.ledger.reportFailed(key, error.message, error.at, now)
  }
  const told = error instanceof GitHubError ? error.retryAfterSeconds : undefined
  const waitMs = Math.max((told ?? 0) * 1000, backoffMs(report.failures + 1, 60_000))
  deps.log.warn('report.failed', { subject: key, failures: report.failures + 1, error })
  const message = error instanceof Error ? error.message.slice(0, 500) : 'unknown failure'
  await deps.ledger.reportFailed(key, message, now + waitMs, now)
}

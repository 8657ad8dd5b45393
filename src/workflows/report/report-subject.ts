// Puts a subject's state where people look. Each part is put on its own, and what was put is recorded before the next.
import { GitHubError } from '../../domain/errors.ts'
import type { SubjectKey } from '../../domain/subjects.ts'
import { hourMs, minuteMs } from '../../domain/time.ts'
import { backoffMs } from '../backoff.ts'
import type { Deps } from '../deps.ts'
import type { SubjectReport } from '../ports.ts'
import { underClaim, type Held } from '../under-claim.ts'
import { publishAccessCheck } from './publish-access-check.ts'
import { publishAnnouncements } from './publish-announcements.ts'
import { publishComment } from './publish-comment.ts'
import { publishOffers } from './publish-offers.ts'
import { publishPolicyCheck } from './publish-policy-check.ts'
import { publishReviewIssues } from './publish-review-issues.ts'
import { beginPublishing, NoRoom, type Publishing } from './publishing.ts'
import { wordsOf } from '../../domain/redact.ts'

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

/** What people see first comes first. Each part goes by itself: one that must wait keeps no later one from its turn. */
const parts: readonly ((publishing: Publishing) => Promise<void>)[] = [
  publishComment,
  publishAnnouncements,
  publishReviewIssues,
  publishAccessCheck,
  publishOffers,
  publishPolicyCheck,
]

async function publish(
  deps: Deps,
  held: Held,
  key: SubjectKey,
  report: SubjectReport,
): Promise<void> {
  const publishing = await beginPublishing(deps, held, key, report)
  if (publishing !== undefined) await publishParts(publishing)
  // Nothing can be written on what is gone; the ledger still ends what it gave.
  const posted = publishing?.posted() ?? report.posted
  await deps.ledger.posted(key, posted, {
    claim: held.current(),
    now: deps.clock.now(),
    cleanVersion: report.dirtyVersion,
  })
}

async function publishParts(publishing: Publishing): Promise<void> {
  const errors: (NoRoom | GitHubError)[] = []
  for (const part of parts) {
    try {
      await part(publishing)
    } catch (error) {
      if (!isOfOnePart(error)) throw error
      errors.push(error)
    }
  }
  // What GitHub refused needs somebody to look; what waits for room only waits.
  const worst = errors.find((error) => !(error instanceof NoRoom)) ?? errors[0]
  if (worst !== undefined) throw worst
}

/** What a later part would not meet as well. NB: who lost the claim writes nothing more. */
const isOfOnePart = (error: unknown): error is NoRoom | GitHubError =>
  error instanceof NoRoom || (error instanceof GitHubError && error.kind !== 'transient')

/** Nothing can be written until somebody lets the App in again: that is no matter of minutes. */
const suspendedMs = hourMs

/** NB: what GitHub refuses may be refused for good, as in a repository that was archived or deleted. */
const waitMsMax = (error: unknown): number =>
  error instanceof GitHubError && error.kind !== 'transient' ? hourMs : minuteMs

async function isSuspended(deps: Deps, { subject }: SubjectReport, error: unknown) {
  if (!(error instanceof GitHubError && error.kind === 'denied')) return false
  return deps.github.installation(subject).then(
    (state) => state === 'suspended',
    () => false,
  )
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
    return deps.ledger.reportWaits(key, error.at)
  }
  if (await isSuspended(deps, report, error)) {
    deps.log.info('report.suspended', { subject: key })
    return deps.ledger.reportWaits(key, now + suspendedMs)
  }
  const told = error instanceof GitHubError ? error.retryAfterSeconds : undefined
  const waitMs = Math.max((told ?? 0) * 1000, backoffMs(report.failures + 1, waitMsMax(error)))
  deps.log.warn('report.failed', { subject: key, failures: report.failures + 1, error })
  await deps.ledger.reportFailed(key, wordsOf(error), now + waitMs, now)
}

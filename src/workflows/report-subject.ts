// Puts a subject's state where people look: one comment edited in place, one check run on the head.
import { GitHubError } from '../domain/errors.ts'
import {
  commentMarker,
  renderCheck,
  renderComment,
  shouldComment,
} from '../domain/messages/report.ts'
import type { ReportView } from '../domain/messages/types.ts'
import type { SubjectKey } from '../domain/subjects.ts'
import { backoffMs } from './backoff.ts'
import type { Deps } from './deps.ts'
import type { Posted, SubjectReport } from './ports.ts'
import { underClaim, type Held } from './under-claim.ts'

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

async function failed(
  deps: Deps,
  key: SubjectKey,
  report: SubjectReport,
  error: unknown,
): Promise<void> {
  const told = error instanceof GitHubError ? error.retryAfterSeconds : undefined
  const now = deps.clock.now()
  const waitMs = Math.max((told ?? 0) * 1000, backoffMs(report.failures + 1, 60_000))
  deps.log.warn('report.failed', { subject: key, failures: report.failures + 1, error })
  const message = error instanceof Error ? error.message.slice(0, 500) : 'unknown failure'
  await deps.ledger.reportFailed(key, message, now + waitMs, now)
}

async function publish(
  deps: Deps,
  held: Held,
  key: SubjectKey,
  report: SubjectReport,
): Promise<void> {
  const { subject } = report
  const [repository, pull] = await Promise.all([
    deps.github.repository(subject),
    deps.github.pullRequest(subject),
  ])
  const save = (posted: Posted, cleanVersion?: number) =>
    deps.ledger.posted(key, posted, {
      claim: held.current(),
      now: deps.clock.now(),
      ...(cleanVersion === undefined ? {} : { cleanVersion }),
    })
  // Nothing can be written on what is gone; the ledger still ends what it gave.
  if (repository === undefined || pull === undefined)
    return save(report.posted, report.dirtyVersion)
  const view: ReportView = {
    instance: deps.ledger.instance,
    subject,
    public: repository.visibility === 'public',
    grants: report.grants,
    notices: report.notices,
    headSha: pull.headSha,
    now: deps.clock.now(),
  }
  const afterComment = await publishComment(deps, held, view, report.posted, save)
  const afterCheck = await publishCheck(deps, held, view, afterComment, save)
  await save(afterCheck, report.dirtyVersion)
}

type Save = (posted: Posted) => Promise<void>

/** A comment that somebody deletes is made once more, and no more. */
const commentsMadeMax = 2

async function publishComment(
  deps: Deps,
  held: Held,
  view: ReportView,
  posted: Posted,
  save: Save,
): Promise<Posted> {
  if (posted.commentId === null && !shouldComment(view)) return posted
  const body = renderComment(view)
  if (posted.commentId !== null && posted.commentBody === body) return posted
  await held.renew()
  const { github } = deps
  const { subject } = view
  // A crash between creating it and recording its id leaves one behind: that one is ours to go on with.
  const id =
    posted.commentId ?? (await github.findComment(subject, commentMarker(view)))?.id ?? null
  if (id !== null && (await github.updateComment(subject, id, body)) === 'updated') {
    const next = {
      ...posted,
      commentId: id,
      commentBody: body,
      commentsMade: posted.commentsMade || 1,
    }
    await save(next)
    return next
  }
  if (posted.commentsMade >= commentsMadeMax) return { ...posted, commentBody: body }
  held.guard.check()
  const made = await github.createComment(subject, body)
  const next = {
    ...posted,
    commentId: made,
    commentBody: body,
    commentsMade: posted.commentsMade + 1,
  }
  await save(next)
  return next
}

async function publishCheck(
  deps: Deps,
  held: Held,
  view: ReportView,
  posted: Posted,
  save: Save,
): Promise<Posted> {
  const { github } = deps
  const { subject } = view
  const { fingerprint, ...check } = renderCheck(view)
  const former = posted.check
  if (former?.headSha === check.headSha && former.fingerprint === fingerprint) return posted
  await held.renew()
  const completed = check.status === 'completed'
  const recorded = async (id: number) => {
    const next = { ...posted, check: { id, headSha: check.headSha, fingerprint, completed } }
    await save(next)
    return next
  }
  // Every run that was started ends, also on a head that is no longer the head.
  if (former !== null && former.headSha !== check.headSha && !former.completed)
    await github.updateCheck(subject, former.id, {
      ...check,
      headSha: former.headSha,
      status: 'completed',
      conclusion: 'skipped',
      title: 'Moved to the newer commit',
    })
  // A completed run can say something else, but it cannot be reopened: a new one of the same name takes its place.
  if (former?.headSha === check.headSha && (completed || !former.completed)) {
    await github.updateCheck(subject, former.id, check)
    return recorded(former.id)
  }
  const left = await github.findCheck(subject, check.headSha, check.name)
  if (left !== undefined && left.id !== former?.id && !left.completed) {
    await github.updateCheck(subject, left.id, check)
    return recorded(left.id)
  }
  if (left !== undefined && left.id !== former?.id && left.externalId === check.externalId)
    return recorded(left.id)
  held.guard.check()
  return recorded(await github.createCheck(subject, check))
}

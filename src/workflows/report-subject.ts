// Puts a subject's state where people look: one comment edited in place, one check run on the head.
import { GitHubError } from '../domain/errors.ts'
import {
  commentMarker,
  renderCheck,
  renderComment,
  shouldComment,
} from '../domain/messages/report.ts'
import type { RenderedCheck, ReportView } from '../domain/messages/types.ts'
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
    deps.github.current(subject),
  ])
  const save = (posted: Posted, cleanVersion?: number) =>
    deps.ledger.posted(key, posted, {
      claim: held.current(),
      now: deps.clock.now(),
      ...(cleanVersion === undefined ? {} : { cleanVersion }),
    })
  // Nothing can be written on what is gone; the ledger still ends what it gave.
  if (repository === undefined || pull?.kind !== 'pull_request')
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
  const recorded = async (commentId: number, commentsMade: number) => {
    const next = { ...posted, commentId, commentBody: body, commentsMade }
    await save(next)
    return next
  }
  const { commentId: known, commentsMade } = posted
  if (known !== null && (await github.updateComment(subject, known, body)) === 'updated')
    return recorded(known, commentsMade)
  if (commentsMade >= commentsMadeMax) return { ...posted, commentBody: body }
  // A crash between creating it and recording its id leaves one behind: that one is ours to go on with.
  const left = await github.findComment(subject, commentMarker(view))
  if (left !== undefined && (await github.updateComment(subject, left.id, body)) === 'updated')
    return recorded(left.id, commentsMade + 1)
  held.guard.check()
  return recorded(await github.createComment(subject, body), commentsMade + 1)
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
  const listed = await github.findCheck(subject, check.headSha, check.name)
  const last = newest(listed, former, check)
  if (completed && last === listed && isDone(listed, check)) return recorded(listed.id)
  if (last !== undefined && (completed || !last.completed)) {
    await github.updateCheck(subject, last.id, check)
    return recorded(last.id)
  }
  held.guard.check()
  return recorded(await github.createCheck(subject, check))
}

type ListedCheck = Awaited<ReturnType<Deps['github']['findCheck']>>

/** A try that died before it could record had completed it with just this. */
const isDone = (
  listed: ListedCheck,
  { externalId }: Pick<RenderedCheck, 'externalId'>,
): listed is NonNullable<ListedCheck> =>
  listed?.completed === true && listed.externalId === externalId

/** What is recorded lacks what a try did that died before it could record; what GitHub lists may lack the latest. */
function newest(
  listed: ListedCheck,
  recorded: Posted['check'],
  { headSha }: { readonly headSha: string },
): { readonly id: number; readonly completed: boolean } | undefined {
  if (recorded?.headSha !== headSha) return listed
  return listed === undefined || listed.id < recorded.id ? recorded : listed
}

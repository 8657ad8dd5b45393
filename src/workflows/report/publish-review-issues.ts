// One issue for each access that nobody had approved. It reminds: what is owed stands in the ledger.
import { isOwed } from '../../domain/debts/acknowledge.ts'
import type { Debt } from '../../domain/debts/types.ts'
import { GitHubError } from '../../domain/errors.ts'
import { renderReviewIssue, reviewMarker } from '../../domain/messages/report.ts'
import { commitAndNudge } from '../deps.ts'
import type { Publishing } from './publishing.ts'

export async function publishReviewIssues(publishing: Publishing): Promise<void> {
  for (const debt of publishing.view.debts) {
    if (debt.issue !== undefined || !isOwed(debt)) continue
    const issue = publishing.posted().debtIssues[debt.id] ?? (await opened(publishing, debt))
    if (issue !== undefined) await recordIssue(publishing, debt, issue)
  }
}

/** Undefined where there are no issues: the comment tells all that the issue would. */
async function opened(publishing: Publishing, debt: Debt): Promise<number | undefined> {
  const { deps, view } = publishing
  const grant = view.grants.find(({ id }) => id === debt.grantId)
  if (grant === undefined) return undefined
  try {
    // A crash between opening it and recording its number leaves one behind: that one is it.
    const left = await deps.github.findIssue(view.subject, reviewMarker(view.instance, debt))
    const number = left ?? (await open(publishing, debt, grant))
    const debtIssues = { ...publishing.posted().debtIssues, [debt.id]: number }
    await publishing.record({ debtIssues })
    return number
  } catch (error) {
    if (!(error instanceof GitHubError) || !hasNoIssues(error)) throw error
    deps.log.warn('review-issue.not-opened', { subject: view.subject.number, debt: debt.id, error })
    return undefined
  }
}

async function open(
  publishing: Publishing,
  debt: Debt,
  grant: Parameters<typeof renderReviewIssue>[2],
): Promise<number> {
  const { deps, view } = publishing
  await publishing.mayWrite('approval')
  return deps.github.createIssue(view.subject, renderReviewIssue(view, debt, grant))
}

/** GitHub answers 410 or 404 where a repository has its issues switched off. */
const hasNoIssues = ({ kind }: GitHubError): boolean => kind === 'missing' || kind === 'invalid'

/** In the ledger, so that the comment and the command line can name it. */
async function recordIssue(
  { deps, held, view }: Publishing,
  debt: Debt,
  issue: number,
): Promise<void> {
  await commitAndNudge(deps, {
    now: deps.clock.now(),
    claim: held.current(),
    debts: [{ ...debt, issue }],
    dirtySubjects: [view.subject],
  })
}

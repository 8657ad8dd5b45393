// What people see of a subject: one comment, one check.
import { subjectKey } from '../subjects.ts'
import { blocksOf, charactersMax, fitted } from './blocks.ts'
import type { ReportView } from './types.ts'

export { announcementMarker, renderAnnouncement } from './announcement.ts'
export { announcementsOf } from './announcements.ts'
export { renderCheck } from './check.ts'
export { renderReviewIssue, reviewMarker } from './review-issue.ts'

/** Hidden in the comment: finds it again. NB: anybody can write it; only a comment by our own App counts. */
export const commentMarker = ({ instance, subject }: Pick<ReportView, 'instance' | 'subject'>) =>
  `<!-- hallpass:${instance}:${subjectKey(subject)} -->`

/** Only when there is something to say. */
export const shouldComment = ({ grants, notices, debts }: ReportView): boolean =>
  grants.length > 0 || notices.length > 0 || debts.length > 0

/** The same text for the same state, whatever the time. */
export function renderComment(view: ReportView): string {
  const head = `${commentMarker(view)}\n### Cloud access`
  const rest = fitted(blocksOf(view), charactersMax - head.length - 2)
  return `${head}\n\n${rest === '' ? 'Nothing to tell any more.' : rest}\n`
}

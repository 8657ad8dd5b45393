// What must notify, as comments of their own: each thing once, and what comes at once in one comment.
import {
  announcementMarker,
  announcementsOf,
  renderAnnouncement,
} from '../../domain/messages/report.ts'
import { addressed } from './addressees.ts'
import type { Publishing } from './publishing.ts'

export async function publishAnnouncements(publishing: Publishing): Promise<void> {
  await lookForLost(publishing)
  const { deps, view } = publishing
  const told = new Set(publishing.posted().announced)
  const due = announcementsOf(view).filter(({ key }) => !told.has(key))
  if (due.length === 0) return
  const body = renderAnnouncement(view, await addressed(publishing, due))
  const isUrgent = due.some(({ urgency }) => urgency === 'approval')
  await publishing.mayWrite(isUrgent ? 'approval' : 'ending')
  const keys = due.map(({ key }) => key)
  // Noted before: a crash from here on leaves a comment that is looked for, and not one that is told twice.
  await publishing.record({ announcing: keys })
  await deps.github.createComment(view.subject, body)
  await recordTold(publishing, keys)
}

/** Whether what was about to be told was told before its maker died, or its answer was lost. */
async function lookForLost(publishing: Publishing): Promise<void> {
  const { deps, view } = publishing
  const { announcing } = publishing.posted()
  if (announcing.length === 0) return
  const found = await deps.github.findComment(view.subject, announcementMarker(view, announcing))
  if (found === undefined) return publishing.record({ announcing: [] })
  return recordTold(publishing, announcing)
}

const recordTold = (publishing: Publishing, keys: readonly string[]): Promise<void> =>
  publishing.record({ announced: [...publishing.posted().announced, ...keys], announcing: [] })

// A comment of its own, which GitHub sends to those that it mentions.
import { canonicalJson, sha256Hex } from '../log/canonical.ts'
import { subjectKey } from '../subjects.ts'
import { charactersMax, fitted } from './blocks.ts'
import { code } from './escape.ts'
import type { Announcement } from './announcements.ts'
import type { ReportView } from './types.ts'

/**
 * Hidden in it: finds the comment that told just these. NB: anybody can write it; only a comment by our own App counts.
 */
export const announcementMarker = (
  { instance, subject }: Pick<ReportView, 'instance' | 'subject'>,
  keys: readonly string[],
): string =>
  `<!-- hallpass:${instance}:${subjectKey(subject)}:told:${sha256Hex(canonicalJson([...keys])).slice(0, 16)} -->`

export interface Addressed {
  readonly announcement: Announcement
  /** As `mentionOf` and `teamMentionOf` write them. Empty on a public repository. */
  readonly mentions: readonly string[]
}

/** Several things at once are one comment. */
export function renderAnnouncement(
  view: Pick<ReportView, 'instance' | 'subject' | 'public'>,
  told: readonly Addressed[],
): string {
  const keys = told.map(({ announcement }) => announcement.key)
  const marker = announcementMarker(view, keys)
  const parts = told.map(({ announcement, mentions }) => {
    const { text, publicText } = announcement
    return view.public ? publicText : [...mentions, text].join(' ')
  })
  return `${marker}\n${fitted(parts, charactersMax - marker.length - 2)}\n`
}

/** NB: only what GitHub itself can have as a login or a slug becomes a mention: the rest is shown, and tells nobody. */
export const mentionOf = (login: string): string =>
  /^[a-z\d][a-z\d_-]{0,80}$/i.test(login) ? `@${login}` : code(login)

export const teamMentionOf = (owner: string, slug: string): string =>
  /^[a-z\d][a-z\d-]{0,80}\/[a-z\d_][a-z\d_-]{0,100}$/i.test(`${owner}/${slug}`)
    ? `@${owner}/${slug}`
    : code(`${owner}/${slug}`)

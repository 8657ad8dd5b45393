// The parts of the page that change by themselves. Each is sent anew when its text is another one.
import { createHash } from 'node:crypto'
import { raw } from 'hono/html'
import type { Issue } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'
import { bars } from './bars.ts'
import { checks } from './checks.ts'
import { cloud } from './cloud.ts'
import { conversation } from './conversation.ts'
import { logLines } from './log-lines.ts'
import { moves } from './forms.ts'
import { html, type Html } from './markup.ts'
import type { LedgerView } from './read-ledger.ts'
import { assignees, head, labelsOn, reviewersOf, subjects } from './subject-parts.ts'

export const partIds = [
  'subjects',
  'head',
  'conversation',
  'checks',
  'reviewers',
  'assignees',
  'labels',
  'moves',
  'cloud',
  'bars',
  'log',
] as const
export type PartId = (typeof partIds)[number]

export interface Part {
  readonly id: PartId
  readonly version: string
  readonly html: string
}
export type Parts = Readonly<Record<PartId, Part>>

export function partsOf(stage: Stage, on: Issue, view: LedgerView): Parts {
  const rendered: Readonly<Record<PartId, Html>> = {
    subjects: subjects(stage, on),
    head: head(stage, on),
    conversation: conversation(stage, on),
    checks: checks(stage, on),
    reviewers: reviewersOf(stage, on),
    assignees: assignees(stage, on),
    labels: labelsOn(on),
    moves: moves(on),
    cloud: cloud(stage),
    bars: bars(view),
    log: logLines(view),
  }
  const parts = partIds.map((id) => [id, partOf(id, String(rendered[id]))] as const)
  return Object.fromEntries(parts) as Record<PartId, Part>
}

const partOf = (id: PartId, text: string): Part => ({
  id,
  html: text,
  version: createHash('sha256').update(text).digest('base64url').slice(0, 12),
})

/** Focusable by script: what had the focus may be gone after a change. `scrolls`: by key too. */
export const place = ({ id, version, html: text }: Part, scrolls = false): Html =>
  html`<div id="${id}" data-version="${version}" tabindex="${scrolls ? 0 : -1}">${raw(text)}</div>`

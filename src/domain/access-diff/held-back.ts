// A widening that waits for its approval, in words.
import type { Approver, DocumentSource, Stage } from '../policy/types.ts'
import { codes } from '../policy/quote.ts'
import type { AccessDiff } from './policies.ts'
import { gives } from './order.ts'

export interface HeldBack {
  readonly document: DocumentSource
  readonly accepted: DocumentSource
  /** Who has to approve it. */
  readonly needs: Stage
  /** What is missing: a sentence without its end. */
  readonly because: string
  /** The roles and parts of the document that give more. */
  readonly widened: readonly string[]
}

export const widenedParts = ({ roles, general }: AccessDiff): readonly string[] => [
  ...roles.filter(({ order }) => gives(order)).map(({ role }) => role),
  ...general.filter(({ order }) => gives(order)).map(({ about }) => about),
]

const approverName = (approver: Approver): string => {
  switch (approver.kind) {
    case 'team':
      return `team:${approver.slug}`
    case 'user':
      return `user:${approver.id}`
    case 'on-call':
      return `on-call:${approver.name}`
    default:
      return approver satisfies never
  }
}

const partsMax = 8

/** For people: what waits, for whom, and what holds meanwhile. */
export function heldBackText({ document, needs, because, widened }: HeldBack): string {
  const shown = widened.slice(0, partsMax)
  const more = widened.length > partsMax ? ` and ${widened.length - partsMax} more` : ''
  const { by, count } = needs
  return [
    `${codes([document.where])} gives more than what was accepted before (${codes(shown)}${more}): ${because}.`,
    `It takes ${count} ${count === 1 ? 'approval' : 'approvals'} by ${codes(by.map(approverName))} on the pull request that brings it.`,
    'Until then only what both versions give is given.',
  ].join(' ')
}

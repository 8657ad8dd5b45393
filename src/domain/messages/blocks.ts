// The parts of a report, most important first; what does not fit is left out from the end.
import type { Grant } from '../grants/types.ts'
import { debtsBlock } from './debts-block.ts'
import { grantSection } from './grant-section.ts'
import { answersBlocks, policyBlocks, refusalsBlock } from './notices.ts'
import { isOpen, openTable } from './open-table.ts'
import { overBlock } from './over.ts'
import { publicBlocks } from './public-blocks.ts'
import type { ReportView } from './types.ts'

/** GitHub takes 65,536 characters; the rest is room for what counts differently there. */
export const charactersMax = 60_000

export function blocksOf(view: ReportView): readonly string[] {
  const grants = [...view.grants].sort(byAge)
  const open = grants.filter(isOpen)
  const over = grants.filter((grant) => !isOpen(grant)).toReversed()
  if (view.public) return publicBlocks([...open, ...over], view)
  const { notices, debts, instance } = view
  return [
    ...policyBlocks(notices),
    ...(open.length === 0 ? [] : [openTable(open)]),
    ...debtsBlock(debts, open, grants),
    ...refusalsBlock(notices),
    ...open.map((grant) => grantSection(grant, instance)),
    ...answersBlocks(notices),
    ...overBlock(over, debts),
  ]
}

/** Whole blocks, so that no table or fence is left open. */
export function fitted(blocks: readonly string[], roomMax = charactersMax): string {
  const cutNote = '\n\nThere is more than fits here.'
  let text = ''
  for (const block of blocks) {
    const longer = text === '' ? block : `${text}\n\n${block}`
    if (longer.length + cutNote.length > roomMax) return `${text}${cutNote}`.trim()
    text = longer
  }
  return text
}

const byAge = (a: Grant, b: Grant): number =>
  a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

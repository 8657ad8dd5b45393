// Reviews that are owed for access that nobody had approved.
import { isOwed } from '../debts/acknowledge.ts'
import type { Debt } from '../debts/types.ts'
import type { Grant } from '../grants/types.ts'
import { approverInWords } from './answers/takes.ts'
import { code, prose } from './escape.ts'
import { utc } from './format.ts'
import { row, table } from './table.ts'

/** What is reviewed already is told until its grant is over: history tells it from then on. */
export function debtsBlock(
  debts: readonly Debt[],
  open: readonly Grant[],
  all: readonly Grant[],
): readonly string[] {
  const live = new Set(open.map(({ id }) => id))
  const shown = debts.filter((debt) => isOwed(debt) || live.has(debt.grantId))
  if (shown.length === 0) return []
  const rows = shown.map((debt) => {
    const grant = all.find(({ id }) => id === debt.grantId)
    return row([
      grant === undefined ? '' : code(grant.revision.offer.recipient.login),
      code(debt.role),
      whyOf(debt),
      reviewOf(debt),
    ])
  })
  return [
    `**Break-glass: given without approval**\n\n${table(['who', 'what', 'why', 'review'], rows)}`,
  ]
}

export const whyOf = ({ reason }: Pick<Debt, 'reason'>): string =>
  reason === '' ? 'a label asked for it' : prose(reason)

function reviewOf(debt: Debt): string {
  const { acknowledged } = debt
  if (acknowledged !== undefined)
    return `reviewed by ${code(acknowledged.by.login)} ${utc(acknowledged.at)}`
  const place = debt.issue === undefined ? '' : ` (issue #${debt.issue})`
  return `owed${place}: ${reviewersOf(debt)} ${howToAcknowledge(debt)}`
}

export const reviewersOf = ({ reviewers }: Debt): string =>
  reviewers.map(approverInWords).join(', ') || 'nobody is named: the policy has to name somebody'

export const howToAcknowledge = ({ code: named }: Debt): string =>
  code(`/access acknowledge ${named}`)

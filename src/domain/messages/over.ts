// What is over, folded away.
import type { Debt } from '../debts/types.ts'
import type { Grant } from '../grants/types.ts'
import { code } from './escape.ts'
import { utc } from './format.ts'
import { stateOf } from './state.ts'
import { row, table } from './table.ts'

export function overBlock(over: readonly Grant[], debts: readonly Debt[]): readonly string[] {
  if (over.length === 0) return []
  const rows = over.map((grant) => {
    const { recipient, role } = grant.revision.offer
    const what = `${code(role)}, grant ${code(grant.id)}`
    const reviewed = debts.filter(({ grantId }) => grantId === grant.id).map(reviewedBy)
    const state = [stateOf(grant), ...reviewed].join('; ')
    return row([code(recipient.login), what, state, proof(grant)])
  })
  const shown = table(['who', 'what', 'state', 'removal proven'], rows)
  return [`<details><summary>Over: ${over.length}</summary>\n\n${shown}\n\n</details>`]
}

function reviewedBy({ acknowledged }: Debt): string {
  if (acknowledged === undefined) return 'break-glass, review owed'
  return `break-glass, reviewed by ${code(acknowledged.by.login)} ${utc(acknowledged.at)}`
}

function proof(grant: Grant): string {
  if (grant.phase !== 'ended') return 'nothing was given'
  const proven = grant.holds.flatMap(({ certainAt }) => certainAt ?? [])
  return proven.length === 0 ? '' : utc(Math.max(...proven))
}

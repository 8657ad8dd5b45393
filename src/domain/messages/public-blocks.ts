// NB: what everybody reads: states, grants' ids and codes. No person, role or resource.
import { isOwed } from '../debts/acknowledge.ts'
import { waitingOf } from '../grants/phases.ts'
import type { Grant } from '../grants/types.ts'
import { code } from './escape.ts'
import { howToAcknowledge } from './debts-block.ts'
import { approving } from './next-step.ts'
import { answersBlocks } from './notices.ts'
import { row, table } from './table.ts'
import type { ReportView } from './types.ts'

export function publicBlocks(
  grants: readonly Grant[],
  { notices, debts }: Pick<ReportView, 'notices' | 'debts'>,
): readonly string[] {
  const has = (which: string) => notices.some(({ kind }) => kind === which)
  const owed = debts.filter(isOwed)
  const answers = notices.filter(({ kind }) => kind === 'answer')
  return [
    ...(has('policy-broken')
      ? ['**The policy is broken: nothing is granted until it is mended.**']
      : []),
    ...(has('policy-held-back') ? ['A change of the policy waits for its approval.'] : []),
    ...(grants.length === 0 ? [] : [table(['grant', 'state', 'next'], grants.map(rowOf))]),
    ...(owed.length === 0
      ? []
      : [`Given without approval, a review is owed: ${owed.map(howToAcknowledge).join(', ')}`]),
    ...(has('refused') ? ['A request was refused.'] : []),
    ...answersBlocks(answers.filter(({ open }) => open === true).map(unnamed)),
    ...(answers.some(({ open }) => open !== true)
      ? ['A command was answered with what is not told in public.']
      : []),
  ]
}

const unnamed = <N extends { readonly recipient: unknown }>(notice: N) => ({
  ...notice,
  recipient: undefined,
})

function rowOf(grant: Grant): string {
  const stuck = grant.stuck === undefined ? '' : ', stuck'
  const waiting = waitingOf(grant)
  const longer = waiting !== undefined && grant.phase !== 'requested' ? ', asked for longer' : ''
  const next = waiting === undefined ? '' : approving(waiting)
  return row([code(grant.id), `${grant.phase}${longer}${stuck}`, next])
}

// Who holds or asks for what: the first that people see.
import { isHeld } from '../grants/phases.ts'
import type { Active, Approved, Grant, Live, Requested } from '../grants/types.ts'
import { stillNeeded } from './approval-words.ts'
import { code, prose } from './escape.ts'
import { duration, utc } from './format.ts'
import { approving, nextStep } from './next-step.ts'
import { stateOf, untilOf } from './state.ts'
import { row, table } from './table.ts'

export type Open = Live | Requested

export const isOpen = (grant: Grant): grant is Open =>
  grant.phase === 'requested' ||
  grant.phase === 'approved' ||
  grant.phase === 'active' ||
  grant.phase === 'ending'

export const openTable = (open: readonly Open[]): string =>
  table(['who', 'what', 'state', 'until', 'next'], open.flatMap(rowsOf))

/** A longer lease that waits has a row, and a code, of its own. */
function rowsOf(grant: Open): readonly string[] {
  const { recipient, role, description, breakGlass } = grant.revision.offer
  const mark = breakGlass === undefined ? '' : ' **break-glass**'
  const what = `${code(role)}${mark}<br>${prose(description, 160)}`
  const stuck = grant.stuck === undefined ? '' : ', **stuck**'
  const own = row([
    code(recipient.login),
    what,
    `${stateOf(grant)}${stuck}`,
    untilOf(grant),
    nextStep(grant),
  ])
  return isHeld(grant) ? [own, ...longer(grant)] : [own]
}

function longer({ extension, revision }: Approved | Active): readonly string[] {
  if (extension === undefined) return []
  const { recipient, role } = revision.offer
  return [
    row([
      code(recipient.login),
      `${code(role)} for longer`,
      `**waits for approval** until ${utc(extension.lapsesAt)}`,
      `${duration(extension.revision.offer.leaseSeconds)} from its approval`,
      `${stillNeeded(extension)}: ${approving(extension)}`,
    ]),
  ]
}

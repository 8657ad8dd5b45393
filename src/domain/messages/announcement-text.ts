// The words of what must notify. Each stands by itself: who reads it in a mail has not the table before them.
import type { Debt } from '../debts/types.ts'
import type { Active, Closed, Ended, Ending, Extension, Grant } from '../grants/types.ts'
import { howToAcknowledge, reviewersOf, whyOf } from './debts-block.ts'
import { stillNeeded } from './approval-words.ts'
import { code, prose, sentence } from './escape.ts'
import { duration, utc } from './format.ts'
import { approving, denying, extending, isExtendable } from './next-step.ts'
import { reasonOf, stateOf, untilOf } from './state.ts'

interface Told {
  readonly text: string
  readonly publicText: string
}

export function brokeGlass(grant: Grant, debt: Debt): Told {
  const { recipient, role, description } = grant.revision.offer
  const id = code(grant.id)
  return {
    text: [
      `**${code(recipient.login)} broke the glass for ${code(role)}** (${prose(description, 160)}), until ${untilOf(grant)}. Nobody had approved it. Why: ${whyOf(debt)}.`,
      `It has to be reviewed by ${reviewersOf(debt)}, neither by who received it nor by who asked for it: ${howToAcknowledge(debt)}. To take it away at once: ${code(`/access revoke ${grant.id}`)}.`,
    ].join(' '),
    publicText: `**Grant ${id} was given without approval** and has to be reviewed: ${howToAcknowledge(debt)}.`,
  }
}

export function needsApproval(grant: Grant, waiting: Extension): Told {
  const { offer } = waiting.revision
  const asks = grant.phase === 'requested' ? 'asks for' : 'asks for a longer lease of'
  const length = duration(offer.leaseSeconds)
  const reason = offer.reason === undefined ? '' : ` Their reason: ${prose(offer.reason)}.`
  const how = `${approving(waiting)} approves it, ${denying(waiting)} refuses it.`
  return {
    text: `**Needs approval:** ${code(offer.recipient.login)} ${asks} ${code(offer.role)} (${prose(offer.description, 160)}) for ${length}; ${sentence(offer.because)}.${reason} It takes ${stillNeeded(waiting)} until ${utc(waiting.lapsesAt)}. ${how}`,
    publicText: `**Needs approval:** grant ${code(grant.id)}. ${how}`,
  }
}

export function given(grant: Active): Told {
  const { role } = grant.revision.offer
  return {
    text: `**Granted:** ${code(role)} is yours until ${untilOf(grant)}, grant ${code(grant.id)}. The comment with the table says how to use it. Write ${code('/access done')} when you are done.`,
    publicText: `**Granted:** ${code(grant.id)}.`,
  }
}

export function longer(grant: Active): Told {
  return {
    text: `**Extended:** ${code(grant.revision.offer.role)} is yours until ${utc(grant.endsAt)}, grant ${code(grant.id)}.`,
    publicText: `**Extended:** ${code(grant.id)}.`,
  }
}

export function notLonger(grant: Active): Told {
  return {
    text: `**Denied:** a longer lease of ${code(grant.revision.offer.role)}. It ends at ${utc(grant.endsAt)} as before, grant ${code(grant.id)}.`,
    publicText: `**Denied:** a longer lease of ${code(grant.id)}.`,
  }
}

export function endsSoon(grant: Active): Told {
  const how = isExtendable(grant)
    ? ` ${extending(grant)} asks for more time.`
    : ' It was given without approval, so it cannot be made longer: ask for it anew.'
  return {
    text: `**Ends soon:** ${code(grant.revision.offer.role)} ends at ${utc(grant.endsAt)}, grant ${code(grant.id)}.${how}`,
    publicText: `**Ends soon:** ${code(grant.id)}.${isExtendable(grant) ? how : ''}`,
  }
}

export function denied(grant: Closed): Told {
  const { recipient, role } = grant.revision.offer
  return {
    text: `**Denied:** ${code(role)} for ${code(recipient.login)} was ${stateOf(grant)}.`,
    publicText: `**Denied:** ${code(grant.id)}.`,
  }
}

export function takenAway(grant: Ending | Ended): Told {
  const { role } = grant.revision.offer
  return {
    text: `**Ended early:** ${code(role)}, which you had until ${utc(grant.endsAt)}, as ${reasonOf(grant)}. Grant ${code(grant.id)}.`,
    publicText: `**Ended early:** ${code(grant.id)}.`,
  }
}

// `/access request`: policy decides as it does for any other act, and the answer is told where it was asked.
import type { CommandOf } from '../../domain/commands/types.ts'
import type { Ask } from '../../domain/policy/types.ts'
import type { Deps } from '../deps.ts'
import type { Asked } from '../record-outcome.ts'
import { requestAccess } from '../request-access.ts'
import { done, quiet, refused, type Reply, type Spoken } from './spoken.ts'

/** Refusals are told as any request's are: in the report, until an offer takes them back. */
export async function request(
  deps: Deps,
  spoken: Spoken,
  { wanted }: CommandOf<'request'>,
): Promise<Reply> {
  const { delivery, subject, actor, at } = spoken.signal
  const ask: Ask = {
    trigger: 'requested',
    delivery,
    subject,
    actor,
    at,
    cause: spoken.act,
    reviewer: undefined,
    team: undefined,
    label: undefined,
    assignee: undefined,
    wanted,
  }
  const asked = await requestAccess(deps, ask, spoken.held, [spoken.act])
  return replyOf(asked)
}

function replyOf({ grants, refusals }: Asked): Reply {
  if (grants.length > 0) return done()
  const told = refusals.find(({ audience }) => audience === 'people')
  return told === undefined
    ? quiet(refusals[0]?.reason ?? 'It had been asked before.')
    : refused(told.reason)
}

import { secondMs, type Instant } from '../time.ts'
import { decideApprove, decideDeny } from './decide-approval.ts'
import { decideExtend } from './decide-extension.ts'
import {
  decideConclude,
  decideDrift,
  decideObserveGone,
  decideObservePresent,
} from './decide-observed.ts'
import { events, refused } from './decision.ts'
import { leaseEndOf } from './lease-end.ts'
import { isHeld, isLive, isWarned, warnsAt, waitingOf } from './phases.ts'
import type { Active, Approved, By, Decision, Grant, GrantCommand, GrantEvent } from './types.ts'
import { unsoundness } from './unsoundness.ts'

type Command<T extends GrantCommand['type']> = Extract<GrantCommand, { type: T }>

/** What a command does to a grant. Doing it twice is refused the second time, never done twice. */
export function decide(command: GrantCommand, grant: Grant | undefined, now: Instant): Decision {
  if (command.type === 'request') return decideRequest(command, grant, now)
  if (grant === undefined) return refused('There is no such grant.')
  switch (command.type) {
    case 'revise':
      return decideRevise(command, grant)
    case 'extend':
      return decideExtend(command, grant, now)
    case 'approve':
      return decideApprove(command, grant, now)
    case 'deny':
      return decideDeny(command, grant)
    case 'withdraw':
      return decideWithdraw(command, grant)
    case 'tick':
      return decideTick(grant, now)
    case 'end':
      return decideEnd(command, grant)
    case 'observe-present':
      return decideObservePresent(command, grant)
    case 'observe-gone':
      return decideObserveGone(command, grant)
    case 'conclude':
      return decideConclude(command, grant)
    case 'drift':
      return decideDrift(command, grant)
    case 'trouble':
      return decideTrouble(command, grant)
    case 'trouble-over':
      return decideTroubleOver(grant)
    case 'leave':
      return decideLeave(command, grant)
    default:
      return command satisfies never
  }
}

function decideRequest(
  { id, revision, lapseSeconds, bindingIds }: Command<'request'>,
  grant: Grant | undefined,
  now: Instant,
): Decision {
  if (grant !== undefined) return refused('This grant was requested before.')
  const { offer, digest } = revision
  const unsound = unsoundness(offer, bindingIds)
  if (unsound !== undefined) return refused(unsound)
  if (offer.breakGlass !== undefined && offer.approval !== 'none') {
    return refused('What breaks the glass waits for no approval.')
  }
  const lapsesAt = now + lapseSeconds * secondMs
  const requested = { type: 'grant.requested', id, revision, lapsesAt, bindingIds } as const
  if (offer.approval !== 'none') return events(requested)
  return events(requested, { type: 'grant.approved', digest, endsAt: leaseEndOf(offer, now) })
}

function decideRevise({ revision }: Command<'revise'>, grant: Grant): Decision {
  if (grant.phase !== 'requested') return refused(`The grant is ${grant.phase}.`)
  if (revision.number !== grant.revision.number + 1) {
    return refused(`Revision ${grant.revision.number} is the current one.`)
  }
  // Where approvals were given, the same offer anew voids them.
  const isSame = revision.digest === grant.revision.digest
  if (isSame && grant.approvals.length === 0) return refused('Nothing in it changed.')
  if (revision.code === grant.revision.code) return refused('A revision needs a code of its own.')
  if (revision.offer.approval === 'none') return refused('What waits for approval goes on waiting.')
  if (revision.offer.recipient.id !== grant.revision.offer.recipient.id) {
    return refused('Another recipient is another grant.')
  }
  if (revision.offer.role !== grant.revision.offer.role) {
    return refused('Another role is another grant.')
  }
  const ids = grant.holds.map(({ bindingId }) => bindingId)
  const unsound = unsoundness(revision.offer, ids)
  if (unsound !== undefined) return refused(unsound)
  return events({ type: 'grant.revised', revision, voided: grant.approvals.length })
}

function decideWithdraw({ by, because, code }: Command<'withdraw'>, grant: Grant): Decision {
  const waiting = waitingOf(grant)
  if (waiting === undefined) return refused(`The grant is ${grant.phase}.`)
  if (code !== undefined && code !== waiting.revision.code) {
    return refused('That code names nothing that waits.')
  }
  const type = grant.phase === 'requested' ? 'grant.withdrawn' : 'grant.extension-withdrawn'
  return events({ type, by, because })
}

function decideTick(grant: Grant, now: Instant): Decision {
  if (grant.phase === 'requested') {
    return now >= grant.lapsesAt ? events({ type: 'grant.lapsed' }) : events()
  }
  return isHeld(grant) ? events(...dueEvents(grant, now)) : events()
}

function dueEvents(grant: Approved | Active, now: Instant): readonly GrantEvent[] {
  const { endsAt, extension } = grant
  if (now >= endsAt) {
    const by: By = { kind: 'hallpass' }
    return [{ type: 'grant.ending', reason: 'expired', by, detail: undefined }]
  }
  const lapsed = extension !== undefined && now >= extension.lapsesAt
  const warned = !isWarned(grant) && now >= warnsAt(grant)
  return [
    ...(lapsed ? [{ type: 'grant.extension-lapsed' } as const] : []),
    ...(warned ? [{ type: 'grant.warned', endsAt } as const] : []),
  ]
}

function decideEnd({ reason, by, detail }: Command<'end'>, grant: Grant): Decision {
  if (!isHeld(grant)) return refused(`The grant is ${grant.phase}.`)
  return events({ type: 'grant.ending', reason, by, detail })
}

function decideLeave({ by, to }: Command<'leave'>, grant: Grant): Decision {
  if (!isLive(grant)) return refused(`The grant is ${grant.phase}.`)
  return events({ type: 'grant.left', by, to })
}

function decideTrouble({ because }: Command<'trouble'>, grant: Grant): Decision {
  if (!isLive(grant)) return refused(`The grant is ${grant.phase}.`)
  if (grant.stuck?.because === because) return refused('That trouble is known.')
  return events({ type: 'grant.stuck', because })
}

function decideTroubleOver(grant: Grant): Decision {
  return grant.stuck === undefined
    ? refused('There is no trouble.')
    : events({ type: 'grant.unstuck' })
}

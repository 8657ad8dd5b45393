// What was seen in the cloud, and when that is the end.
import { events, refused } from './decision.ts'
import { isHeld, needsSessionsUntil } from './phases.ts'
import type { Decision, Grant, GrantCommand, Hold } from './types.ts'

type Command<T extends GrantCommand['type']> = Extract<GrantCommand, { type: T }>

export function decideObservePresent(
  { bindingId }: Command<'observe-present'>,
  grant: Grant,
): Decision {
  if (!isHeld(grant)) return refused(`The grant is ${grant.phase}.`)
  const hold = holdOf(grant, bindingId)
  if (hold === undefined) return refused('The grant does not hold this binding.')
  if (hold.state === 'observed') return refused('It was seen before.')
  const present = { type: 'grant.binding-present', bindingId } as const
  return grant.phase === 'approved' ? events(present, { type: 'grant.activated' }) : events(present)
}

/** What ends is removed, whatever it looks like. */
export function decideDrift({ bindingId }: Command<'drift'>, grant: Grant): Decision {
  if (!isHeld(grant)) return refused(`The grant is ${grant.phase}.`)
  return holdOf(grant, bindingId) === undefined
    ? refused('The grant does not hold this binding.')
    : events({ type: 'grant.drifted', bindingId })
}

/** A binding that came back and went again is proven gone anew: only a later proof replaces an earlier one. */
export function decideObserveGone(command: Command<'observe-gone'>, grant: Grant): Decision {
  const { bindingId, removedAt, certainAt, sessionsUntil, heldBy } = command
  if (grant.phase !== 'ending') return refused(`The grant is ${grant.phase}.`)
  const hold = holdOf(grant, bindingId)
  if (hold === undefined) return refused('The grant does not hold this binding.')
  if (hold.certainAt !== undefined && hold.certainAt >= certainAt) {
    return refused('It is known to be gone.')
  }
  const gone = { bindingId, removedAt, certainAt, sessionsUntil, heldBy }
  return events({ type: 'grant.binding-gone', ...gone })
}

export function decideConclude({ cloudAt }: Command<'conclude'>, grant: Grant): Decision {
  if (grant.phase !== 'ending') return refused(`The grant is ${grant.phase}.`)
  if (grant.holds.some(({ state }) => state !== 'gone')) {
    return refused('Not all of it is proven gone.')
  }
  const last = needsSessionsUntil(grant)
  if (last !== undefined && (cloudAt === undefined || cloudAt < last)) {
    return refused('A session may still run.')
  }
  return events({ type: 'grant.ended', cloudAt })
}

const holdOf = (grant: Grant, id: string): Hold | undefined =>
  grant.holds.find(({ bindingId }) => bindingId === id)

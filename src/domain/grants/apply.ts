import type { Instant } from '../time.ts'
import { decide } from './decide.ts'
import { evolve } from './evolve.ts'
import type { Grant, GrantCommand, GrantEvent, GrantRefusal } from './types.ts'

export interface Applied {
  readonly kind: 'applied'
  /** As it is after the events; the same one when there are none. */
  readonly grant: Grant
  readonly events: readonly GrantEvent[]
}

/** Decides, and shows what comes of it. */
export function apply(
  command: GrantCommand,
  grant: Grant | undefined,
  now: Instant,
): Applied | GrantRefusal {
  const decision = decide(command, grant, now)
  if (decision.kind === 'refused') return decision
  const after = decision.events.reduce<Grant | undefined>(
    (state, event) => evolve(state, event, now),
    grant,
  )
  return after === undefined
    ? { kind: 'refused', reason: 'There is no such grant.' }
    : { kind: 'applied', grant: after, events: decision.events }
}

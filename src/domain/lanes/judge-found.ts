// What to make of each thing that was found in a place: whose it is, and whether its end is recorded.
import type { Instant } from '../time.ts'
import { isSelfExpiring } from './modes.ts'
import { isOfRole, type Found } from './places.ts'
import type { BindingId, CloudRole, LaneId } from './types.ts'

/** What the ledger knows of a binding. */
export interface KnownBinding {
  readonly id: BindingId
  readonly laneId: LaneId
  /** A live grant holds it, or its removal is not proven yet. */
  readonly open: boolean
  /** When its absence was proven. */
  readonly certainAt: Instant | undefined
}

export type Verdict =
  /** The ledger has it in hand: its lane's convergence does what there is to do. */
  | 'in-hand'
  /** Its end is recorded and was proven, and here it is. */
  | 'ended'
  /** It bears our mark, the ledger knows nothing of it, and its own deadline has passed: it lets nobody in. */
  | 'expired'
  /** It bears our mark, and the ledger knows nothing of it. */
  | 'orphan'
  /** Another Hallpass's. */
  | 'others'
  /** In an exclusive place, and no binding of ours. */
  | 'stranger'

export interface Judged {
  readonly verdict: Verdict
  readonly found: Found
  /** What the ledger calls it, or will. */
  readonly id: BindingId
}

export interface Knowledge {
  readonly instance: string
  readonly bindings: ReadonlyMap<BindingId, KnownBinding>
  /** Of the policy, and of what was ever given: what is exclusive follows from them. */
  readonly roles: readonly CloudRole[]
  /** The cloud's own time at that answer. */
  readonly cloudAt: Instant
  /** What was proven absent since then may be what this list, which was read before, still shows. */
  readonly provenBefore: Instant
}

/** What the ledger has to be asked about, to judge what was found. */
export const idsOf = ({ binding, lane }: Found): readonly BindingId[] => [
  binding.id,
  strayId(lane.id, binding.name),
]

/** Undefined: not ours, and in nobody's way; or what becomes of it shows the next time. */
export function judgeFound(found: Found, knowledge: Knowledge): Judged | undefined {
  return found.kind === 'marked' ? judgeMarked(found, knowledge) : judgeUnmarked(found, knowledge)
}

function judgeMarked(
  found: Extract<Found, { kind: 'marked' }>,
  knowledge: Knowledge,
): Judged | undefined {
  const { binding, instance } = found
  // NB: it is another's to end. A ledger that was made anew is another instance, whatever its predecessor left.
  if (instance !== knowledge.instance) return { verdict: 'others', found, id: binding.id }
  const id = idIn(found, knowledge)
  const known = knowledge.bindings.get(id)
  if (known?.open === true) return { verdict: 'in-hand', found, id }
  if (known !== undefined) {
    const recent = known.certainAt !== undefined && known.certainAt >= knowledge.provenBefore
    return recent ? undefined : { verdict: 'ended', found, id }
  }
  const expired = isSelfExpiring(binding.role) && knowledge.cloudAt >= binding.endsAt
  return { verdict: expired ? 'expired' : 'orphan', found, id }
}

/** NB: a recorded end is no reason to remove what bears no mark: somebody else may have put it there since. */
function judgeUnmarked(
  found: Extract<Found, { kind: 'unmarked' }>,
  { bindings, roles, provenBefore }: Knowledge,
): Judged | undefined {
  const { id } = found.binding
  const known = bindings.get(id)
  if (known?.open === true) return { verdict: 'in-hand', found, id }
  if (known?.certainAt !== undefined && known.certainAt >= provenBefore) return undefined
  return roles.some((role) => isOfRole(found.binding, role))
    ? { verdict: 'stranger', found, id }
    : undefined
}

/** NB: a mark can be copied to somebody else's lane: what stands there is not what the ledger knows by that name. */
function idIn({ binding, lane }: Found, { bindings }: Knowledge): BindingId {
  const known = bindings.get(binding.id)
  return known === undefined || known.laneId === lane.id
    ? binding.id
    : strayId(lane.id, binding.name)
}

const strayId = (lane: LaneId, name: string): BindingId => `${lane}/${name}`

// What to do about a lane, given what the ledger wants and what the cloud shows. One row per situation, each a small function.
import { planDesired } from './plan-desired.ts'
import { planUndesired } from './plan-undesired.ts'
import type { Instant } from '../time.ts'
import { trustedAt, type BindingPlan, type Look, type Seen } from './seen.ts'
import type { BindingRecord, Change, LanePlan, LaneVerdict, Observation } from './types.ts'

export type { LanePlan } from './types.ts'

export interface LaneInput {
  readonly bindings: readonly BindingRecord[]
  /** Undefined when the cloud was not read: nothing is then concluded but what needs no cloud. */
  readonly observation: Observation | undefined
  /** Read before the cloud was: what is concluded from the read must not be younger than it. */
  readonly now: Instant
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs: number
  /** For how long the cloud may still allow what was removed, in milliseconds. `lagMs` when left out. */
  readonly enforcementMs?: number
  /** After a take-over: until when a former owner's last call may still arrive. No absence is concluded before it. */
  readonly settledAt?: Instant | undefined
}

export function planLane({
  bindings,
  observation,
  now,
  lagMs,
  enforcementMs = lagMs,
  settledAt = 0,
}: LaneInput): LanePlan {
  const look: Look = { now, lagMs, enforcementMs, settledAt }
  const plans = withoutPutsBesideEnds(
    bindings.map((record) => planBinding(record, seenOf(record, observation), look)),
    look,
  )
  const shownAt = trustedAt(settledAt, look)
  const unsettled = now < shownAt && needsObservation(bindings) ? [shownAt] : []
  const checks = [...plans.flatMap(({ checkAt }) => checkAt ?? []), ...unsettled]
  return {
    changes: removalsFirst(plans.flatMap(({ change }) => change ?? [])),
    notes: plans.flatMap(({ note }, index) => {
      const record = bindings[index]
      return note === undefined || record === undefined
        ? []
        : [{ id: record.binding.id, set: note }]
    }),
    verdicts: plans.flatMap(({ verdicts }) => verdicts ?? []),
    checkAt: checks.length === 0 ? undefined : Math.min(...checks),
  }
}

/**
 * What is to be put may be of the very grant that ends over what was seen of another one. It is planned anew at once,
 * when that is in the ledger.
 */
function withoutPutsBesideEnds(
  plans: readonly BindingPlan[],
  { now }: Look,
): readonly BindingPlan[] {
  const ends = plans.some(({ verdicts = [] }) => verdicts.some(({ kind }) => ending.has(kind)))
  return ends ? plans.map((plan) => (plan.change?.do === 'put' ? { checkAt: now } : plan)) : plans
}

/** Nobody's end waits for somebody's beginning, and what is given may need the room. */
const removalsFirst = (changes: readonly Change[]): readonly Change[] => [
  ...changes.filter((change) => change.do === 'remove'),
  ...changes.filter((change) => change.do !== 'remove'),
]

const ending: ReadonlySet<LaneVerdict['kind']> = new Set(['missing', 'foreign'])

/** False when nothing of it was ever tried or is to be tried: the cloud then need not be asked. */
export const needsObservation = (bindings: readonly BindingRecord[]): boolean =>
  bindings.some(({ desired, attemptedAt }) => desired === 'present' || attemptedAt !== undefined)

const planBinding = (record: BindingRecord, seen: Seen, look: Look): BindingPlan =>
  isWanted(record, look) ? planDesired(record, seen, look) : planUndesired(record, seen, look)

/** What is past its end is over, whether or not those who held it were told so yet. */
const isWanted = ({ desired, binding }: BindingRecord, { now }: Look): boolean =>
  desired === 'present' && now < binding.endsAt

function seenOf({ binding }: BindingRecord, observation: Observation | undefined): Seen {
  if (observation === undefined) return { state: 'unread' }
  const found = observation.bindings.get(binding.id)
  const { principal: how, evidence } = observation
  if (how !== 'same') {
    const strayed = found !== undefined && found.state !== 'absent'
    return { state: 'no-principal', how, strayed, evidence }
  }
  return found ?? { state: 'unread' }
}

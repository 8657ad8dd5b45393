// A live grant wants this binding.
import { minuteMs } from '../time.ts'
import { isSelfExpiring } from './modes.ts'
import { principalInWords } from './principals.ts'
import {
  forgotten,
  readBackAt,
  trustedAt,
  type BindingPlan,
  type Look,
  type NoPrincipal,
  type Seen,
} from './seen.ts'
import type { BindingNote, BindingRecord, Evidence, LaneVerdict } from './types.ts'

/** How often what stands is looked at, in case somebody else changes it. */
const driftMs = 5 * minuteMs

export function planDesired(record: BindingRecord, seen: Seen, look: Look): BindingPlan {
  // NB: what was proven gone and is there again was not put there by us, whoever wants it now.
  const ours = record.attemptedAt !== undefined && record.certainAt === undefined
  switch (seen.state) {
    case 'unread':
      return { checkAt: readBackAt(look) }
    case 'no-principal':
      return seen.strayed && ours
        ? missing(record, look, gonePrincipal(record, seen.how))
        : missed(record, look, gonePrincipal(record, seen.how))
    case 'present':
      return ours ? seenPresent(record, look) : foreign(record, look)
    case 'different':
      return ours ? putBack(record, look) : foreign(record, look)
    case 'absent':
      if (hasRunOut(record, seen.evidence)) return putAfterItRanOut(record, look)
      // What we removed ourselves, and another grant wants again, was not taken away by anybody.
      return record.presentAt === undefined || record.removedAt !== undefined
        ? put(record, look)
        : missed(record, look, takenAway)
    default:
      return seen satisfies never
  }
}

/**
 * What several grants hold stood to the end of a former one, by which the cloud itself ended it: the next one's came too
 * late to move that. NB: what was missed before it was taken away by somebody, and stays so.
 */
const hasRunOut = (
  { binding, standsUntil, missedAt = Infinity }: BindingRecord,
  { cloudAt }: Evidence,
): boolean =>
  isSelfExpiring(binding.role) &&
  standsUntil !== undefined &&
  standsUntil < binding.endsAt &&
  standsUntil <= Math.min(cloudAt, missedAt)

/** It begins anew: until it is seen again, nobody can have taken it away. */
function putAfterItRanOut(record: BindingRecord, look: Look): BindingPlan {
  const plan = put(record, look)
  return { ...plan, note: { ...plan.note, presentAt: null } }
}

const takenAway = 'Somebody removed it in the cloud.'

const gonePrincipal = ({ binding: { principal } }: BindingRecord, how: NoPrincipal): string => {
  const who = principalInWords(principal)
  if (how === 'deleted') return `The ${who} was deleted.`
  return how === 'missing'
    ? `The ${who} is not there any more under that name.`
    : `The name of the ${who} now belongs to another one.`
}

/** NB: what was just taken from its former holders may only look as if it were still there. */
function seenPresent(record: BindingRecord, look: Look): BindingPlan {
  const { removedAt } = record
  const shownAt = removedAt === undefined ? look.now : trustedAt(removedAt, look)
  return look.now < shownAt ? { checkAt: shownAt } : present(record, look)
}

function present(record: BindingRecord, look: Look): BindingPlan {
  const set: BindingNote['set'] = {
    // A removal that had no effect: the next one is somebody else's.
    ...(record.removedAt === undefined ? {} : forgotten),
    ...(record.presentAt === undefined ? { presentAt: look.now } : {}),
    ...(record.missedAt === undefined ? {} : { missedAt: null }),
    ...(record.standsUntil === record.binding.endsAt
      ? {}
      : { standsUntil: record.binding.endsAt, standsSince: look.now }),
  }
  return {
    ...(Object.keys(set).length === 0 ? {} : { note: set }),
    verdicts: [{ kind: 'present', bindingId: record.binding.id }],
    checkAt: nextDriftCheck(record, look),
  }
}

/**
 * What stands differently, as it was never put with this deadline yet, or because somebody changed it. NB: only what
 * was seen to stand as wanted, longer ago than a read can lag, was changed by somebody.
 */
function putBack(record: BindingRecord, look: Look): BindingPlan {
  const { binding, standsUntil, standsSince } = record
  const plan = put(record, look)
  const stood = standsUntil === binding.endsAt && standsSince !== undefined
  if (!stood || look.now < trustedAt(standsSince, look)) return plan
  return {
    ...plan,
    note: { ...plan.note, standsUntil: null, standsSince: null },
    verdicts: [{ kind: 'drifted', bindingId: binding.id }],
  }
}

/** Its deadline moves: what stands differently then was made so by us. */
const hasStoodUntilElse = ({ binding, standsUntil }: BindingRecord): boolean =>
  standsUntil !== undefined && standsUntil !== binding.endsAt

/** Restores no more than was granted. */
function put(record: BindingRecord, look: Look): BindingPlan {
  const { binding } = record
  const note: BindingNote['set'] = {
    ...(record.attemptedAt === undefined ? { attemptedAt: look.now } : {}),
    ...(record.missedAt === undefined ? {} : { missedAt: null }),
    ...(hasStoodUntilElse(record) ? { standsUntil: null, standsSince: null } : {}),
    ...(record.removedAt === undefined && record.certainAt === undefined
      ? {}
      : { presentAt: null, ...forgotten }),
  }
  return {
    change: { do: 'put', binding },
    ...(Object.keys(note).length === 0 ? {} : { note }),
    checkAt: readBackAt(look),
  }
}

/** One read proves nothing: the first one is noted, a second one past the cloud's lag decides. */
function missed(record: BindingRecord, look: Look, why: string): BindingPlan {
  const { missedAt } = record
  if (missedAt === undefined) {
    return { note: { missedAt: look.now }, checkAt: trustedAt(look.now, look) }
  }
  const provenAt = trustedAt(missedAt, look)
  if (look.now < provenAt) return { checkAt: provenAt }
  return missing(record, look, why)
}

/** NB: at once, where somebody else holds what was meant for the one before them. */
function missing(record: BindingRecord, look: Look, why: string): BindingPlan {
  const { presentAt, binding } = record
  const reason = presentAt === undefined ? 'could-not-be-given' : 'revoked-outside'
  const verdict: LaneVerdict = { kind: 'missing', bindingId: binding.id, reason, why }
  return { verdicts: [verdict], checkAt: nextDriftCheck(record, look) }
}

function foreign(record: BindingRecord, look: Look): BindingPlan {
  const { id, name } = record.binding
  const why = `What stands there as ${name} was not made by Hallpass.`
  return {
    verdicts: [{ kind: 'foreign', bindingId: id, why }],
    checkAt: nextDriftCheck(record, look),
  }
}

const nextDriftCheck = ({ binding }: BindingRecord, { now }: Look): number =>
  Math.min(now + driftMs, binding.endsAt)

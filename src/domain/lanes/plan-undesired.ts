// No live grant wants this binding: it is removed, seen to be gone, and waited out.
import { ceilToSecond, minuteMs, secondMs, toIso, type Instant } from '../time.ts'
import { isSelfExpiring } from './modes.ts'
import { principalInWords } from './principals.ts'
import {
  enforcedAt,
  forgotten,
  readBackAt,
  type BindingPlan,
  type Look,
  type NoPrincipal,
  type Seen,
} from './seen.ts'
import type { BindingRecord, Evidence, LaneVerdict } from './types.ts'

export function planUndesired(record: BindingRecord, seen: Seen, look: Look): BindingPlan {
  if (record.attemptedAt === undefined) return neverTried(record, look)
  switch (seen.state) {
    case 'unread':
      return { checkAt: readBackAt(look) }
    case 'present':
    case 'different':
      return found(record, look)
    case 'absent':
      // NB: the read may be older than a write of ours that it does not show.
      if (record.removedAt === undefined) return remove(record, look)
      return awaitProof(record, record.removedAt, seen.evidence, look)
    case 'no-principal':
      if (seen.strayed) return found(record, look)
      return seen.how === 'deleted'
        ? awaitProof(record, record.removedAt ?? look.now, seen.evidence, look)
        : unreachable(record, seen, look)
    default:
      return seen satisfies never
  }
}

/** The cloud was never asked to make it: there is nothing of ours, and no session. */
function neverTried({ binding, certainAt }: BindingRecord, { now }: Look): BindingPlan {
  const at = certainAt ?? now
  const proof = { removedAt: at, certainAt: at, sessionsUntil: undefined }
  return {
    ...(certainAt === undefined ? { note: { certainAt: at } } : {}),
    verdicts: [
      { kind: 'gone', bindingId: binding.id, ...proof },
      { kind: 'over', bindingId: binding.id, cloudAt: undefined },
    ],
  }
}

/** A removal that was acknowledged is not repeated before reads must show it: a lagging one would do so again and again. */
function found(record: BindingRecord, look: Look): BindingPlan {
  const { removedAt, certainAt, binding } = record
  const shownAt = removedAt === undefined ? look.now : removedAt + look.lagMs
  if (look.now >= shownAt) return remove(record, look)
  return {
    ...(certainAt === undefined ? {} : { note: { certainAt: null, sessionsUntil: null } }),
    verdicts: [{ kind: 'lingers', bindingId: binding.id }],
    checkAt: shownAt,
  }
}

/**
 * NB: a user who is renamed keeps their policies, and no read by the former name tells them from one who was deleted.
 * So only the deadline that is written in the policy proves that it is over, where there is one.
 */
function unreachable(
  record: BindingRecord,
  { how, evidence }: Extract<Seen, { state: 'no-principal' }>,
  look: Look,
): BindingPlan {
  const { binding, certainAt } = record
  const { cloudAt } = evidence
  if (certainAt === undefined && !isPastDeadline(record, cloudAt)) {
    const why = whyUnreachable(record, how)
    return {
      verdicts: [{ kind: 'unreachable', bindingId: binding.id, why }],
      checkAt: isSelfExpiring(binding.role)
        ? Math.min(look.now + minuteMs, whenOver(deadlineOf(record), cloudAt, look.now))
        : look.now + minuteMs,
    }
  }
  const removedAt = record.removedAt ?? certainAt ?? cloudAt
  const { note, ...plan } = awaitProof(record, removedAt, evidence, look)
  return note === undefined ? plan : { ...plan, note: { ...note, removedAt } }
}

function whyUnreachable(record: BindingRecord, how: NoPrincipal): string {
  const { name, principal, role } = record.binding
  const who = principalInWords(principal)
  const gone =
    how === 'missing'
      ? `There is no ${who} any more. If it was renamed`
      : `The name of the ${who} now belongs to another one. If the former one was renamed`
  const works = isSelfExpiring(role)
    ? `works under the new name until ${toIso(deadlineOf(record))}`
    : 'works under the new name'
  return `${gone}, ${name} ${works}: remove it there by hand.`
}

/** By the cloud's own clock. Never, where the cloud has no deadline for it. */
const isPastDeadline = (record: BindingRecord, cloudAt: Instant): boolean =>
  isSelfExpiring(record.binding.role) && cloudAt >= deadlineOf(record)

const deadlineOf = ({ binding, latestEndsAt = binding.endsAt }: BindingRecord): Instant =>
  Math.max(binding.endsAt, latestEndsAt)

/** What was found again proves that it was not gone: all that was concluded from its absence is taken back. */
function remove({ binding, removedAt }: BindingRecord, look: Look): BindingPlan {
  return {
    change: { do: 'remove', binding },
    ...(removedAt === undefined ? {} : { note: forgotten }),
    checkAt: readBackAt(look),
  }
}

function awaitProof(
  record: BindingRecord,
  removedAt: Instant,
  evidence: Evidence,
  look: Look,
): BindingPlan {
  if (record.certainAt !== undefined) {
    const { certainAt, sessionsUntil } = record
    return proven(record, { removedAt, certainAt, sessionsUntil }, evidence, look)
  }
  const certainAt = certainFrom(record, removedAt, evidence, look)
  if (certainAt === undefined) {
    const note = record.removedAt === undefined ? { note: { removedAt } } : {}
    return { ...note, checkAt: enforcedAt(removedAt, look) }
  }
  const sessionsUntil = sessionsAfter(record, certainAt, evidence)
  const note = { certainAt, sessionsUntil: sessionsUntil ?? null }
  return { note, ...proven(record, { removedAt, certainAt, sessionsUntil }, evidence, look) }
}

/**
 * When its enforcement was over, on the cloud's clock: undefined while that is not certain. Either the cloud's own
 * deadline has passed, which needs no propagation, or the removal has, and this read shows it.
 */
function certainFrom(
  record: BindingRecord,
  removedAt: Instant,
  { cloudAt }: Evidence,
  look: Look,
): Instant | undefined {
  if (isPastDeadline(record, cloudAt)) return cloudAt
  // NB: a ledger's clock that is behind the cloud's must not make the last session end too early.
  return look.now >= enforcedAt(removedAt, look) ? Math.max(look.now, cloudAt) : undefined
}

/** A session begun at the last moment it could be, on the cloud's clock, of which `Date` tells only the whole second. */
function sessionsAfter(
  record: BindingRecord,
  certainAt: Instant,
  { cloudAt }: Evidence,
): Instant | undefined {
  const { binding, sessionsEndedAt } = record
  if (binding.residualSeconds === 0 || sessionsEndedAt !== undefined) return undefined
  const certainThere = Math.max(ceilToSecond(certainAt), cloudAt + secondMs)
  const lastBegin = isSelfExpiring(binding.role)
    ? Math.min(certainThere, deadlineOf(record))
    : certainThere
  return lastBegin + binding.residualSeconds * secondMs
}

type Proof = Pick<
  Extract<LaneVerdict, { kind: 'gone' }>,
  'removedAt' | 'certainAt' | 'sessionsUntil'
>

/** Gone; and over once the cloud's own time is past the last session. */
function proven(
  { binding }: BindingRecord,
  proof: Proof,
  { cloudAt }: Evidence,
  { now }: Look,
): BindingPlan {
  const { sessionsUntil } = proof
  const gone: LaneVerdict = { kind: 'gone', bindingId: binding.id, ...proof }
  if (sessionsUntil === undefined || cloudAt >= sessionsUntil) {
    return { verdicts: [gone, { kind: 'over', bindingId: binding.id, cloudAt }] }
  }
  return { verdicts: [gone], checkAt: whenOver(sessionsUntil, cloudAt, now) }
}

/** A cloud whose clock is behind ours is asked again when its own should be past it. */
function whenOver(until: Instant, cloudAt: Instant, now: Instant): Instant {
  if (now < until) return until
  return now + Math.min(Math.max(until - cloudAt, secondMs), minuteMs)
}

// The verdict over a drill, from what the simulated services know alone.
import type { AccessEvidence, Evidence, GrantEvidence, Span } from './evidence.ts'
import { quantiles, type Quantiles } from '../bench/quantiles.ts'

export type FaultKind =
  | 'lost'
  | 'outlived'
  | 'duplicates'
  | 'foreign_touched'
  | 'unproven'
  | 'crashed'

export interface Fault {
  readonly kind: FaultKind
  /** By number; undefined where it is no grant's. */
  readonly grant: number | undefined
  readonly text: string
}

export interface Verdict {
  readonly faults: readonly Fault[]
  readonly lateMs: Quantiles
  /** How late each access was taken away that was, in milliseconds. */
  readonly late: readonly { readonly way: string; readonly ms: number }[]
}

/**
 * Where no cloud ends access, Hallpass has to be alive to: so long after it was due it may stand, with processes killed
 * meanwhile, before it counts as outlived. The time in which its cloud refused is not Hallpass's, and is added.
 */
export const boundMs = 30_000
/** An act that ended access is heard over GitHub, which may be down as well. */
export const heardMs = 2 * boundMs
/** What is read in whole seconds, or was decided a moment before the other. */
const slackMs = 1_500

export function judge(evidence: Evidence): Verdict {
  const grants = new Map(evidence.grants.map((grant) => [grant.n, grant]))
  const faults = [
    ...evidence.access.flatMap((access) => judgeAccess(access, heldBy(access, grants), evidence)),
    ...evidence.grants.flatMap((grant) => judgeGrant(grant, evidence)),
    ...evidence.foreignTouched.map((text): Fault => fault('foreign_touched', undefined, text)),
    ...evidence.crashes.map((text): Fault => fault('crashed', undefined, text)),
  ]
  const late = evidence.access.flatMap((access) => {
    const ms = lateness(access, heldBy(access, grants))
    return ms === undefined ? [] : [{ way: access.way, ms }]
  })
  return { faults, late, lateMs: quantiles(late.length === 0 ? [0] : late.map(({ ms }) => ms)) }
}

const fault = (kind: FaultKind, grant: number | undefined, text: string): Fault => ({
  kind,
  grant,
  text,
})

const heldBy = (
  { grants }: AccessEvidence,
  all: ReadonlyMap<number, GrantEvidence>,
): readonly GrantEvidence[] => grants.flatMap((n) => all.get(n) ?? [])

/** Undefined while nothing tells when it was approved. */
const leaseEnd = (grant: GrantEvidence): number | undefined =>
  grant.writtenEnd ??
  (grant.approvedBy === undefined ? undefined : grant.approvedBy + grant.leaseMs)

/** When it is to be gone: with its lease, or the act that ended it before. */
function dueOf(grant: GrantEvidence): number | undefined {
  const lease = leaseEnd(grant)
  if (grant.endedAt === undefined || grant.holdsOn) return lease
  return Math.min(grant.endedAt, lease ?? Number.POSITIVE_INFINITY)
}

const latest = (times: readonly (number | undefined)[]): number | undefined =>
  times.some((time) => time === undefined)
    ? undefined
    : Math.max(...times.map((time) => time ?? Number.NaN))

const endOf = (spans: readonly Span[]): number | undefined =>
  spans.length === 0
    ? undefined
    : Math.max(...spans.map(({ to }) => to ?? Number.POSITIVE_INFINITY))

/** From due to the removal; undefined where nothing was there. */
function lateness(access: AccessEvidence, held: readonly GrantEvidence[]): number | undefined {
  const due = latest(held.map(dueOf))
  const removed = endOf(access.stood)
  if (due === undefined || removed === undefined || !Number.isFinite(removed)) return undefined
  return Math.max(0, removed - due)
}

function judgeAccess(
  access: AccessEvidence,
  held: readonly GrantEvidence[],
  { at }: Evidence,
): readonly Fault[] {
  return [
    ...held.flatMap((grant) => neverGiven(access, grant)),
    ...cutShort(access, held),
    ...unheard(access, held, at),
    ...outlived(access, held, at),
    ...tooManyMarks(access, held),
  ]
}

/** A request that should have been given and never was. */
function neverGiven({ allowed, way }: AccessEvidence, grant: GrantEvidence): readonly Fault[] {
  if (grant.blind) return []
  const isGiven = allowed.some(({ to }) => to === undefined || to > grant.askedAt)
  return isGiven ? [] : [fault('lost', grant.n, `${way} was asked for and never given`)]
}

/** Given, and taken away before its time. */
function cutShort(access: AccessEvidence, held: readonly GrantEvidence[]): readonly Fault[] {
  const [grant, ...more] = held
  if (grant === undefined || more.length > 0) return []
  // A lease runs from when it is decided on, a while before it is in the cloud.
  const due = Math.min(grant.endedAt ?? Number.POSITIVE_INFINITY, grant.askedAt + grant.leaseMs)
  const first = access.allowed.find(({ to }) => to === undefined || to > grant.askedAt)
  if (first?.to === undefined || first.to >= due - slackMs) return []
  const early = Math.round(due - first.to)
  return [fault('lost', grant.n, `${access.way} was taken away ${early} ms before its time`)]
}

/** Hallpass acknowledged what ended it, and nothing came of that. */
function unheard(
  access: AccessEvidence,
  held: readonly GrantEvidence[],
  at: number,
): readonly Fault[] {
  const heard = latest(held.map((grant) => (grant.holdsOn ? undefined : grant.heardAt)))
  const stood = endOf(access.stood)
  if (heard === undefined || stood === undefined) return []
  const overdue = Math.min(stood, at) - heard - heardMs
  return overdue <= 0
    ? []
    : [
        fault(
          'lost',
          held[0]?.n,
          `${access.way} stood for ${Math.round((Math.min(stood, at) - heard) / 1000)} s after its end was acknowledged`,
        ),
      ]
}

function outlived(
  access: AccessEvidence,
  held: readonly GrantEvidence[],
  at: number,
): readonly Fault[] {
  // Whoever was never told to have it adds no time to it.
  const leases = held.map(leaseEnd).filter((lease) => lease !== undefined)
  const lease = leases.length === 0 ? undefined : latest(leases)
  const last = endOf(access.allowed)
  if (lease === undefined)
    return last === undefined
      ? []
      : [fault('outlived', held[0]?.n, `${access.way} stood though no lease of it is known`)]
  const isTooLate = (due: number, until: number) =>
    until - due > (access.endsItself ? 0 : boundMs + refusedMs(access.refused, due, until))
  const allowedUntil = Math.min(last ?? lease, at)
  const sessionsDue = lease + Math.max(...held.map(({ residualMs }) => residualMs))
  return [
    ...(isTooLate(lease, allowedUntil)
      ? [after(access, held, allowedUntil - lease, 'its lease')]
      : []),
    ...access.sessions
      .map(({ to }) => to ?? at)
      .filter((until) => isTooLate(sessionsDue, until))
      .map((until) => after(access, held, until - sessionsDue, 'lease and residual')),
  ]
}

/** How long its cloud refused within these. */
function refusedMs(refused: AccessEvidence['refused'], from: number, to: number): number {
  let [sum, counted] = [0, from]
  for (const span of refused.toSorted((a, b) => a.from - b.from)) {
    const [begin, end] = [Math.max(span.from, counted), Math.min(span.to, to)]
    if (end <= begin) continue
    sum += end - begin
    counted = end
  }
  return sum
}

const after = (
  { way }: AccessEvidence,
  held: readonly GrantEvidence[],
  ms: number,
  what: string,
): Fault => fault('outlived', held[0]?.n, `${way} was usable ${Math.round(ms)} ms after ${what}`)

/** Clouds that keep one for each grant: there is no second one for the same cause. */
function tooManyMarks(access: AccessEvidence, held: readonly GrantEvidence[]): readonly Fault[] {
  return access.own && access.marks.length > held.length
    ? [fault('duplicates', held[0]?.n, `${access.way} was made for ${access.marks.join(' and ')}`)]
    : []
}

function judgeGrant(grant: GrantEvidence, evidence: Evidence): readonly Fault[] {
  return [
    ...(grant.ids.length > 1
      ? [fault('duplicates', grant.n, `one cause gave ${grant.ids.join(' and ')}`)]
      : []),
    ...(grant.comments > 1
      ? [fault('duplicates', grant.n, `${grant.comments} comments are kept for one pull request`)]
      : []),
    ...grant.neverArrived.map((event) =>
      fault('lost', grant.n, `${event} was lost, and never asked for again`),
    ),
    ...unproven(grant, evidence),
  ]
}

const isEmpty = ({ allowed }: AccessEvidence): boolean => allowed.length === 0

function unproven(grant: GrantEvidence, { access, at }: Evidence): readonly Fault[] {
  const own = access.filter(({ grants }) => grants.includes(grant.n))
  const alone = own.filter(({ grants }) => grants.length === 1)
  const told = (text: string) => fault('unproven', grant.n, text)
  const lived = alone.flatMap(({ allowed, sessions }) => [...allowed, ...sessions])
  const last = endOf(lived)
  const { saidEndedAt } = grant
  if (saidEndedAt !== undefined && last !== undefined && last > saidEndedAt)
    return [told(`it was said to be ended ${Math.round(last - saidEndedAt)} ms too early`)]
  // What was taken back before it was given need not be told of.
  if (grant.said === 'nothing' && (grant.blind || own.every(isEmpty))) return []
  const isRunning = own.some(({ sessions }) =>
    sessions.some(({ to }) => to === undefined || to > at),
  )
  const mayRun = grant.residualMs > 0
  if (grant.said === 'ended')
    return grant.check === 'ended' ? [] : [told(`the comment says ended, the check ${grant.check}`)]
  if (grant.said === 'sessions' && (isRunning || mayRun)) return []
  return [told(`it is over, and its pull request says ${grant.said}`)]
}

// What a drill does, and when: all of it follows from the seed.
import { dice, type Dice } from '../sandbox/dice.ts'
import { drillRoles, type DrillRole } from './roles.ts'
import { havocOf, type HavocOptions, type Strike } from './havoc-plan.ts'

export type Trigger = 'review' | 'label' | 'request'
export type EndWay =
  | 'reviewed'
  | 'unrequested'
  | 'unlabeled'
  | 'closed'
  | 'merged'
  | 'done'
  | 'revoked'

export interface PlannedGrant {
  readonly n: number
  /** The how many-th of the cast. */
  readonly person: number
  readonly role: string
  readonly trigger: Trigger
  readonly askAtMs: number
  readonly leaseSeconds: number
  /** Undefined: it lasts to its lease. */
  readonly end: PlannedEnd | undefined
  /** The grant that it shares its person and role with. */
  readonly shares: number | undefined
}

export interface PlannedEnd {
  readonly how: EndWay
  /** After its access was seen; after it was asked for, where `blind`. */
  readonly afterMs: number
  readonly blind: boolean
}

export interface PlanOptions extends HavocOptions {
  /** How many, all of which are asked for within `durationMs`. */
  readonly grants: number
}

export interface Plan {
  readonly seed: number
  readonly people: number
  readonly grants: readonly PlannedGrant[]
  readonly havoc: readonly Strike[]
}

/** Long enough to be set up where every process dies over it once. */
export const leaseSeconds = { short: 40, long: 70 } as const

export function planOf(options: PlanOptions): Plan {
  const { seed, grants: count, durationMs } = options
  const die = dice(`${seed} plan`)
  const roles = rolesFor(count, die)
  const grants: PlannedGrant[] = []
  const taken = new Map<string, number>()
  for (const [index, role] of roles.entries()) {
    const person = taken.get(role.name) ?? 0
    taken.set(role.name, person + 1)
    grants.push(grantOf(index, role, person, die, durationMs))
  }
  return {
    seed,
    people: Math.max(...taken.values()),
    grants: grants.flatMap((grant) => withShared(grant, grants.length, die)).slice(0, count),
    havoc: havocOf(options),
  }
}

/** In shares of a hundred, shuffled. */
function rolesFor(count: number, die: Dice): DrillRole[] {
  const all = drillRoles.flatMap((role) =>
    Array.from({ length: Math.ceil((count * role.share) / 100) }, () => role),
  )
  return shuffled(all, die).slice(0, count)
}

function shuffled<T>(all: readonly T[], die: Dice): T[] {
  return all
    .map((value) => ({ value, key: die() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value)
}

const oneOf = <T>(all: readonly [T, ...T[]], die: Dice): T =>
  all[Math.floor(die() * all.length)] ?? all[0]

const endsOf: Readonly<Record<Trigger, readonly [EndWay, ...EndWay[]]>> = {
  review: ['reviewed', 'unrequested', 'closed', 'merged', 'done', 'revoked'],
  label: ['unlabeled', 'closed', 'merged', 'done', 'revoked'],
  request: ['closed', 'merged', 'done', 'revoked'],
}

/** More than half end early: what ends with its lease shows nothing of how quickly Hallpass hears. */
const earlyShare = 0.6
const blindShare = 0.1

function grantOf(
  n: number,
  role: DrillRole,
  person: number,
  die: Dice,
  durationMs: number,
): PlannedGrant {
  const trigger = oneOf(['review', 'review', 'label', 'request'] as const, die)
  const askAtMs = Math.round(die() * durationMs)
  const isEarly = die() < earlyShare
  const how = oneOf(endsOf[trigger], die)
  // What is said to nobody yet ends nothing: only what GitHub itself tells can overtake the request.
  const blind = die() < blindShare && how !== 'done' && how !== 'revoked'
  const afterMs = Math.round(blind ? die() * 2_000 : 1_000 + die() * 9_000)
  return {
    n,
    person,
    role: role.name,
    trigger,
    askAtMs,
    leaseSeconds: isEarly ? leaseSeconds.long : leaseSeconds.short,
    end: isEarly ? { how, afterMs, blind } : undefined,
    shares: undefined,
  }
}

const sharedShare = 0.08

/** Some are held twice over: the same person, the same role, on another pull request. */
function withShared(grant: PlannedGrant, count: number, die: Dice): PlannedGrant[] {
  if (die() >= sharedShare) return [grant]
  const second: PlannedGrant = {
    ...grant,
    n: count + grant.n,
    askAtMs: grant.askAtMs + 2_000 + Math.round(die() * 6_000),
    end: undefined,
    leaseSeconds: leaseSeconds.long,
    shares: grant.n,
  }
  return [grant, second]
}

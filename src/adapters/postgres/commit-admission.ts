// What may only be decided by one commit at a time: whether it is within limits, whether it is frozen, who owes a review.
import { sql } from 'kysely'
import { LedgerConflict } from '../../domain/errors.ts'
import { isFrozen } from '../../domain/grants/freeze.ts'
import { exceededBy, type Counted, type Usage } from '../../domain/policy/usage.ts'
import type { Commit, Limited } from '../../workflows/ports.ts'
import type { Tx } from './database.ts'
import { readFreezes, writeFreezes } from './freezes.ts'
import { readUsage } from './usage.ts'

/** NB: its own statement. What the next one sees is then at least as new as the lock. */
export async function enterAdmission(tx: Tx, change: Commit): Promise<void> {
  const { limits = [], freezes = [], debts = [], identityLinks = [], unfrozen = [] } = change
  const alone = [limits, freezes, debts, identityLinks].some(({ length }) => length > 0)
  if (alone) await sql`select from hallpass.admission for update`.execute(tx)
  else if (unfrozen.length > 0) await sql`select from hallpass.admission for share`.execute(tx)
}

/** Freezes that begin here hold already. */
export async function admit(tx: Tx, change: Commit): Promise<void> {
  await writeFreezes(tx, change.freezes ?? [])
  await requireUnfrozen(tx, change.unfrozen ?? [])
  await requireWithinLimits(tx, change)
}

async function requireUnfrozen(tx: Tx, all: NonNullable<Commit['unfrozen']>): Promise<void> {
  if (all.length === 0) return
  const freezes = await readFreezes(tx)
  if (all.some((what) => isFrozen(freezes, what)))
    throw new LedgerConflict('It has been frozen meanwhile')
}

/** Besides what is there, each counts those before it in this very commit. */
async function requireWithinLimits(tx: Tx, { limits = [], grants = [], now }: Commit) {
  const without = grants.map(({ grant }) => grant.id)
  const read = new Map<string, Usage>()
  for (const [index, limited] of limits.entries()) {
    const { scope, leaseSeconds, recipientId, role, repositoryId } = limited
    const place = JSON.stringify([recipientId, role, repositoryId])
    const usage = read.get(place) ?? (await readUsage(tx, { ...limited, now, without }))
    read.set(place, usage)
    const counted = plus(usage[scope], limited, limits.slice(0, index))
    const exceeded = exceededBy(limited.limits, counted, leaseSeconds, now)
    if (exceeded !== undefined)
      throw new LedgerConflict(`The ${scope}'s limit (${exceeded}) has been reached meanwhile`)
  }
}

const plus = (counted: Counted, limited: Limited, before: readonly Limited[]): Counted => {
  const peers = before.filter((other) => isPeer(limited, other))
  const leases = peers.filter((other) => isSameLease(limited, other))
  return {
    ...counted,
    atOnce: counted.atOnce + peers.length,
    secondsInDay: leases.reduce(
      (sum, { leaseSeconds }) => sum + leaseSeconds,
      counted.secondsInDay,
    ),
  }
}

const keys = { role: 'role', person: 'recipientId', repository: 'repositoryId' } as const

const isPeer = (one: Limited, other: Limited): boolean =>
  one.scope === other.scope && one[keys[one.scope]] === other[keys[one.scope]]

/** A role's daily total is each person's own. */
const isSameLease = (one: Limited, other: Limited): boolean =>
  one.scope !== 'role' || one.recipientId === other.recipientId

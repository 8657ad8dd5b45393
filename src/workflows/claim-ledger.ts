// A person says that the ledger may be acted on where it is: as the one that goes on, or as a copy of one that does.
import { isLive, waitingOf } from '../domain/grants/phases.ts'
import type { By, Grant } from '../domain/grants/types.ts'
import { claimedAt, type UnclaimedWhy } from '../domain/seat/judge-seat.ts'
import { changesOf, logChanges, retryingConflicts, type Commanded } from './decide-all.ts'
import type { Deps, LedgerDeps } from './deps.ts'

export interface ClaimAsked {
  /** It becomes an instance of its own, and leaves all that it holds to its original. */
  readonly asNew: boolean
  /** The instance that it is until then: named by whoever knows that a copy is one although nothing was found. */
  readonly of: string | undefined
  readonly by: By
}

export type ClaimOutcome =
  | {
      readonly kind: 'claimed'
      readonly instance: string
      /** Why nobody was to act on it before. Null: nothing had been found. */
      readonly why: UnclaimedWhy | null
      /** How many requests and grants were closed, or left to the original. */
      readonly ended: number
    }
  /** Not the one that was named. */
  | { readonly kind: 'another'; readonly instance: string }
  /** Nothing had been found against it. */
  | { readonly kind: 'unneeded'; readonly instance: string }

/** More than ever live at once. */
const liveMax = 1_000_000

export async function claimLedger(
  deps: LedgerDeps & Pick<Deps, 'random'>,
  asked: ClaimAsked,
): Promise<ClaimOutcome> {
  return retryingConflicts(async () => {
    const { seat, instance: former } = deps.ledger
    const read = await seat.read()
    if (asked.of !== undefined && asked.of !== former)
      return { kind: 'another', instance: former } as const
    const why = seat.unclaimed()?.why ?? null
    if (why === null && !(asked.asNew && asked.of !== undefined))
      return { kind: 'unneeded', instance: former } as const
    const now = deps.clock.now()
    const instance = asked.asNew ? deps.random.instanceId() : former
    const copyOf = asked.asNew ? former : null
    const to = claimedAt(read.noted, read.here)
    const grants = changesOf(await ends(deps, asked, former), now)
    await seat.claim({
      now,
      read,
      seat: to,
      askedSince: read.foundAt ?? now,
      grants,
      asNew: asked.asNew ? instance : undefined,
      event: {
        stream: 'instance',
        event: {
          type: 'instance.claimed',
          by: asked.by,
          why,
          from: read.noted ?? null,
          to,
          instance,
          copyOf,
        },
      },
    })
    logChanges(deps, grants)
    deps.log.warn('ledger.claimed', { instance, why, copy: asked.asNew })
    return { kind: 'claimed', instance, why, ended: grants.length } as const
  })
}

async function ends(
  { ledger }: LedgerDeps,
  { asNew, by }: ClaimAsked,
  former: string,
): Promise<readonly Commanded[]> {
  const [open, live] = await Promise.all([
    ledger.listGrants({ open: true, limit: liveMax }),
    ledger.listGrants({ live: true, limit: liveMax }),
  ])
  const all = [...new Map([...open, ...live].map((grant) => [grant.id, grant])).values()]
  return all.flatMap((grant) => (asNew ? leaving(grant, by, former) : narrowing(grant, by)))
}

const copied = 'this ledger is a copy, and its original goes on with it'

const leaving = (grant: Grant, by: By, former: string): readonly Commanded[] =>
  isLive(grant)
    ? [{ grant, command: { type: 'leave', by, to: former } }]
    : [{ grant, command: { type: 'withdraw', by, because: copied } }]

const restored = 'the ledger was restored from a backup: ask again'

/**
 * NB: what had been asked for, or given and not yet seen to stand, may have been denied, taken back or ended in a history
 * that is lost. It does not begin a second time. What stood goes on to its end: a lane that finds it gone ends it.
 */
function narrowing(grant: Grant, by: By): readonly Commanded[] {
  if (grant.phase === 'ending') return []
  const waits = waitingOf(grant) !== undefined
  const withdrawing = { type: 'withdraw', by, because: restored } as const
  const ending = { type: 'end', reason: 'restored', by } as const
  const unseen = isLive(grant) && grant.holds.some(({ state }) => state === 'wanted')
  return [
    ...(waits ? [{ grant, command: withdrawing }] : []),
    ...(unseen ? [{ grant, command: ending }] : []),
  ]
}

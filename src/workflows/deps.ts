import type {
  Claim,
  Clock,
  Cloud,
  Clouds,
  Commit,
  Debt,
  GitHub,
  Ledger,
  Log,
  OnCall,
  PolicyDocuments,
  PolicyReader,
  Queue,
  Randomness,
} from './ports.ts'
import { laneOf } from '../domain/lanes/lane-of.ts'
import { subjectKey } from '../domain/subjects.ts'

/** What every workflow is handed: the ports, ready-made, and what this process is called. */
export interface Deps {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly random: Randomness
  readonly log: Log
  readonly queue: Queue
  readonly github: GitHub
  readonly policy: PolicyReader
  readonly documents: PolicyDocuments
  readonly clouds: Clouds
  readonly onCall: OnCall
  /** Numeric ids of the accounts that are served. */
  readonly accounts: ReadonlySet<number>
  /** Unique per process start. */
  readonly owner: string
  /** Aborted when the process is asked to stop: work in hand is cancelled and its claims are given back. */
  readonly stopping: AbortSignal
  readonly timing: Timing
}

export interface Timing {
  /** How long a claim holds without being renewed: how long the work of a killed process waits. */
  readonly claimMs: number
  /** How old a reading of someone's standing may be before access is given on it. */
  readonly standingFreshMs: number
  /** How often standing is read again while access lives. */
  readonly standingEveryMs: number
  /** How long a subject whose standing could not be read is left alone: access lives on to its lease meanwhile. */
  readonly standingPauseMs: number
  /** How often the sweep looks for work that no nudge brought. */
  readonly sweepMs: number
  /**
   * How long after a take-over, or a write whose fate is unknown, that write may still arrive in the cloud. What it did
   * then shows after the cloud's own lag.
   */
  readonly settleMs: number
  /** How long a cloud may take over one reading of a lane, or one batch of its changes. */
  readonly cloudCallMs: number
  /** How often somebody looks around in the clouds for what should not be there. */
  readonly reconcileEveryMs: number
  /** How often somebody looks for deliveries that were lost. */
  readonly recoverEveryMs: number
}

export const defaultTiming: Timing = {
  claimMs: 4_000,
  standingFreshMs: 60_000,
  standingEveryMs: 3 * 60_000,
  standingPauseMs: 30_000,
  sweepMs: 500,
  settleMs: 3_000,
  cloudCallMs: 30_000,
  reconcileEveryMs: 60 * 60_000,
  recoverEveryMs: 5 * 60_000,
}

/** What policy's decision is made on: nothing of it changes anything. */
export interface ReadingDeps extends Pick<Deps, 'clock' | 'accounts' | 'stopping'> {
  readonly ledger: Pick<
    Ledger,
    | 'grantsOf'
    | 'causeUsed'
    | 'hasAct'
    | 'usage'
    | 'freezes'
    | 'identityLink'
    | 'identityHolder'
    | 'lane'
  > & {
    debtsOf(
      personIds: readonly number[],
    ): Promise<readonly Pick<Debt, 'personId' | 'requesterId'>[]>
  }
  readonly github: Pick<
    GitHub,
    | 'repository'
    | 'current'
    | 'roleOf'
    | 'account'
    | 'teamMembership'
    | 'teamMembers'
    | 'changedPaths'
    | 'headPeople'
    | 'existsAt'
    | 'samlIdentities'
    | 'property'
  >
  readonly clouds: ReadonlyMap<Cloud['name'], Pick<Cloud, 'resolve' | 'standing'>>
}

/** What a decision on the ledger alone needs. */
export type LedgerDeps = Pick<Deps, 'ledger' | 'clock' | 'log' | 'queue'>

/**
 * What changes what a grant's lanes should be. NB: nothing else may nudge them: two lanes of one grant that tell of
 * themselves would chase each other, and a cloud that fails would be asked again and again at once.
 */
const moving: ReadonlySet<string> = new Set(['grant.approved', 'grant.extended', 'grant.ending'])

/** Commits, then nudges whoever has work now. The nudges only make it fast: the dirty marks are in the ledger. */
export async function commitAndNudge(deps: LedgerDeps, commit: Commit): Promise<void> {
  await deps.ledger.commit(commit)
  const subjects = new Set<string>((commit.dirtySubjects ?? []).map(subjectKey))
  const lanes = new Set<string>(commit.dirtyLanes ?? [])
  for (const { grant, events } of commit.grants ?? []) {
    subjects.add(subjectKey(grant.revision.offer.subject))
    if (!events.some(({ type }) => moving.has(type))) continue
    for (const binding of grant.revision.offer.bindings) lanes.add(laneOf(binding).id)
  }
  for (const id of lanes)
    if (!isUnder(commit.claim, `lane:${id}`)) deps.queue.nudge({ kind: 'lane', id })
  for (const id of subjects) deps.queue.nudge({ kind: 'report', id })
}

const isUnder = (claim: Claim | undefined, key: string): boolean => claim?.key === key

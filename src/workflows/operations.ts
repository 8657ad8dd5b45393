// What an operator can do to the ledger: the same whether asked beside a running process or on the database itself.
import { LedgerUnclaimed } from '../domain/errors.ts'
import { unclaimedInWords } from '../domain/seat/words.ts'
import { latenessMs, type MeasuredLateness } from '../domain/measures/lateness.ts'
import { toIso } from '../domain/time.ts'
import { acceptNow, type AcceptedNow } from './accept-policy.ts'
import { claimLedger, type ClaimOutcome } from './claim-ledger.ts'
import type { Deps, LedgerDeps } from './deps.ts'
import { explainGrant, type ExplainedGrant } from './explain-grant.ts'
import { unfreeze } from './freeze.ts'
import { summaryOf, type GrantSummary } from './grant-summary.ts'
import {
  freezeSummary,
  operatorFreeze,
  type FreezeAsked,
  type FreezeOutcome,
  type FreezeSummary,
} from './operator-freeze.ts'
import type { Clouds, PolicyDocuments } from './ports.ts'
import { reconcile } from './reconcile/reconcile.ts'
import type { Reconciled } from './reconcile/reconciled.ts'
import { revokeGrant } from './revoke-grant.ts'

export interface Operations {
  /** Those that live now, or all, newest first. */
  grants(filter: { all: boolean }): Promise<readonly GrantSummary[]>
  /** How late access was gone that ended in the last 30 days. */
  lateness(): Promise<MeasuredLateness>
  revoke(id: string, operator: string): Promise<Revoked>
  /** Undefined: there is no such grant. */
  explain(id: string): Promise<ExplainedGrant | undefined>
  freeze(asked: FreezeAsked): Promise<FreezeOutcome>
  unfreeze(id: string, operator: string): Promise<Unfrozen>
  /** Those that hold now, oldest first. */
  freezes(): Promise<readonly FreezeSummary[]>
  /** Accepts the organization's document as it stands; only with these contents, when `blob` is given. */
  /** Looks around in the clouds; unless it is a dry run, sets right what is on record. */
  reconcile(asked: {
    dryRun: boolean
    /** The digest of what nothing is recorded of, and shall go. */
    remove: string | null
    operator: string
  }): Promise<Reconciled>
  /** What a person has to look at in the clouds, oldest first. */
  alarms(): Promise<readonly AlarmSummary[]>
  acceptPolicy(operator: string, blob: string | undefined): Promise<AcceptedNow>
  /** Why nobody may act on the ledger, for people. Undefined: it is claimed. */
  unclaimed(): Promise<string | undefined>
  /** Says that the ledger may be acted on where it is. */
  claim(asked: { asNew: boolean; of: string | null; operator: string }): Promise<ClaimOutcome>
}
/** `at` is ISO 8601 in UTC. */
export interface AlarmSummary {
  readonly id: string
  readonly place: string
  readonly at: string
  readonly text: string
}
export type Revoked = 'revoked' | 'not-live' | 'unknown'
export type Unfrozen = 'unfrozen' | 'unknown'

const listedMax = 500

export interface OperationsDeps
  extends LedgerDeps, Pick<Deps, 'random' | 'owner' | 'stopping' | 'timing'> {
  /** Where the organization's document is: asked for only by what looks at it. */
  readonly documents: Pick<PolicyDocuments, 'pinned' | 'organization'>
  readonly clouds: Clouds | Promise<Clouds>
}

/** NB: whatever changes something throws LedgerUnclaimed while nobody has claimed the ledger. */
export const operationsOn = (deps: OperationsDeps): Operations => ({
  async grants({ all }) {
    const filter = all ? { limit: listedMax } : { live: true, limit: listedMax }
    return (await deps.ledger.listGrants(filter)).map(summaryOf)
  },
  lateness: () => deps.ledger.lateness(deps.clock.now() - latenessMs),
  revoke: whenClaimed(deps, (id, operator) => revokeGrant(deps, id, operator)),
  explain: (id) => explainGrant(deps, id),
  freeze: whenClaimed(deps, (asked) => operatorFreeze(deps, asked)),
  unfreeze: whenClaimed(deps, (id, operator) =>
    unfreeze(deps, id, { kind: 'operator', name: operator }),
  ),
  freezes: async () => (await deps.ledger.freezes()).map(freezeSummary),
  // To look around helps to tell whether this is the one that goes on.
  reconcile: async ({ dryRun, remove, operator: name }) => {
    if (!dryRun) requireClaimed(deps)
    return reconcile(deps, { dryRun, remove: remove ?? undefined, by: { kind: 'operator', name } })
  },
  alarms: async () =>
    (await deps.ledger.alarms()).map(({ id, placeId: place, at, text }) => ({
      id,
      place,
      at: toIso(at),
      text,
    })),
  acceptPolicy: whenClaimed(deps, async (name, blob) =>
    acceptNow(deps, deps.documents, { kind: 'operator', name }, blob),
  ),
  unclaimed: async () => wordsOf(deps),
  claim: ({ asNew, of, operator: name }) =>
    claimLedger(deps, { asNew, of: of ?? undefined, by: { kind: 'operator', name } }),
})

const whenClaimed =
  <A extends unknown[], R>(deps: OperationsDeps, work: (...given: A) => Promise<R>) =>
  async (...given: A): Promise<R> => {
    requireClaimed(deps)
    return work(...given)
  }

function requireClaimed(deps: OperationsDeps): void {
  const words = wordsOf(deps)
  if (words !== undefined) throw new LedgerUnclaimed(words)
}

function wordsOf({ ledger }: OperationsDeps): string | undefined {
  const found = ledger.seat.unclaimed()
  return found && unclaimedInWords(found.why)
}

// What an operator can do to the ledger: the same whether asked beside a running process or on the database itself.
import { acceptNow, type AcceptedNow } from './accept-policy.ts'
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
import type { PolicyDocuments } from './ports.ts'
import { revokeGrant } from './revoke-grant.ts'

export interface Operations {
  /** Those that live now, or all, newest first. */
  grants(filter: { all: boolean }): Promise<readonly GrantSummary[]>
  revoke(id: string, operator: string): Promise<Revoked>
  /** Undefined: there is no such grant. */
  explain(id: string): Promise<ExplainedGrant | undefined>
  freeze(asked: FreezeAsked): Promise<FreezeOutcome>
  unfreeze(id: string, operator: string): Promise<Unfrozen>
  /** Those that hold now, oldest first. */
  freezes(): Promise<readonly FreezeSummary[]>
  /** Accepts the organization's document as it stands; only with these contents, when `blob` is given. */
  acceptPolicy(operator: string, blob: string | undefined): Promise<AcceptedNow>
}
export type Revoked = 'revoked' | 'not-live' | 'unknown'
export type Unfrozen = 'unfrozen' | 'unknown'

const listedMax = 500

export interface OperationsDeps extends LedgerDeps, Pick<Deps, 'random'> {
  /** Where the organization's document is: asked for only by what looks at it. */
  readonly documents: Pick<PolicyDocuments, 'pinned' | 'organization'>
}

export const operationsOn = (deps: OperationsDeps): Operations => ({
  async grants({ all }) {
    const filter = all ? { limit: listedMax } : { live: true, limit: listedMax }
    return (await deps.ledger.listGrants(filter)).map(summaryOf)
  },
  revoke: (id, operator) => revokeGrant(deps, id, operator),
  explain: (id) => explainGrant(deps, id),
  freeze: (asked) => operatorFreeze(deps, asked),
  unfreeze: (id, operator) => unfreeze(deps, id, { kind: 'operator', name: operator }),
  freezes: async () => (await deps.ledger.freezes()).map(freezeSummary),
  acceptPolicy: async (name, blob) =>
    acceptNow(deps, deps.documents, { kind: 'operator', name }, blob),
})

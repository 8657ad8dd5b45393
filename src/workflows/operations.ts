// What an operator can do to the ledger: the same whether asked beside a running process or on the database itself.
import type { LedgerDeps } from './deps.ts'
import { summaryOf, type GrantSummary } from './grant-summary.ts'
import { revokeGrant } from './revoke-grant.ts'

export interface Operations {
  /** Those that live now, or all, newest first. */
  grants(filter: { all: boolean }): Promise<readonly GrantSummary[]>
  revoke(id: string, operator: string): Promise<Revoked>
}
export type Revoked = 'revoked' | 'not-live' | 'unknown'

const listedMax = 500

export const operationsOn = (deps: LedgerDeps): Operations => ({
  async grants({ all }) {
    const filter = all ? { limit: listedMax } : { live: true, limit: listedMax }
    return (await deps.ledger.listGrants(filter)).map(summaryOf)
  },
  revoke: (id, operator) => revokeGrant(deps, id, operator),
})

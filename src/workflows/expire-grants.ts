// Time has passed for a grant: an unapproved one lapses, a lease ends. Whether the last session is over is its lane's business.
import type { LedgerDeps } from './deps.ts'
import { decideAll } from './decide-all.ts'

export async function expireGrant(deps: LedgerDeps, id: string): Promise<void> {
  await decideAll(deps, async () => {
    const row = await deps.ledger.grant(id)
    return row === undefined ? [] : [{ grant: row.grant, command: { type: 'tick' } }]
  })
}

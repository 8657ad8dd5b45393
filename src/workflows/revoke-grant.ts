// An operator ends a grant by hand.
import type { GrantId } from '../domain/grants/types.ts'
import { decideAll } from './decide-all.ts'
import type { LedgerDeps } from './deps.ts'

/** `not-live`: it had ended, or never began. */
export async function revokeGrant(
  deps: LedgerDeps,
  id: GrantId,
  operator: string,
): Promise<'revoked' | 'not-live' | 'unknown'> {
  const row = await deps.ledger.grant(id)
  if (row === undefined) return 'unknown'
  const changed = await decideAll(deps, async () => {
    const current = await deps.ledger.grant(id)
    if (current === undefined) return []
    const by = { kind: 'operator', name: operator } as const
    return [{ grant: current.grant, command: { type: 'end', reason: 'revoked', by } }]
  })
  return changed.length > 0 ? 'revoked' : 'not-live'
}

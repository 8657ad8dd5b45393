import { waitingOf } from '../../domain/grants/phases.ts'
import type { Grant } from '../../domain/grants/types.ts'
import type { WriteCost } from '../ports.ts'

/** What waits for approval goes first, then what ends. */
export function costOf(grants: readonly Grant[]): WriteCost {
  if (grants.some((grant) => waitingOf(grant) !== undefined)) return 'approval'
  return grants.some(({ phase }) => phase === 'ending' || phase === 'ended') ? 'ending' : 'rest'
}

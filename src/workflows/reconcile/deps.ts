import type { Deps } from '../deps.ts'
import type { Clouds, PolicyDocuments } from '../ports.ts'

export interface ReconcileDeps extends Pick<
  Deps,
  'ledger' | 'clock' | 'log' | 'queue' | 'owner' | 'stopping' | 'timing'
> {
  /** Where only some commands need them, they are connected when first asked for. */
  readonly clouds: Clouds | Promise<Clouds>
  readonly documents: Pick<PolicyDocuments, 'organization'>
}

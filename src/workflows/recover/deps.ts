import type { Deps } from '../deps.ts'
import type { HookDeliveries } from '../ports.ts'

export interface RecoverDeps extends Pick<
  Deps,
  'ledger' | 'clock' | 'log' | 'owner' | 'stopping' | 'timing' | 'accounts'
> {
  readonly hooks: HookDeliveries
  /** Whether we would store a delivery of this event: what we answer without storing it is not missed. */
  isStored(event: string, repositoryId: number | undefined): boolean
}

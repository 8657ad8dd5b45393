// The ledger as the page shows it. What was read of its log is kept, since a log only grows.
import type { Grant } from '../../src/domain/grants/types.ts'
import { latenessMs, type Lateness } from '../../src/domain/measures/lateness.ts'
import type { LoggedEvent } from '../../src/domain/log/types.ts'
import type { Stage } from '../stage.ts'

export interface LedgerView {
  /** Newest first. */
  readonly grants: readonly Grant[]
  /** Oldest first. */
  readonly events: readonly LoggedEvent[]
  /** Of this Hallpass: what it makes in clouds bears it. */
  readonly instance: string
  readonly late: Lateness | undefined
  /** By the ledger's own clock. */
  readonly now: number
}

const grantsMax = 8
const pageSize = 500

export function ledgerReader({ composition: { deps } }: Stage): () => Promise<LedgerView> {
  const events: LoggedEvent[] = []
  const readOn = async () => {
    for (;;) {
      const more = await deps.ledger.log(events.at(-1)?.position ?? 0, pageSize)
      events.push(...more)
      if (more.length < pageSize) return
    }
  }
  let reading = Promise.resolve()
  return async () => {
    // One after another: two at once would both append the same events.
    reading = reading.then(readOn)
    await reading
    const grants = await deps.ledger.listGrants({ limit: grantsMax })
    const now = deps.clock.now()
    const { all: late } = await deps.ledger.lateness(now - latenessMs)
    return { grants, events, instance: deps.ledger.instance, late, now }
  }
}

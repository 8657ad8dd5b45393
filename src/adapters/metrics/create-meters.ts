// Prometheus metrics. NB: no label may name a person, a repository or a grant: whoever scrapes is no auditor.
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Meters, Watched } from '../../workflows/ports.ts'
import { inTime, remembered } from './bounded.ts'
import { createCounts } from './counts.ts'
import { createLedgerGauges } from './ledger-gauges.ts'
import { meteredLedger, meteredLog } from './metered.ts'
import { createOwnGauges } from './own-gauges.ts'

export interface MetersOptions {
  /** Of this program. */
  readonly version: string
  /** How long the ledger and the queue may take to answer a scrape; 2 seconds unless given. */
  readonly answerMsMax?: number
}

/** Several who scrape at once, or right after each other, are told the same. */
const sameMs = 1_000

export function createMeters({ version, answerMsMax = 2_000 }: MetersOptions): Meters {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counts = createCounts(registry)
  const own = createOwnGauges(registry, version)
  const ledger = createLedgerGauges()
  let watched: Watched | undefined

  async function look(at: Watched): Promise<string> {
    const [read, depth] = await Promise.all([
      inTime(() => ledger.read(at.ledger, at.now()), answerMsMax),
      inTime(() => at.queueDepth(), answerMsMax),
    ])
    own.set(at, { ledgerUp: read !== undefined, queueDepth: depth })
    // NB: what the ledger said before it fell silent need not be so any more.
    const parts = [registry, ...(read === undefined ? [] : [ledger.registry])]
    return (await Promise.all(parts.map((part) => part.metrics()))).join('\n')
  }
  return {
    contentType: registry.contentType,
    metered: (log) => meteredLog(log, counts),
    meteredLedger: (of) => meteredLedger(of, counts),
    answered: (headers) => own.answered(headers),
    watch(it) {
      watched = it
    },
    scrape: remembered(sameMs, () => (watched === undefined ? registry.metrics() : look(watched))),
  }
}

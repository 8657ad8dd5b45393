// How many deliveries the ledger takes in, without what HTTP costs: that is the bench `ingress`.
import { createHash, randomUUID } from 'node:crypto'
import { createLog } from '../../src/adapters/log/create-log.ts'
import { openStore } from '../../src/compose/store.ts'
import type { NewDelivery } from '../../src/workflows/ports.ts'
import type { Say } from '../report.ts'
import type { BenchStore } from '../store.ts'

const deliveries = 2_000
const atOnce = 20
const bodyBytes = 25_000

/** In a second. */
export async function measureIngress({ config }: BenchStore, say: Say): Promise<number> {
  const store = await openStore(config, createLog('silent'))
  try {
    let left = deliveries
    const one = async () => {
      while (left > 0) {
        left -= 1
        const taken = await store.ledger.accept(newDelivery(), store.clock.now())
        if (taken !== 'stored') throw new Error(`A new delivery is told to be ${taken}`)
      }
    }
    const begun = performance.now()
    await Promise.all(Array.from({ length: atOnce }, one))
    const perSecond = Math.round(deliveries / ((performance.now() - begun) / 1_000))
    say(`${perSecond} deliveries of ${bodyBytes} bytes taken in, in a second`)
    return perSecond
  } finally {
    await store.close(5_000)
  }
}

function newDelivery(): NewDelivery {
  const body = Buffer.from(JSON.stringify({ text: randomUUID().repeat(bodyBytes / 36) }))
  return {
    id: randomUUID(),
    event: 'star',
    action: 'created',
    installationId: 1,
    accountId: 1,
    subject: undefined,
    body,
    bodyHash: createHash('sha256').update(body).digest('hex'),
  }
}

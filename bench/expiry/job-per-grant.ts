// The baseline of `expiry`, and what others do: a delayed job for each grant, which makes its one call when it is due.
import { EventEmitter, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { openBull } from '../bull.ts'
import { quantiles, type Quantiles } from '../quantiles.ts'
import type { Say } from '../report.ts'
import { freshStore } from '../store.ts'
import type { Size } from './twin.ts'

export interface JobPerGrant {
  readonly name: string
  readonly grants: number
  readonly calls: number
  readonly late_ms: Quantiles
}

const perAdd = 1_000
/** How long the jobs stand ready before they are due, once all of them are in the queue. */
const leadMs = 2_000

/** One lane takes one writer at a time: as many calls at once as there are lanes is the most that could go well. */
export async function measureJobPerGrant(
  { lanes, perLane, callMs }: Size,
  say: Say,
): Promise<JobPerGrant> {
  const grants = lanes * perLane
  const store = await freshStore()
  const bull = await openBull(store.config)
  const done = new EventEmitter()
  const ended: number[] = []
  try {
    // All of them have to be in the queue by then: adding takes well under a millisecond for each.
    const due = Date.now() + leadMs + grants * 2
    for (let from = 0; from < grants; from += perAdd) {
      const count = Math.min(perAdd, grants - from)
      await bull.queue.addBulk(
        Array.from({ length: count }, (_, n) => ({
          name: 'revoke',
          data: { grant: from + n },
          opts: { delay: due - Date.now() },
        })),
      )
    }
    const over = once(done, 'all')
    bull.work(async () => {
      await pause(callMs)
      ended.push(Date.now())
      if (ended.length === grants) done.emit('all')
    }, lanes)
    await over
    const late_ms = quantiles(ended.map((at) => at - due))
    const name = `${bull.name}: a delayed job for each grant, ${lanes} at once, one call of ${callMs} ms each`
    say(`${name}: late by ${late_ms.p50} ms (p50), ${late_ms.p99} ms (p99)`)
    return { name, grants, calls: grants, late_ms }
  } finally {
    await bull.close()
    await store.close()
  }
}

// The baseline of `lifecycle`: how many jobs that do nothing the queue alone takes in and works off.
import { openBull } from '../bull.ts'
import type { Say } from '../report.ts'
import type { BenchStore } from '../store.ts'

export interface RawJobs {
  readonly name: string
  readonly jobs: number
  readonly jobs_per_second: number
}

const perAdd = 1_000

/** From the first job that is added until the last one is done. */
export async function measureRawJobs(
  store: BenchStore,
  jobs: number,
  concurrency: number,
  say: Say,
): Promise<RawJobs> {
  const bull = await openBull(store.config)
  const { promise: over, resolve } = Promise.withResolvers<void>()
  let done = 0
  try {
    bull.work(async () => {
      done += 1
      if (done === jobs) resolve()
    }, concurrency)
    const begun = performance.now()
    for (let from = 0; from < jobs; from += perAdd) {
      const count = Math.min(perAdd, jobs - from)
      await bull.queue.addBulk(
        Array.from({ length: count }, (_, n) => ({ name: 'no-op', data: { id: `${from + n}` } })),
      )
    }
    await over
    const seconds = (performance.now() - begun) / 1_000
    const name = `${bull.name}: no-op jobs, ${concurrency} at once`
    say(`${name}: ${Math.round(jobs / seconds)} jobs/s`)
    return { name, jobs, jobs_per_second: Math.round(jobs / seconds) }
  } finally {
    await bull.close()
  }
}

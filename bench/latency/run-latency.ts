// The bench `latency`: how long after a delivery was accepted the cloud is called, where there is little to do.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp, usageOf } from '../app.ts'
import type { BenchArgs } from '../args.ts'
import { startFar, type Far } from '../far.ts'
import { serveBaseline, type Served } from '../ingress/servers.ts'
import type { WorldQuestion } from '../lifecycle/world-process.ts'
import type { WorldPlace } from '../lifecycle/world.ts'
import { ratioOf, type Report, type Say } from '../report.ts'
import { freshStore, fsyncOf } from '../store.ts'
import type { Timed } from './time.ts'

interface Figures extends Timed {
  /** Of the process that was asked, right after. */
  readonly rss_mb: number
}

export interface LatencyReport extends Report, Figures {
  readonly name: 'latency'
  readonly store: string
  readonly fsync: string
  readonly pause_ms: number
  readonly baseline: Figures & { readonly name: string }
}

/** Nobody holds many at once: a look at a person reads all that they hold. */
const grantsPerPerson = 2
const repositories = 5
/** The first are slower: modules are loaded, tokens fetched, the policy read. */
const warmingUp = 20
const pauseMs = 100

export async function runLatency({ grants = 300 }: BenchArgs, say: Say): Promise<LatencyReport> {
  const store = await freshStore()
  try {
    const all = warmingUp + grants
    const baseline = await inWorld(all, async (ask, place) => {
      const { config } = store
      if (config.kind === 'embedded' || config.redisUrl === undefined)
        throw new Error(
          'latency needs BENCH_DATABASE_URL, a Postgres with fsync on, and BENCH_REDIS_URL',
        )
      const server = await serveBaseline('probot-job', config.redisUrl, JSON.stringify(place.aws))
      return timed(ask, server, grants)
    })
    say(`${baseline.call_ms.p50} ms (p50), the baseline`)
    const ours = await inWorld(all, async (ask, place, directory) =>
      timed(ask, await startApp(place, directory, store), grants),
    )
    say(`${ours.call_ms.p50} ms (p50), ${ours.call_ms.p99} ms (p99)`)
    return {
      name: 'latency',
      ...ours,
      store: store.name,
      fsync: await fsyncOf(store),
      pause_ms: pauseMs,
      baseline: {
        name: 'Probot 14 with a BullMQ job on the same Redis, which gives access at once and reads nothing',
        ...baseline,
      },
      ratio: ratioOf(baseline.call_ms.p50, ours.call_ms.p50),
    }
  } finally {
    await store.close()
  }
}

type Ask = Far<WorldQuestion>['ask']

async function inWorld(
  pulls: number,
  measure: (ask: Ask, place: WorldPlace, directory: string) => Promise<Figures>,
): Promise<Figures> {
  const world = startFar<WorldQuestion>('../lifecycle/world-process.ts', import.meta.url)
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-bench-'))
  try {
    const people = Math.ceil(pulls / grantsPerPerson)
    const size = { people, repositories, pulls }
    const place = await world.ask<WorldPlace>({ ask: 'open', size })
    return await measure(world.ask, place, directory)
  } finally {
    world.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function timed(ask: Ask, server: Served, grants: number): Promise<Figures> {
  const url = `${server.url}/api/github/webhooks`
  try {
    await ask<Timed>({ ask: 'time', url, grants: warmingUp, pauseMs })
    const told = await ask<Timed>({ ask: 'time', url, grants, pauseMs })
    return { ...told, rss_mb: (await usageOf(server)).rssMb }
  } finally {
    await server.close()
  }
}

// The bench `lifecycle`: whole grants in a second, beside the jobs that the queue alone would do.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp, usageOf, type Usage } from '../app.ts'
import type { BenchArgs } from '../args.ts'
import { startFar } from '../far.ts'
import type { Served } from '../ingress/servers.ts'
import { ratioOf, type Report, type Say } from '../report.ts'
import { freshStore, fsyncOf, type BenchStore } from '../store.ts'
import type { Played } from './play.ts'
import { measureRawJobs, type RawJobs } from './raw-jobs.ts'
import type { WorldQuestion } from './world-process.ts'
import type { WorldPlace } from './world.ts'

/** Whole grants to no-op jobs. */
const aim = 1 / 32
const people = 200
const repositories = 20
const atOnceMost = 400
const rawConcurrency = 50

export interface LifecycleReport extends Report {
  readonly name: 'lifecycle'
  readonly store: string
  readonly fsync: string
  readonly grants: number
  readonly grants_per_second: number
  readonly active_ms: Played['active_ms']
  readonly ended_ms: Played['ended_ms']
  /** Of the app's own process: what does not change with whatever else the machine does. */
  readonly cpu_ms_per_grant: number
  readonly rss_mb: number
  readonly calls_per_grant: Played['callsPerGrant']
  readonly baseline: RawJobs
  /** One is what was aimed at. */
  readonly ratio_to_aim: number
}

export async function runLifecycle(
  { grants = 2_000 }: BenchArgs,
  say: Say,
): Promise<LifecycleReport> {
  const store = await freshStore()
  try {
    const baseline = await measureRawJobs(store, grants * 10, rawConcurrency, say)
    const played = await measureLifecycle(store, grants, say)
    const ratio = ratioOf(rateOf(played), baseline.jobs_per_second)
    const { active_ms, ended_ms, cpuMs, rssMb, callsPerGrant } = played
    return {
      name: 'lifecycle',
      store: store.name,
      fsync: await fsyncOf(store),
      grants: played.grants,
      grants_per_second: rateOf(played),
      active_ms,
      ended_ms,
      cpu_ms_per_grant: Number((cpuMs / played.grants).toFixed(1)),
      rss_mb: rssMb,
      calls_per_grant: callsPerGrant,
      baseline,
      ratio,
      ratio_to_aim: ratioOf(ratio, aim),
    }
  } finally {
    await store.close()
  }
}

/** With what the app's process took for it, and how much memory it has right after. */
export type LifecycleRun = Played & Usage

/** `after` comes after this many grants of before, while no app runs, and is not measured, nor are they. */
export async function measureLifecycle(
  store: BenchStore,
  grants: number,
  say: Say,
  before?: { readonly grants: number; readonly after: () => Promise<void> },
): Promise<LifecycleRun> {
  const world = startFar<WorldQuestion>('world-process.ts', import.meta.url)
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-bench-'))
  try {
    const pulls = grants + (before?.grants ?? 0)
    const size = { people: Math.min(people, grants), repositories, pulls }
    const place = await world.ask<WorldPlace>({ ask: 'open', size })
    let app = await startApp(place, directory, store)
    const playing = async (some: number) => {
      const atOnce = Math.min(atOnceMost, some)
      const url = `${app.url}/api/github/webhooks`
      return world.ask<Played>({ ask: 'play', url, grants: some, atOnce })
    }
    try {
      if (before !== undefined) {
        await playing(before.grants)
        await app.close()
        await before.after()
        app = await startApp(place, directory, store)
      }
      return await measured(app, () => playing(grants), say)
    } finally {
      await app.close()
    }
  } finally {
    world.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function measured(
  app: Served,
  playing: () => Promise<Played>,
  say: Say,
): Promise<LifecycleRun> {
  const former = await usageOf(app)
  const played = await playing()
  const { cpuMs, rssMb } = await usageOf(app)
  const { active_ms: active, ended_ms: ended, grants } = played
  say(
    `${grants} grants, ${rateOf(played)} in a second; told active after ${active.p50} ms, ended after ${ended.p50} ms (p50)`,
  )
  return { ...played, cpuMs: cpuMs - former.cpuMs, rssMb }
}

/** Whole grants in a second. */
export const rateOf = ({ grants, elapsedMs }: Played): number =>
  Number(((grants / elapsedMs) * 1_000).toFixed(1))

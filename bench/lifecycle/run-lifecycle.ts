// The bench `lifecycle`: whole grants in a second, beside the jobs that the queue alone would do.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../src/adapters/log/create-log.ts'
import { compose } from '../../src/compose.ts'
import type { Config } from '../../src/config.ts'
import { run } from '../../src/running.ts'
import type { BenchArgs } from '../args.ts'
import { startFar } from '../far.ts'
import { ratioOf, type Report, type Say } from '../report.ts'
import { freshStore, fsyncOf, type BenchStore } from '../store.ts'
import type { Played } from './play.ts'
import { measureRawJobs, type RawJobs } from './raw-jobs.ts'
import type { WorldQuestion } from './world-process.ts'
import { webhookSecret, type WorldPlace } from './world.ts'

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
    const { active_ms, ended_ms, cpuMs, callsPerGrant } = played
    return {
      name: 'lifecycle',
      store: store.name,
      fsync: await fsyncOf(store),
      grants: played.grants,
      grants_per_second: rateOf(played),
      active_ms,
      ended_ms,
      cpu_ms_per_grant: Number((cpuMs / played.grants).toFixed(1)),
      calls_per_grant: callsPerGrant,
      baseline,
      ratio,
      ratio_to_aim: ratioOf(ratio, aim),
    }
  } finally {
    await store.close()
  }
}

export interface LifecycleRun extends Played {
  readonly cpuMs: number
  /** Of the app's process, in megabytes, right after. */
  readonly rssMb: number
}

/** `after` comes after this many grants of before, and is not measured, nor are they. */
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
    const path = join(directory, 'policy.yml')
    await writeFile(path, place.policy)
    const composition = await compose(configOf(store, place, path), { log: createLog('silent') })
    const running = await run(composition, { ingress: true, worker: true })
    const playing = async (some: number) => {
      const atOnce = Math.min(atOnceMost, some)
      const url = `${running.url}/api/github/webhooks`
      return world.ask<Played>({ ask: 'play', url, grants: some, atOnce })
    }
    try {
      if (before !== undefined) {
        await playing(before.grants)
        await before.after()
      }
      return await measured(() => playing(grants), say)
    } finally {
      await running.stop()
    }
  } finally {
    world.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function measured(playing: () => Promise<Played>, say: Say): Promise<LifecycleRun> {
  const former = process.cpuUsage()
  const played = await playing()
  const { user, system } = process.cpuUsage(former)
  const { active_ms: active, ended_ms: ended, grants } = played
  say(
    `${grants} grants, ${rateOf(played)} in a second; told active after ${active.p50} ms, ended after ${ended.p50} ms (p50)`,
  )
  const rssMb = Math.round(process.memoryUsage.rss() / 1_048_576)
  return { ...played, cpuMs: (user + system) / 1_000, rssMb }
}

/** Whole grants in a second. */
export const rateOf = ({ grants, elapsedMs }: Played): number =>
  Number(((grants / elapsedMs) * 1_000).toFixed(1))

const configOf = (store: BenchStore, place: WorldPlace, path: string): Config => ({
  github: {
    appId: place.github.appId,
    privateKey: place.github.privateKey,
    webhookSecrets: [webhookSecret],
    apiUrl: place.github.url,
    throttle: false,
    // GitHub takes 500 writes in an hour from an installation: kept to that, nothing else would be measured.
    writeBudget: false,
    accounts: new Set([place.accountId]),
  },
  policy: { from: 'file', path },
  store: store.config,
  aws: {
    real: false,
    endpoint: place.aws.url,
    credentials: {
      accessKeyId: place.aws.accessKeyId,
      secretAccessKey: place.aws.secretAccessKey,
    },
    lagMs: 1_000,
  },
  onCallToken: () => undefined,
  host: '127.0.0.1',
  port: 0,
  logLevel: 'silent',
})

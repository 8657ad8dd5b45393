// Thousands of leases over many lanes that end in the same second: how late each is taken away, and with how many calls.
import { setTimeout as pause } from 'node:timers/promises'
import { compose } from '../../src/compose.ts'
import type { Config } from '../../src/config.ts'
import { createLog } from '../../src/adapters/log/create-log.ts'
import { run } from '../../src/running.ts'
import type { Deps } from '../../src/workflows/deps.ts'
import type { Say } from '../report.ts'
import { freshStore, fsyncOf, type BenchStore } from '../store.ts'
import { quantiles, type Quantiles } from '../quantiles.ts'
import { openGitHub, openTwin, type FarTwin } from './ask-twin.ts'
import { giveAll } from './grants.ts'
import type { FarScene } from './scene.ts'
import type { CloudKind } from './twin-process.ts'
import type { Size } from './twin.ts'

export interface ExpiryResult {
  readonly grants: number
  readonly lanes: number
  readonly store: string
  readonly fsync: string
  /** From the due second until the last was removed. */
  readonly calls: number
  readonly late_ms: Quantiles
  readonly foreign_touched: number
}

const pulls = 1_000
/** What the giving set off is to be over by then. */
const calmMs = 2_000
const day = 86_400_000

export async function measureExpiry(
  cloud: CloudKind,
  size: Size,
  leaseSeconds: number,
  say: Say,
  open: () => Promise<BenchStore> = freshStore,
): Promise<ExpiryResult> {
  const store = await open()
  const [twin, scene] = await Promise.all([openTwin(cloud, size), openGitHub(pulls)])
  try {
    return await measured({ store, twin, scene, cloud, leaseSeconds, say }, size)
  } finally {
    twin.close()
    scene.close()
    await store.close()
  }
}

interface Parts {
  readonly store: BenchStore
  readonly twin: FarTwin
  readonly scene: FarScene
  readonly cloud: CloudKind
  readonly leaseSeconds: number
  readonly say: Say
}

async function measured(
  { store, twin, scene, cloud, leaseSeconds, say }: Parts,
  { lanes }: Size,
): Promise<ExpiryResult> {
  const composition = await compose(configOf(store, scene, twin, cloud), {
    log: createLog('silent'),
    // What people's standing is read for is left out: it is not what ends these.
    timing: { standingFreshMs: day, standingEveryMs: day },
  })
  const grants = twin.holdings.length
  const subjects = scene.numbers.map((number) => ({ ...scene.subject, number }))
  const due = await giveAll(composition.deps, twin.holdings, subjects, leaseSeconds)
  say(`${grants} grants over ${lanes} lanes, due at ${new Date(due).toISOString()}`)
  await passForCompared(composition.deps)
  const running = await run(composition, { ingress: false, worker: true })
  try {
    const leftMs = await givenBefore(due, async () => (await twin.standing()) === grants)
    say(`all stand; due in ${Math.round(leftMs / 1000)} s`)
    await pause(leftMs)
    await until(async () => (await twin.standing()) === 0)
    const { removals, calls, foreignTouched } = await twin.since(due)
    if (removals.length !== grants)
      throw new Error(`${removals.length} of ${grants} were removed after they were due`)
    return {
      grants,
      lanes,
      calls,
      late_ms: quantiles(removals.map(({ at }) => at - due)),
      foreign_touched: foreignTouched,
      store: store.name,
      fsync: await fsyncOf(store),
    }
  } finally {
    await running.stop()
  }
}

/** These people and their ground exist in the ledger alone: a start that compares them with GitHub would end them all. */
async function passForCompared({ ledger, clock }: Pick<Deps, 'ledger' | 'clock'>): Promise<void> {
  const now = clock.now()
  await ledger.commit({ now, recovery: { readTo: now, nextAt: now + day } })
}

/** How long is left then, in milliseconds. */
async function givenBefore(due: number, holds: () => Promise<boolean>): Promise<number> {
  while (!(await holds())) {
    if (Date.now() > due - calmMs)
      throw new Error('They were not all given in time before they are due: give a longer --lease')
    await pause(100)
  }
  return due - Date.now()
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(100)
}

function configOf(store: BenchStore, scene: FarScene, twin: FarTwin, cloud: CloudKind): Config {
  return {
    github: {
      appId: scene.appId,
      privateKey: scene.privateKey,
      webhookSecrets: ['a-secret-of-the-bench'],
      apiUrl: scene.url,
      throttle: false,
      writeBudget: true,
      accounts: new Set([scene.accountId]),
    },
    policy: { from: 'file', path: 'bench/no-policy.yml' },
    store: store.config,
    aws: { real: false, lagMs: 1_000 },
    ...connections[cloud](twin.connection),
    onCallToken: () => undefined,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
  }
}

const connections: Readonly<
  Record<CloudKind, (connection: FarTwin['connection']) => Partial<Config>>
> = {
  gcp: ({ host, port }) => ({
    gcp: {
      real: false,
      endpoint: { host: String(host), port: Number(port), insecure: true },
      lagMs: 1_000,
      enforcementMs: 1_000,
    },
  }),
  aws: ({ url, accessKeyId, secretAccessKey }) => ({
    aws: {
      real: false,
      endpoint: String(url),
      credentials: {
        accessKeyId: String(accessKeyId),
        secretAccessKey: String(secretAccessKey),
      },
      lagMs: 1_000,
    },
  }),
  azure: ({ url, token }) => ({
    azure: {
      real: false,
      endpoint: String(url),
      credential: {
        getToken: async () => ({
          token: String(token),
          expiresOnTimestamp: Date.now() + 3_600_000,
        }),
      },
      lagMs: 1_000,
      enforcementMs: 1_000,
    },
  }),
}

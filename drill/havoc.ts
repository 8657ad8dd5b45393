// Carries out what the plan strikes with, at its time.
import { GcpFault } from '../sandbox/gcp/fault.ts'
import type { CloudName, CloudWeather, GitHubWeather, Strike } from './havoc-plan.ts'
import type { Crew } from './crew.ts'
import type { DrillScene } from './scene.ts'
import type { DrillStore } from './store.ts'

export interface Refusal {
  readonly cloud: CloudName
  readonly from: number
  readonly to: number
}

export interface Havoc {
  /** What is wrong at the moment, in words. */
  readonly now: ReadonlySet<string>
  /** Everything that was planned is over. */
  readonly over: Promise<void>
  readonly flushes: number
  readonly cuts: number
  /** When a cloud refused half of its calls or more. */
  readonly refusals: readonly Refusal[]
  stop(): void
}

/** NB: what is late is carried out within what Hallpass allows for: a real cloud that took longer would break its word. */
const lateMs = 1_500
const staleMs = 800

interface Struck {
  readonly scene: DrillScene
  readonly crew: Crew
  readonly store: DrillStore
}

type CloudStrike = Extract<Strike, { readonly kind: 'cloud' }>

export function startHavoc(strikes: readonly Strike[], struck: Struck): Havoc {
  const now = new Set<string>()
  const counts = { flushes: 0, cuts: 0 }
  const refusals: Refusal[] = []
  const begun = performance.now()
  let stopped = false
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

  async function strike(one: Strike): Promise<void> {
    await pause(begun + one.at - performance.now())
    if (stopped) return
    switch (one.kind) {
      case 'kill':
        return killing(one, struck.crew, pause)
      case 'pause':
        return struck.crew.pause(one.which, one.ms)
      case 'flush':
        counts.flushes += 1
        return struck.store.flush()
      case 'cut':
        counts.cuts += 1
        return struck.store.cut()
      case 'cloud':
        return inWeather(one)
      case 'github':
        return during(`github ${one.weather}`, one.ms, () =>
          gitHubWeather(struck.scene, one.weather),
        )
      default:
        return one satisfies never
    }
  }
  async function inWeather({ cloud, weather, ms, seed }: CloudStrike): Promise<void> {
    const from = Date.now()
    await during(`${cloud} ${weather}`, ms, () => cloudWeather(struck.scene, cloud, weather, seed))
    if (weather === 'down' || weather === 'throttled')
      refusals.push({ cloud, from, to: Date.now() })
  }
  async function during(what: string, ms: number, begin: () => () => void): Promise<void> {
    const end = begin()
    now.add(what)
    await pause(ms)
    end()
    now.delete(what)
  }
  return {
    now,
    refusals,
    get flushes() {
      return counts.flushes
    },
    get cuts() {
      return counts.cuts
    },
    over: Promise.all(strikes.map(strike)).then(() => undefined),
    stop() {
      stopped = true
    },
  }
}

const triesMax = 600

/** Waits for one that is up. */
async function killing(
  { which, all }: { readonly which: number; readonly all: boolean },
  crew: Crew,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  for (let tries = 0; tries < triesMax && !(await crew.kill(which)); tries += 1) await pause(100)
  if (all) while (await crew.kill(0, true));
}

type Weather = Readonly<Record<CloudWeather, () => () => void>>

function cloudWeather(
  { aws, clouds: { gcp, azure } }: DrillScene,
  cloud: CloudName,
  weather: CloudWeather,
  seed: number,
): () => void {
  if (cloud === 'gcp') return gcpWeather(gcp, seed)[weather]()
  const twin = cloud === 'aws' ? aws : azure
  const chance = (share: number, kinds?: readonly ('throttled' | 'failed' | 'cut')[]) => {
    twin.unreliable({ share, seed, slowMs: lateMs, staleMs, ...(kinds && { kinds }) })
    return () => twin.unreliable({ share: 0, seed })
  }
  const table: Weather = {
    unreliable: () => chance(0.3),
    throttled: () => chance(0.6, ['throttled']),
    down: () => chance(1, ['failed', 'cut']),
    slow() {
      twin.slow(lateMs)
      return () => twin.slow(0)
    },
    stale() {
      twin.staleReads(staleMs)
      return () => twin.staleReads(0)
    },
  }
  return table[weather]()
}

const gcpWeather = (gcp: DrillScene['clouds']['gcp'], seed: number): Weather => ({
  unreliable() {
    gcp.unreliable({ share: 0.3, seed, slowMs: lateMs, staleMs })
    return () => gcp.unreliable(undefined)
  },
  throttled: () =>
    gcp.intercept((call, phase) =>
      phase === 'before' && call.n % 2 === 0
        ? new GcpFault('RESOURCE_EXHAUSTED', 'By plan')
        : undefined,
    ),
  down: () =>
    gcp.intercept((_call, phase) =>
      phase === 'before' ? new GcpFault('UNAVAILABLE', 'By plan') : undefined,
    ),
  slow() {
    gcp.slow(lateMs)
    return () => gcp.slow(0)
  },
  stale() {
    gcp.staleReads(staleMs)
    return () => gcp.staleReads(0)
  },
})

const json = { 'content-type': 'application/json' }
const answer = (status: number, message: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ message }), { status, headers: { ...json, ...headers } })

const gitHubWeather = ({ github }: DrillScene, weather: GitHubWeather): (() => void) =>
  github.intercept(async ({ n }, phase) => {
    if (weather === 'slow' && phase === 'before')
      await new Promise((resolve) => setTimeout(resolve, 300))
    if (weather === 'failing' && n % 2 === 0) return answer(502, 'Server Error')
    if (weather === 'limited' && phase === 'before')
      return answer(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '1' })
    return undefined
  })

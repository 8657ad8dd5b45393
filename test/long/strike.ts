// Kills the app at one call of the main job, starts it again on the same store, and holds the outcome to what must be.
import { expect } from 'vitest'
import type { WireCall } from '../../sandbox/wire.ts'
import { verifyChain } from '../../src/domain/log/encode.ts'
import type { ChildStore } from '../support/child-store.ts'
import { closeAccess, expectConverged, newJob, openAccess, type Job } from './job.ts'
import { openStage, type Boot, type Phase, type Stage, type StageOptions } from './stage.ts'

/** One call of the main job: `opening aws PutUserPolicy 1`. */
export type CallKey = string

/** Names each call of a job by its act, its service, its operation, and the how many-th of these it is. */
export function namer(job: Job): (call: { service: string; operation: string }) => CallKey {
  const counts = new Map<string, number>()
  return ({ service, operation }) => {
    const name = `${job.act} ${service} ${operation}`
    const n = (counts.get(name) ?? 0) + 1
    counts.set(name, n)
    return `${name} ${n}`
  }
}

/** A lineage of processes on one store: each job is begun by the process that brought the last one to its end. */
export interface Lineage {
  readonly stage: Stage
  boot: Boot
}

export async function openLineage(store: ChildStore, options?: StageOptions): Promise<Lineage> {
  const stage = await openStage(store, options)
  return { stage, boot: await stage.boot() }
}

/** The calls of the main job, the first one of a process among them: those that came in each of two runs. */
export async function recordCalls(lineage: Lineage): Promise<readonly CallKey[]> {
  const cold = await recordOnce(lineage)
  const warm = new Set(await recordOnce(lineage))
  return cold.filter((key) => warm.has(key) || isCold(key))
}

async function recordOnce({ stage }: Lineage): Promise<readonly CallKey[]> {
  const job = newJob(stage)
  const keys: CallKey[] = []
  const name = namer(job)
  stage.ambush = async (call, phase) => {
    if (phase === 'before') keys.push(name(call))
  }
  await openAccess(stage, job)
  await stage.quiet()
  await closeAccess(stage, job)
  await stage.quiet()
  await expectConverged(stage, job)
  return keys
}

/** A process signs in once. */
const isCold = (key: CallKey): boolean => key.includes('access_tokens')

const resumedMsMax = 5_000
const triesMax = 3

/**
 * How long after it was ready the app that was started again went on, in milliseconds; 0 when before. Undefined when the
 * call did not come: on a busy machine one report may tell of two changes.
 */
export async function strike(
  lineage: Lineage,
  key: CallKey,
  phase: Phase,
): Promise<number | undefined> {
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const resumedMs = await strikeOnce(lineage, key, phase)
    if (resumedMs === undefined) continue
    expect(resumedMs, 'milliseconds until the work was resumed').toBeLessThanOrEqual(resumedMsMax)
    return resumedMs
  }
  return undefined
}

async function strikeOnce(
  lineage: Lineage,
  key: CallKey,
  phase: Phase,
): Promise<number | undefined> {
  const { stage } = lineage
  if (isCold(key)) await stop(lineage, true)
  const job = newJob(stage)
  const name = namer(job)
  let aimed: object | undefined
  let back: Promise<number> | undefined
  stage.ambush = async (call, now) => {
    if (now === 'before' && back === undefined && name(call) === key) aimed = call
    if (call !== aimed || now !== phase) return
    const killed = lineage.boot.child.kill()
    // NB: known at once: what this call did may be all that the job still waits for.
    back = killed.then(() => goOn(lineage, ({ service }) => service === call.service))
    await killed
    return 'drop'
  }
  const options = { back: async () => back }
  await openAccess(stage, job, options)
  await stage.quiet()
  await closeAccess(stage, job, options)
  // NB: what the job waits for can be seen before the call that did it has reached the end of its second phase.
  await stage.quiet()
  const resumedMs = await back
  await stage.quiet()
  stage.ambush = undefined
  await expectConverged(stage, job)
  return resumedMs
}

/** What the killed process sent has arrived by then, and the new one cannot have sent anything yet. */
const bootMsMin = 150

/**
 * Starts it again, and waits for its first call that shows that the work goes on. Returns how long after it was ready that
 * came, in milliseconds; 0 when before.
 */
export async function goOn(
  lineage: Lineage,
  showsIt: (call: WireCall) => boolean,
): Promise<number> {
  const { stage } = lineage
  lineage.boot = await stage.boot()
  const { spawnedAt, readyAt } = lineage.boot
  const isResumption = ({ at, call }: (typeof stage.arrivals)[number]) =>
    at > spawnedAt + bootMsMin && showsIt(call)
  for (;;) {
    const first = stage.arrivals.find(isResumption)
    if (first !== undefined) return Math.max(0, first.at - readyAt)
    if (performance.now() - readyAt > 2 * resumedMsMax) throw new Error('it was never resumed')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const stopMsMax = 10_000

/** Asked to stop, it does so in time and without a fault. */
export async function stop(lineage: Lineage, startAgain = false): Promise<void> {
  const asked = performance.now()
  lineage.boot.child.signal('SIGTERM')
  expect(await lineage.boot.child.exited).toEqual({ code: 0, signal: null })
  expect(performance.now() - asked).toBeLessThan(stopMsMax)
  if (startAgain) lineage.boot = await lineage.stage.boot()
}

/** The log of all that happened holds together, and tells of each grant each thing once. */
export async function expectSoundLog({ store }: Stage): Promise<void> {
  const log = await store.log()
  expect(verifyChain(log)).toMatchObject({ ok: true, count: log.length })
  const counts = new Map<string, number>()
  for (const { canonical } of log) {
    const { stream, type } = JSON.parse(canonical) as { stream: string; type: string }
    if (!once.has(type)) continue
    const told = `${stream} ${type}`
    counts.set(told, (counts.get(told) ?? 0) + 1)
  }
  expect([...counts].filter(([, count]) => count > 1)).toEqual([])
}

const once = new Set([
  'grant.requested',
  'grant.approved',
  'grant.activated',
  'grant.ending',
  'grant.ended',
])

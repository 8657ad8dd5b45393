// `hallpass drill`: plays a drill, tells it as it goes, and gives the verdict.
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '../src/domain/errors.ts'
import { runDrill, type Drilled } from './drill.ts'
import type { FaultKind } from './judge.ts'
import { serversIn, storeKinds, usualKind, type StoreKind } from './store.ts'
import { inWords, progressLine } from './words.ts'

export interface DrillArguments {
  readonly store?: string
  readonly seed?: string
  readonly grants: string
  readonly kills: string
  readonly duration?: string
  readonly keep?: true
  readonly json?: true
}

type Environment = Readonly<Record<string, string | undefined>>

/** Returns the exit status: 0 only when nothing went wrong. */
export async function drill(asked: DrillArguments, environment: Environment): Promise<number> {
  const say = (line: string) =>
    void (asked.json ? process.stderr : process.stdout).write(`${line}\n`)
  const servers = serversIn(environment)
  const store = storeIn(asked.store) ?? usualKind(servers)
  const seed = asked.seed === undefined ? Date.now() % 1_000_000 : whole('seed', asked.seed, 0)
  const grants = whole('grants', asked.grants, 1)
  const kills = whole('kills', asked.kills, 0)
  const usual = Math.max(90, Math.ceil(kills * secondsForAKill[store]))
  const seconds = asked.duration === undefined ? usual : whole('duration', asked.duration, 5)
  say(
    `Drill ${seed} on ${store}: ${grants} grants and ${kills} kills within ${seconds} s, then until the last is over.`,
  )
  const drilled = await runDrill({
    store,
    servers,
    seed,
    grants,
    kills,
    durationMs: seconds * 1000,
    progress: (progress) => say(progressLine(progress)),
    interrupted: interruption(),
  })
  const again = `--store ${store} --seed ${seed} --grants ${grants} --kills ${kills} --duration ${seconds}`
  for (const line of inWords(drilled, again)) say(line)
  const isOk = drilled.verdict.faults.length === 0
  if (!isOk || asked.keep) say(`What all processes logged: ${await keep(drilled)}`)
  if (asked.json) process.stdout.write(`${JSON.stringify(reportOf(drilled, isOk))}\n`)
  return isOk ? 0 : 1
}

/** NB: a drill that just dies would leave its processes and its database behind. */
const closingMs = 10_000

function interruption(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => {
    reject(new ConfigError('The drill was interrupted.'))
    // What people of the drill still wait for is nobody's any more: once all is closed, nothing else keeps it alive.
    setTimeout(() => process.exit(1), closingMs).unref()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  // Whoever waits for it may do so only later.
  promise.catch(() => undefined)
  return promise
}

/** One process that starts anew is the whole of the embedded store: it needs time between its deaths. */
const secondsForAKill: Readonly<Record<StoreKind, number>> = {
  embedded: 6,
  postgres: 4,
  'postgres-redis': 4,
}

function storeIn(written: string | undefined): StoreKind | undefined {
  if (written === undefined) return undefined
  const kind = storeKinds.find((each) => each === written)
  if (kind === undefined) throw new ConfigError(`--store takes one of ${storeKinds.join(', ')}.`)
  return kind
}

function whole(name: string, written: string, min: number): number {
  const value = Number(written)
  if (Number.isSafeInteger(value) && value >= min) return value
  throw new ConfigError(`--${name} takes a whole number of at least ${min}.`)
}

function reportOf({ evidence, verdict }: Drilled, isOk: boolean) {
  const count = (kind: FaultKind) => verdict.faults.filter((fault) => fault.kind === kind).length
  return {
    result: isOk ? 'ok' : 'failed',
    seed: evidence.seed,
    grants: evidence.grants.length,
    kills: evidence.kills,
    deliveries: evidence.deliveries,
    lost: count('lost'),
    outlived: count('outlived'),
    duplicates: count('duplicates'),
    foreign_touched: count('foreign_touched'),
    unproven: count('unproven'),
    crashed: count('crashed'),
    late_ms: verdict.lateMs,
  }
}

async function keep(drilled: Drilled): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-drill-kept-'))
  const { evidence, lines, crewLog } = drilled
  const text = (all: readonly unknown[]) => all.map((each) => `${JSON.stringify(each)}\n`).join('')
  await Promise.all([
    writeFile(join(directory, 'log.jsonl'), text(lines)),
    writeFile(join(directory, 'processes.jsonl'), text(crewLog)),
    writeFile(join(directory, 'deliveries.jsonl'), text(drilled.deliveries)),
    writeFile(join(directory, 'evidence.json'), JSON.stringify(evidence, undefined, 2)),
  ])
  return directory
}

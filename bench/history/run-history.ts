// The bench `history`: the same work in a ledger that holds what a year and a million grants left, and in one that is new.
import type { BenchArgs } from '../args.ts'
import { measureExpiry } from '../expiry/expiry.ts'
import type { Quantiles } from '../quantiles.ts'
import { measureLifecycle, rateOf, type LifecycleRun } from '../lifecycle/run-lifecycle.ts'
import { ratioOf, type Report, type Say } from '../report.ts'
import { freshStore, fsyncOf, type BenchStore } from '../store.ts'
import { dueTimes } from './due-time.ts'
import { bytesOf, fillHistory } from './fill.ts'
import { measureIngress } from './ingress.ts'

const templates = 3
const leases = { lanes: 10, perLane: 40, seconds: 30 }

interface Figures {
  readonly accepted_per_second: number
  readonly grants_per_second: number
  readonly cpu_ms_per_grant: number
  readonly expiry_late_ms: Quantiles
  readonly due_ms: { readonly longest: number; readonly all: number }
  readonly rss_mb: number
}

export interface HistoryReport extends Report, Figures {
  readonly name: 'history'
  readonly fsync: string
  readonly history: number
  readonly fill_seconds: number
  /** Of every ended grant, by table, indexes included. */
  readonly bytes_per_grant: Readonly<Record<string, number>>
  /** A new ledger in the same run. */
  readonly baseline: Figures & { readonly name: string }
  /** Ours to the baseline, of each figure: one is as fast, and 0.9 what was aimed at. `ratio` is the least of them. */
  readonly ratios: Readonly<Record<'ingress' | 'lifecycle' | 'expiry', number>>
}

export async function runHistory(
  { history, grants = 400, callMs }: BenchArgs,
  say: Say,
): Promise<HistoryReport> {
  say('a new ledger:')
  const without = await onStore(async (store) => measureAll(store, { grants, callMs }, say))
  say(`a ledger with ${history} grants:`)
  let filled = { fsync: '', seconds: 0, bytes: {} as Readonly<Record<string, number>> }
  const ours = await onStore(async (store) => {
    const fill = async () => {
      const url = urlOf(store)
      const [former, begun] = [await bytesOf(url), performance.now()]
      await fillHistory(url, history)
      const after = Object.entries(await bytesOf(url))
      const seconds = Math.round((performance.now() - begun) / 1_000)
      filled = {
        fsync: await fsyncOf(store),
        seconds,
        bytes: Object.fromEntries(
          after
            .map(([table, bytes]) => [table, Math.round((bytes - (former[table] ?? 0)) / history)])
            .filter(([, bytes]) => bytes !== 0),
        ) as Readonly<Record<string, number>>,
      }
      say(`filled in ${seconds} s`)
    }
    return measureAll(store, { grants, callMs }, say, { grants: templates, after: fill })
  })
  const ratios = {
    ingress: ratioOf(ours.accepted_per_second, without.accepted_per_second),
    lifecycle: ratioOf(ours.grants_per_second, without.grants_per_second),
    expiry: ratioOf(without.expiry_late_ms.p99, ours.expiry_late_ms.p99),
  }
  return {
    name: 'history',
    fsync: filled.fsync,
    history,
    ...ours,
    fill_seconds: filled.seconds,
    bytes_per_grant: filled.bytes,
    baseline: { name: 'the same in a new ledger', ...without },
    ratios,
    ratio: Math.min(...Object.values(ratios)),
  }
}

async function onStore<T>(work: (store: BenchStore) => Promise<T>): Promise<T> {
  const store = await freshStore()
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

function urlOf({ config }: BenchStore): string {
  if (config.kind === 'postgres') return config.databaseUrl
  throw new Error('history is measured on a Postgres: set BENCH_DATABASE_URL')
}

/** One after the other, in the same ledger. */
async function measureAll(
  store: BenchStore,
  { grants, callMs }: { readonly grants: number; readonly callMs: number },
  say: Say,
  before?: Parameters<typeof measureLifecycle>[3],
): Promise<Figures> {
  const url = urlOf(store)
  const run: LifecycleRun = await measureLifecycle(store, grants, say, before)
  const due_ms = await dueTimes(url)
  say(`what is due is read in ${due_ms.all} ms, the longest part of it in ${due_ms.longest} ms`)
  const { late_ms } = await measureExpiry('gcp', { ...leases, callMs }, leases.seconds, say, () =>
    Promise.resolve({ ...store, close: () => Promise.resolve() }),
  )
  say(`late by ${late_ms.p50} ms (p50), ${late_ms.p99} ms (p99)`)
  // Last: what is taken in here is work for whoever comes next.
  const accepted_per_second = await measureIngress(store, say)
  return {
    accepted_per_second,
    grants_per_second: rateOf(run),
    cpu_ms_per_grant: Number((run.cpuMs / run.grants).toFixed(1)),
    expiry_late_ms: late_ms,
    due_ms,
    rss_mb: run.rssMb,
  }
}

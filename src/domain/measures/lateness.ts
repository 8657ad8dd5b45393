import type { CloudName, CloudRole } from '../lanes/types.ts'
import { hourMs } from '../time.ts'
import type { Removal } from './removals.ts'

/** Milliseconds after its time. */
export interface Figures {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface Lateness {
  readonly count: number
  readonly removed: Figures
  readonly certain: Figures
}

export interface LatenessOf extends Lateness {
  readonly cloud: CloudName
  readonly mode: CloudRole['mode']
  readonly end: Removal['end']
}

/** Undefined: nothing ended meanwhile. */
export interface MeasuredLateness {
  readonly all: Lateness | undefined
  readonly ways: readonly LatenessOf[]
}

const latenessDays = 30
export const latenessMs = latenessDays * 24 * hourMs

/** One sentence for people. Empty where nothing was measured: nothing is promised then. */
export function latenessText(all: Lateness | undefined): string {
  if (all === undefined) return ''
  const { count, removed } = all
  const times = `${seconds(removed.p50)} (p50), ${seconds(removed.p99)} (p99) and at most ${seconds(removed.max)}`
  const what = count === 1 ? '1 removal' : `${count} removals`
  return `Access that Hallpass ended in the last ${latenessDays} days was gone ${times} after its time (${what}).`
}

/** Rounded up: nothing is shown as quicker than it was. */
const seconds = (ms: number): string =>
  ms < 60_000 ? `${(Math.ceil(ms / 100) / 10).toFixed(1)} s` : `${Math.ceil(ms / 60_000)} min`

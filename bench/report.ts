import type { BenchArgs } from './args.ts'

export type Say = (line: string) => void

/** What every bench ends with, besides figures of its own: what it was measured against, in the same run. */
export interface Report {
  readonly name: string
  readonly baseline: { readonly name: string }
  /** Ours to the baseline: more is better. */
  readonly ratio: number
}

export type Bench = (args: BenchArgs, say: Say) => Promise<Report>

/** Three digits say all that a bench knows. */
export const ratioOf = (ours: number, baseline: number): number =>
  Number((ours / baseline).toPrecision(3))

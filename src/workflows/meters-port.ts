// What is measured beside the work. Nothing of it may fail, wait, or be known to what does the work.
import type { Ledger } from './ledger-port.ts'
import type { Log } from './ports.ts'

export interface Meters {
  /** The same log; what it is told is counted. */
  metered(log: Log): Log
  /** The same ledger; what it records is counted once it is recorded. */
  meteredLedger(ledger: Ledger): Ledger
  /** The headers of an answer of GitHub's, which tell what is left. */
  answered(headers: AnswerHeaders): void
  /** What is asked at each scrape. */
  watch(watched: Watched): void
  /** In Prometheus's text format. Never rejects: what does not answer in time is left out. */
  scrape(): Promise<string>
  readonly contentType: string
}

export interface AnswerHeaders {
  get(name: string): string | null
}

export interface Watched {
  readonly ledger: Ledger
  now(): number
  queueDepth(): Promise<number>
  /** How long ago the last sweep ended well, or the start of the process. Left out where nothing is worked on. */
  sweepAgeMs?(): number
}

// What is so now, in numbers: nothing here names a person, a repository or a grant.
import type { CloudName } from '../lanes/types.ts'

/** Ages are milliseconds, 0 where there is nothing. */
export interface LedgerMeasures {
  /** By state, of those that are not over. */
  readonly grants: Readonly<Record<OpenState, number>>
  readonly clouds: Readonly<Record<CloudName, CloudMeasures>>
  readonly stuck: Waiting
  readonly inbox: Waiting & {
    /** Given up within the last day. */
    readonly failed: number
  }
  readonly reports: { readonly waiting: number; readonly failing: number }
  readonly debts: Waiting
  readonly alarms: number
  readonly freezes: number
  /** For how long nobody has looked around in the clouds although it was time. */
  readonly reconcileLateMs: number
  /** What the installation that wrote most has left of its budget. */
  readonly writesLeft: { readonly minute: number; readonly hour: number }
}

type OpenState = 'requested' | 'approved' | 'active' | 'ending'

export interface Waiting {
  readonly count: number
  readonly oldestMs: number
}

export interface CloudMeasures {
  /** By state, of the grants that have something there. */
  readonly grants: Readonly<Record<Exclude<OpenState, 'requested'>, number>>
  /** Grants whose time is over and whose access there was not yet removed. */
  readonly overdue: Waiting
  /** Lanes that have something to do, and for how long the oldest look has been due. */
  readonly lanes: Waiting & { readonly failing: number }
}

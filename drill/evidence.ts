// What the drill's judge is shown: only what the simulated services themselves know. NB: nothing here asks the ledger.

export interface Span {
  readonly from: number
  /** Exclusive; undefined where it had not ended when it was looked at. */
  readonly to: number | undefined
}

/** One grant as people and GitHub know it. Times in milliseconds since 1970. */
export interface GrantEvidence {
  readonly n: number
  readonly person: string
  readonly role: string
  readonly askedAt: number
  /** Whoever asked ended it without waiting to be given it. */
  readonly blind: boolean
  /** The latest that it can have been approved: it was in a cloud, or told of, by then. */
  readonly approvedBy: number | undefined
  readonly leaseMs: number
  readonly residualMs: number
  /** The lease's end as a cloud has it in writing. */
  readonly writtenEnd: number | undefined
  /** The act that ended it early, and when Hallpass acknowledged to have heard of it. */
  readonly endedAt: number | undefined
  readonly heardAt: number | undefined
  /** Deliveries of what was done on its pull request that were lost, and that Hallpass never asked for again. */
  readonly neverArrived: readonly string[]
  /** Early ends take effect with the lease's end: the pull request said so. */
  readonly holdsOn: boolean
  /** Every id that its pull request named. */
  readonly ids: readonly string[]
  /** Comments that are edited. */
  readonly comments: number
  readonly said: 'nothing' | 'waits' | 'open' | 'ending' | 'sessions' | 'ended'
  readonly check: 'running' | 'ended' | 'other'
  /** When its comment first said that it was ended. */
  readonly saidEndedAt: number | undefined
}

/** One way into one cloud for one person, which one grant holds, or several. */
export interface AccessEvidence {
  readonly person: string
  readonly way: string
  /** By number. */
  readonly grants: readonly number[]
  readonly endsItself: boolean
  /** Whether the cloud keeps one for each grant. */
  readonly own: boolean
  /** When the cloud's own decision let them in. */
  readonly allowed: readonly Span[]
  /** When what gives it was there. */
  readonly stood: readonly Span[]
  /** From when to when a session was usable. */
  readonly sessions: readonly Span[]
  /** When its cloud refused half of its calls or more: nobody could be sure to take it away. May overlap. */
  readonly refused: readonly { readonly from: number; readonly to: number }[]
  /** Ids of grants that it bears a mark of. */
  readonly marks: readonly string[]
}

export interface Evidence {
  readonly seed: number
  readonly kills: number
  readonly deliveries: number
  /** When the judge looked. */
  readonly at: number
  readonly grants: readonly GrantEvidence[]
  readonly access: readonly AccessEvidence[]
  /** What Hallpass changed that is none of its own. */
  readonly foreignTouched: readonly string[]
  /** Processes that ended by themselves. */
  readonly crashes: readonly string[]
}

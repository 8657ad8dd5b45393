// One simulated cloud with many lanes, in a process of its own: what it costs is not the app's.
import type { Principal } from '../../src/domain/lanes/types.ts'
import type { CloudRole } from '../../src/domain/lanes/types.ts'

/** What is asked for: so many lanes, and so many grants in each. */
export interface Size {
  readonly lanes: number
  readonly perLane: number
  /** What every call takes at the least, in milliseconds. */
  readonly callMs: number
}

export interface Holding {
  readonly role: CloudRole
  readonly principal: Principal
}

export interface Removal {
  /** The binding's name in the cloud, whichever grant's it is. */
  readonly name: string
  readonly at: number
}

export interface Twin {
  /** What the app's configuration needs to reach it, as plain data. */
  readonly connection: Readonly<Record<string, string | number>>
  /** What each grant is to hold, lane by lane. */
  readonly holdings: readonly Holding[]
  /** How many of ours stand now. */
  standing(): number
  /** Every removal of ours, at the instant at which it was carried out. */
  removals(): readonly Removal[]
  /** How many calls arrived since. */
  callsSince(at: number): number
  /** What the app wrote that is not its own. */
  foreignTouched(): number
  close(): Promise<void>
}

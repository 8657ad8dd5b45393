// A simulated cloud as the demo looks at it: what it would decide itself, and what stands there.
import type { UserRef } from '../../sandbox/aws/entities.ts'

export type DemoCloudName = 'aws' | 'gcp' | 'azure'

/** An act that the demo's policy can let people do. */
export interface Ability {
  /** For people. */
  readonly name: string
  /** As the cloud calls it. */
  readonly action: string
  /** Whether somebody may, now or at that instant: by the cloud's own decision. */
  readonly mayDo: (login: string, at?: number) => boolean
}

/** Something that gives somebody access there. */
export interface Standing {
  /** As the cloud calls it. */
  readonly name: string
  readonly whose: string
  /** The end that it carries itself; undefined where it carries none. */
  readonly ends: string | undefined
  /** As it is stored there. */
  readonly stored: unknown
}

export interface DemoCloud {
  readonly name: DemoCloudName
  readonly title: string
  /** Reading the logs comes first. */
  readonly abilities: readonly [Ability, ...Ability[]]
  standing(): readonly Standing[]
  /** Asked now, and after each change of what is stored there. */
  waitFor(predicate: () => boolean): Promise<void>
}

/** Who has an IAM user, by login. */
export type Users = ReadonlyMap<string, UserRef>

export const readLogs = 'Read logs'

export const instant = (at: number | undefined): { at?: number } => (at === undefined ? {} : { at })

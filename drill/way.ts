// A way of giving access as its cloud itself judges it.
import type { Person } from './scene.ts'

/** A session that was opened, and whether it could be used then. */
export interface OpenSession {
  readonly openedAt: number
  may(at: number): boolean
}

export interface Way {
  readonly cloud: 'aws' | 'gcp' | 'azure'
  /** Whether the cloud ends it by itself. */
  readonly endsItself: boolean
  /** Whether each grant has its own there, which carries its id. */
  readonly own: boolean
  /** By the cloud's own decision, sessions not asked. */
  may(person: Person, at: number): boolean
  /** Whether what gives it is there. */
  stands(person: Person, at: number): boolean
  /** When anything about it was changed. */
  changes(person: Person): readonly number[]
  /** The latest end that was ever written there, by grant id; under the empty name where it carries no id. */
  ends(person: Person): ReadonlyMap<string, number>
  /** Opens one now. Undefined where the cloud refuses, and where there are none. */
  open?(person: Person): OpenSession | undefined
}

/** A grant's id, in `hallpass-<instance>-<grant>`. */
const markPattern = /hallpass-[0-9a-z]+-([0-9a-z]+)/

export const grantIn = (name: string): string => markPattern.exec(name)?.[1] ?? ''

export const noEnds = (): ReadonlyMap<string, number> => new Map()

export function changesOf(
  history: readonly { readonly target: string; readonly at: number }[],
  ...targets: readonly string[]
): readonly number[] {
  return history.filter(({ target }) => targets.includes(target)).map(({ at }) => at)
}

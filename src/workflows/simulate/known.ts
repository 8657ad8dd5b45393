// What a simulation is told; what it is not told is assumed, and every assumption that is used is noted.
import type { FreezeScope } from '../../domain/grants/freeze.ts'
import type { RepositoryFacts, SubjectFacts } from '../../domain/policy/types.ts'
import type { Actor, Person, RoleName } from '../../domain/subjects.ts'

export interface KnownPerson extends Person {
  readonly type?: Actor['type'] | undefined
  /** On the repository. */
  readonly role?: RoleName | undefined
  /** Slugs of the teams that they are active members of. */
  readonly teams?: readonly string[] | undefined
  /** What the organization's SAML provider calls them. */
  readonly saml?: readonly string[] | undefined
}

export interface Known {
  /** Undefined: the account that the event comes from is served. */
  readonly accounts: ReadonlySet<number> | undefined
  readonly repository: RepositoryFacts
  /** The value of the property that enrolls repositories. */
  readonly property: string | undefined
  readonly current: SubjectFacts
  readonly people: readonly KnownPerson[]
  readonly changedPaths: readonly string[] | undefined
  /** Places that parameters' values have to exist at. Undefined: all of them do. */
  readonly onBase: readonly string[] | undefined
  /** Who had a hand in the head. Undefined: its author alone. */
  readonly pushers: { readonly people: readonly number[]; readonly unproven: boolean } | undefined
  readonly freezes: readonly FreezeScope[] | undefined
  /** Who broke the glass and was not reviewed yet. */
  readonly debtors: readonly number[] | undefined
}

/** What was assumed, each once, in the order in which it was needed. */
export class Assumptions {
  readonly #noted = new Set<string>()

  note(what: string): void {
    this.#noted.add(what)
  }
  /** `told`, or the assumption and what it says. */
  or<T>(told: T | undefined, assumed: T, what: string): T {
    if (told !== undefined) return told
    this.note(what)
    return assumed
  }
  list(): readonly string[] {
    return [...this.#noted]
  }
}

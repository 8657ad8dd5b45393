// Every version of every record with its instant, so that any past moment can be asked about.

/** Sees versions made until `at`, and whatever its age the first `upTo` changes. */
export interface View {
  readonly at: number
  readonly upTo: number
}

/** All changes included. */
export const latest: View = { at: Number.POSITIVE_INFINITY, upTo: Number.POSITIVE_INFINITY }
/** As it stood at that instant; at a future one, as it stands. */
export const asOf = (at: number): View => ({ at, upTo: 0 })

interface Version<T> {
  /** The change that made it, over all records. */
  readonly n: number
  readonly at: number
  /** Undefined where it was gone. */
  readonly value: T | undefined
}

export class Versions<T> {
  readonly #versions = new Map<string, Version<T>[]>()
  readonly #kept: number

  /** `kept` bounds how many of each record are remembered. */
  constructor(kept = Number.POSITIVE_INFINITY) {
    this.#kept = kept
  }

  get(key: string, view: View): T | undefined {
    return this.#versions.get(key)?.findLast((v) => v.at <= view.at || v.n <= view.upTo)?.value
  }

  /** Everything that it ever was, in order. */
  of(key: string): readonly Version<T>[] {
    return this.#versions.get(key) ?? []
  }

  keys(): readonly string[] {
    return [...this.#versions.keys()]
  }

  add(key: string, version: Version<T>): void {
    const versions = this.#versions.get(key) ?? []
    versions.push(version)
    if (versions.length > this.#kept) versions.shift()
    this.#versions.set(key, versions)
  }
}

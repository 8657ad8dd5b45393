/** Keys of records under what they are looked up by. */
export class KeyIndex {
  readonly #sets = new Map<string, Set<string>>()

  add(under: string, key: string): void {
    const keys = this.#sets.get(under)
    if (keys) keys.add(key)
    else this.#sets.set(under, new Set([key]))
  }

  delete(under: string, key: string): void {
    this.#sets.get(under)?.delete(key)
  }

  get(under: string): ReadonlySet<string> {
    return this.#sets.get(under) ?? new Set()
  }

  /** Takes out and leaves out what is over. */
  living(under: string, isOver: (key: string) => boolean): ReadonlySet<string> {
    const keys = this.#sets.get(under)
    for (const key of keys ?? []) if (isOver(key)) keys?.delete(key)
    return this.get(under)
  }

  unders(): Iterable<string> {
    return this.#sets.keys()
  }
}

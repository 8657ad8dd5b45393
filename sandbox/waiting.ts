/** Lets tests wait for what happens in a simulated cloud. */
export class Waiting {
  readonly #looks = new Set<() => void>()

  changed(): void {
    for (const look of [...this.#looks]) look()
  }

  /** Resolves as soon as `predicate` holds: asked now and after each change. Rejects with what it throws. */
  waitFor(predicate: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          if (!predicate()) return
          resolve()
        } catch (error) {
          reject(error instanceof Error ? error : new Error('It threw', { cause: error }))
        }
        this.#looks.delete(look)
      }
      this.#looks.add(look)
      look()
    })
  }
}

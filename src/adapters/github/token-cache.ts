// Installation tokens in memory, kept until shortly before GitHub lets them expire (one hour).

const keptMs = 55 * 60_000

/**
 * In the shape that Octokit's authentication asks for. Keys are `<installation id>`, and
 * `<installation id>|<repository ids>|<permissions>` for narrowed tokens.
 * Our own rather than Probot's, because a token that GitHub has revoked must be forgotten at once, not after an hour.
 */
export class TokenCache {
  readonly #tokens = new Map<string, { readonly value: string; readonly until: number }>()

  get(key: string): string | undefined {
    const kept = this.#tokens.get(key)
    if (kept === undefined) return undefined
    if (kept.until > performance.now()) return aged(kept.value)
    this.#tokens.delete(key)
    return undefined
  }

  set(key: string, value: string): void {
    this.#tokens.set(key, { value, until: performance.now() + keptMs })
  }

  /** Forgets every token of the installation. */
  forget(installationId: number): void {
    for (const key of this.#tokens.keys())
      if (key === `${installationId}` || key.startsWith(`${installationId}|`))
        this.#tokens.delete(key)
  }
}

/**
 * `<token>|<created at>|…` with a creation long ago. Octokit answers a 401 to a token of less than five seconds by up to
 * six seconds of waiting, for it may not have spread yet; one that was used before has, and the 401 means it is revoked.
 */
const aged = (value: string): string => value.replace(/\|[^|]*/, '|1970-01-01T00:00:00.000Z')

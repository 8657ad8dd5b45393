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
    if (kept === undefined || kept.until > performance.now()) return kept?.value
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

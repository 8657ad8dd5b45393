// Installation tokens in memory, kept until shortly before GitHub lets them expire (one hour).
import { keyOf, type Scope } from './scopes.ts'

const keptMs = 55 * 60_000

export interface Issued {
  readonly token: string
  /** Whether it was made for this call: GitHub may not know it everywhere yet. */
  readonly fresh: boolean
}

interface Kept {
  readonly token: Promise<string>
  readonly until: number
  made: boolean
}

/** One for each scope, made once however many ask for it at the same time. */
export class Tokens {
  readonly #issue: (scope: Scope) => Promise<string>
  readonly #kept = new Map<string, Kept>()

  constructor(issue: (scope: Scope) => Promise<string>) {
    this.#issue = issue
  }

  async of(scope: Scope): Promise<Issued> {
    const key = keyOf(scope)
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.until > performance.now())
      return { fresh: !kept.made, token: await kept.token }
    this.#dropExpired()
    const made: Kept = {
      token: this.#issue(scope),
      until: performance.now() + keptMs,
      made: false,
    }
    this.#kept.set(key, made)
    try {
      const token = await made.token
      made.made = true
      return { token, fresh: true }
    } catch (error) {
      if (this.#kept.get(key) === made) this.#kept.delete(key)
      throw error
    }
  }

  forget(scope: Scope): void {
    this.#kept.delete(keyOf(scope))
  }

  /** Those of repositories that nobody asks about any more would stay for ever. */
  #dropExpired(): void {
    const now = performance.now()
    for (const [key, { until }] of this.#kept) if (until <= now) this.#kept.delete(key)
  }
}

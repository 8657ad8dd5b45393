import type { Client } from './client.ts'

/** How long names that were just read are believed: a call may take longer, and checks them no better. */
const freshMs = 1_000

interface Noted<Value> {
  readonly value: Value
  readonly until: number
}

/** What each client read a moment ago, by numeric id. It names things in calls, and decides nothing. */
export class JustRead<Value> {
  readonly #noted = new WeakMap<Client, Map<number, Noted<Value>>>()

  note(client: Client, id: number, value: Value): void {
    const noted = this.#noted.get(client) ?? new Map<number, Noted<Value>>()
    this.#noted.set(client, noted)
    noted.delete(id)
    noted.set(id, { value, until: performance.now() + freshMs })
    // The oldest are first.
    for (const [each, { until }] of noted) {
      if (until > performance.now()) return
      noted.delete(each)
    }
  }

  forget(client: Client, id: number): void {
    this.#noted.get(client)?.delete(id)
  }

  of(client: Client, id: number): Value | undefined {
    const noted = this.#noted.get(client)?.get(id)
    return noted !== undefined && noted.until > performance.now() ? noted.value : undefined
  }
}

// What was changed, by whom, and what each record was at any past moment.
import { latest, Versions, type View } from '../versions.ts'
import { Waiting } from '../waiting.ts'
import type { Entity } from './entities.ts'

/** One change of state, in order. */
export interface StateChange {
  /** 1, 2, 3 … over all records. */
  readonly n: number
  readonly at: number
  /** What did it: an operation such as `roleAssignments.create`, or the control's name. */
  readonly operation: string
  readonly by: 'api' | 'outside'
  /** The caller's object id, and the `x-ms-request-id` of the answer. Empty when it came from outside. */
  readonly caller: string
  readonly requestId: string
  /** The changed record's key. */
  readonly target: string
  readonly before: Entity | undefined
  readonly after: Entity | undefined
}

export type Reason = Pick<StateChange, 'operation' | 'by' | 'caller' | 'requestId'>

export const outside = (operation: string): Reason => ({
  operation,
  by: 'outside',
  caller: '',
  requestId: '',
})

export class History extends Waiting {
  readonly changes: StateChange[] = []
  readonly #now: () => number
  constructor(now: () => number) {
    super()
    this.#now = now
  }

  now(): number {
    return this.#now()
  }

  note(change: Omit<StateChange, 'n' | 'at'>): StateChange {
    const noted = { n: this.changes.length + 1, at: this.#now(), ...change }
    this.changes.push(noted)
    return noted
  }
}

/** Records of one kind by key. */
export class Table<T extends Entity> {
  readonly #history: History
  readonly #versions = new Versions<T>()
  constructor(history: History) {
    this.#history = history
  }

  put(value: T, reason: Reason): void {
    this.#append(value.key, value, reason)
  }

  remove(key: string, reason: Reason): void {
    this.#append(key, undefined, reason)
  }

  get(key: string, view: View): T | undefined {
    return this.#versions.get(key, view)
  }

  versionsOf(key: string) {
    return this.#versions.of(key)
  }

  all(view: View): T[] {
    return this.#versions.keys().flatMap((key) => this.get(key, view) ?? [])
  }

  #append(key: string, value: T | undefined, reason: Reason): void {
    const before = this.get(key, latest)
    const { n, at } = this.#history.note({ ...reason, target: key, before, after: value })
    this.#versions.add(key, { n, at, value })
    this.#history.changed()
  }
}

// What was changed, by whom, and what each record was at any past moment.
import { latest, Versions, type View } from '../versions.ts'
import { Waiting } from '../waiting.ts'

/** One change of state, in order. */
export interface StateChange {
  /** 1, 2, 3 … over all records. */
  readonly n: number
  readonly at: number
  /** What did it: an API action such as `PutUserPolicy`, or the control's name. */
  readonly operation: string
  readonly by: 'api' | 'outside'
  /** The changed record's ARN. */
  readonly target: string
  /** The inline policy that it was about, where it was about one. */
  readonly policy: string | undefined
  /** The request that did it, by the id that its answer carried. */
  readonly request: string | undefined
  /** The record before it: undefined when there was none. */
  readonly before: { readonly arn: string } | undefined
  /** The record after it: undefined when it was removed. */
  readonly after: { readonly arn: string } | undefined
}

export type Reason = Pick<StateChange, 'operation' | 'by'> & {
  readonly policy?: string
  readonly request?: string
  /** When it happened, if that was before now: what falls due is found when somebody looks. */
  readonly at?: number
}

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

  note(
    target: string,
    reason: Reason,
    records: Partial<Pick<StateChange, 'before' | 'after'>> = {},
  ): StateChange {
    const change = {
      n: this.changes.length + 1,
      at: reason.at ?? this.#now(),
      target,
      operation: reason.operation,
      by: reason.by,
      policy: reason.policy,
      request: reason.request,
      before: records.before,
      after: records.after,
    }
    this.changes.push(change)
    return change
  }
}

/** Records of one kind by ARN, and by the keys that `keysOf` files them under. */
export class Table<T extends { readonly arn: string }> {
  readonly #history: History
  readonly #keysOf: (value: T) => readonly string[]
  readonly #versions = new Versions<T>()
  /** Key → ARNs of all that were ever filed under it. */
  readonly #filed = new Map<string, Set<string>>()
  readonly #counts = new Map<string, number>()
  constructor(history: History, keysOf: (value: T) => readonly string[] = () => []) {
    this.#history = history
    this.#keysOf = keysOf
  }

  put(value: T, reason: Reason): void {
    this.#append(value.arn, value, reason)
  }

  remove(arn: string, reason: Reason): void {
    this.#append(arn, undefined, reason)
  }

  get(arn: string, view: View): T | undefined {
    return this.#versions.get(arn, view)
  }

  all(view: View): T[] {
    return this.#versions.keys().flatMap((arn) => this.get(arn, view) ?? [])
  }

  /** Those filed under the key, found without looking at the others. */
  filed(key: string, view: View): T[] {
    return [...(this.#filed.get(key) ?? [])]
      .flatMap((arn) => this.get(arn, view) ?? [])
      .filter((value) => this.#keysOf(value).includes(key))
  }

  /** How many are filed under the key now. */
  count(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  #append(arn: string, after: T | undefined, reason: Reason): void {
    const before = this.get(arn, latest)
    const { n, at } = this.#history.note(arn, reason, { before, after })
    this.#versions.add(arn, { n, at, value: after })
    this.#file(before, -1)
    this.#file(after, 1)
    this.#history.changed()
  }

  #file(value: T | undefined, by: 1 | -1): void {
    if (!value) return
    for (const key of this.#keysOf(value)) {
      this.#counts.set(key, this.count(key) + by)
      const arns = this.#filed.get(key) ?? new Set()
      this.#filed.set(key, arns.add(value.arn))
    }
  }
}

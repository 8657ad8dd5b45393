// Every version of every record with its instant, so that any past moment can be asked about.

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
}

/** Sees versions made until `at`, and whatever its age the first `upTo` changes. */
export interface View {
  readonly at: number
  readonly upTo: number
}

export type Reason = Pick<StateChange, 'operation' | 'by'> & {
  readonly policy?: string
  /** When it happened, if that was before now: what falls due is found when somebody looks. */
  readonly at?: number
}

interface Version<T> {
  readonly n: number
  readonly at: number
  readonly value: T | undefined
}

export class History {
  readonly changes: StateChange[] = []
  readonly #now: () => number
  readonly #waiting = new Set<() => void>()
  constructor(now: () => number) {
    this.#now = now
  }

  now(): number {
    return this.#now()
  }

  note(target: string, reason: Reason): StateChange {
    const change = {
      n: this.changes.length + 1,
      at: reason.at ?? this.#now(),
      target,
      operation: reason.operation,
      by: reason.by,
      policy: reason.policy,
    }
    this.changes.push(change)
    return change
  }

  changed(): void {
    for (const look of [...this.#waiting]) look()
  }

  /** Resolves as soon as `predicate` holds: asked now and after each change of state. Rejects with what it throws. */
  waitFor(predicate: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          if (!predicate()) return
          resolve()
        } catch (error) {
          reject(error instanceof Error ? error : new Error('It threw', { cause: error }))
        }
        this.#waiting.delete(look)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

/** Records of one kind by ARN. */
export class Table<T extends { readonly arn: string }> {
  readonly #history: History
  readonly #versions = new Map<string, Version<T>[]>()
  constructor(history: History) {
    this.#history = history
  }

  put(value: T, reason: Reason): void {
    this.#append(value.arn, value, reason)
  }

  remove(arn: string, reason: Reason): void {
    this.#append(arn, undefined, reason)
  }

  get(arn: string, view: View): T | undefined {
    return this.#versions.get(arn)?.findLast((v) => v.at <= view.at || v.n <= view.upTo)?.value
  }

  all(view: View): T[] {
    return [...this.#versions.keys()].flatMap((arn) => this.get(arn, view) ?? [])
  }

  #append(arn: string, value: T | undefined, reason: Reason): void {
    const { n, at } = this.#history.note(arn, reason)
    const versions = this.#versions.get(arn) ?? []
    versions.push({ n, at, value })
    this.#versions.set(arn, versions)
    this.#history.changed()
  }
}

// What was changed, and what each policy was at any past moment.
import type { Waiting } from '../waiting.ts'
import { latest, Versions, type View } from '../versions.ts'
import type { Policy, PolicyDraft } from './entities.ts'

/** One change of a policy, in order. */
export interface PolicyChange {
  /** 1, 2, 3 … over all resources. */
  readonly n: number
  readonly at: number
  /** What did it: an API method such as `Projects.SetIamPolicy`, or the control's name. */
  readonly operation: string
  readonly by: 'api' | 'outside'
  readonly resource: string
  readonly before: Policy
  readonly after: Policy
}

export type Reason = Pick<PolicyChange, 'operation' | 'by'>

/** What Google answers for a resource whose policy was never set. */
const untouched: Policy = { bindings: [], auditConfigs: [], etag: 'ACAB' }

export class History {
  readonly changes: PolicyChange[] = []
  readonly #versions: Versions<Policy>
  readonly #now: () => number
  readonly #kept: number
  readonly #waiting: Waiting
  #count = 0
  #etag = 0n

  /** `kept` bounds the versions of each policy, and the changes in all, that are remembered. */
  constructor(now: () => number, kept: number, waiting: Waiting) {
    this.#now = now
    this.#kept = kept
    this.#versions = new Versions(kept)
    this.#waiting = waiting
  }

  /** How many changes there were, forgotten ones included. */
  get count(): number {
    return this.#count
  }

  policyOf(resource: string, view: View = latest): Policy {
    return this.#versions.get(resource, view) ?? untouched
  }

  /** The version before the latest. */
  formerOf(resource: string): Policy {
    return this.#versions.of(resource).at(-2)?.value ?? untouched
  }

  put(resource: string, draft: PolicyDraft, reason: Reason): Policy {
    const { bindings, auditConfigs } = draft
    const before = this.policyOf(resource)
    const after: Policy = { bindings, auditConfigs, etag: this.#nextEtag() }
    this.#count += 1
    const change = { n: this.#count, at: this.#now(), resource, ...reason, before, after }
    this.#versions.add(resource, { n: change.n, at: change.at, value: after })
    this.changes.push(change)
    if (this.changes.length > this.#kept) this.changes.shift()
    this.#waiting.changed()
    return after
  }

  /** Eight bytes from the time in microseconds, and never twice the same, whatever the clock does. */
  #nextEtag(): string {
    const time = BigInt(Math.trunc(this.#now())) * 1000n
    this.#etag = time > this.#etag ? time : this.#etag + 1n
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE((7n << 56n) | (this.#etag & 0xff_ffff_ffff_ffffn))
    return bytes.toString('base64')
  }
}

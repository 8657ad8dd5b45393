import type { Policy } from './entities.ts'
import type { Code, GcpFault } from './fault.ts'

/** One call as it arrived and as it was answered: what an independent judge reads. */
export interface GcpCall {
  /** 1, 2, 3 … */
  readonly n: number
  readonly service: 'gcp'
  /** Such as `Projects.SetIamPolicy`. */
  readonly operation: string
  readonly resource: string
  /** The cloud's own time. */
  readonly at: number
  /** Undefined for a token that nobody has. */
  readonly caller: string | undefined
  /** `x-goog-request-reason`, which Google's audit log keeps. */
  readonly reason: string | undefined
  /** In base64; undefined for a write that gave none, and for reads. */
  readonly etag: string | undefined
  /** Undefined until it was answered; UNAVAILABLE where the connection was cut, as its caller sees it. */
  code: Code | undefined
  /** What was done to it on purpose. */
  struck: string | undefined
  /** Of a write that was carried out, whatever was answered. */
  wrote: { readonly before: Policy; readonly after: Policy } | undefined
}

/** `cut`: the connection breaks instead of an answer. */
export type Ending = GcpFault | 'cut'

/**
 * `before`: the call has arrived and nothing was done; what is given here is the answer.
 * `after`: it was carried out and not answered; what is given here replaces the true answer.
 */
export type Interceptor = (
  call: GcpCall,
  phase: 'before' | 'after',
) => void | Ending | Promise<void | Ending>

export class CallLog {
  readonly calls: GcpCall[] = []
  readonly #kept: number
  #count = 0
  constructor(kept: number) {
    this.#kept = kept
  }

  note(arrived: Omit<GcpCall, 'n' | 'service' | 'code' | 'struck' | 'wrote'>): GcpCall {
    this.#count += 1
    const unanswered = { code: undefined, struck: undefined, wrote: undefined }
    const call: GcpCall = { n: this.#count, service: 'gcp', ...arrived, ...unanswered }
    this.calls.push(call)
    if (this.calls.length > this.#kept) this.calls.shift()
    return call
  }
}

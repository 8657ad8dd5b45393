// One call to Google Cloud: under its guard up to the moment it leaves, and with the evidence of what came back.
import type { InterceptingCall, Interceptor, Metadata, status } from '@grpc/grpc-js'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { CloudError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/lanes/types.ts'
import type { Instant } from '../../domain/time.ts'
import { persistently } from '../../domain/persistently.ts'
import { untilAborted } from '../../domain/until-aborted.ts'
import type { CallGuard, Log } from '../../workflows/ports.ts'
import { toCloudError } from './errors.ts'

export interface Call {
  /** Such as `SetIamPolicy of projects/shop`. */
  readonly what: string
  /** For Google's audit log, in few words without personal data. */
  readonly reason: string
}

/** What the SDK takes with one call. */
export interface SentWith {
  readonly timeout: number
  readonly retry: null
  readonly otherArgs: {
    readonly headers: Readonly<Record<string, string>>
    readonly options: { readonly interceptors: readonly Interceptor[] }
  }
}

export interface Answer<T> {
  readonly value: T
  readonly evidence: Evidence
}

export type Exchanger = <T>(
  call: Call,
  guard: CallGuard,
  send: (options: SentWith) => Promise<readonly [T, ...unknown[]]>,
) => Promise<Answer<T>>

/** The claim's own end comes sooner; this ends a call that nobody waits for. */
const callMsMax = 60_000
/** A header, of which a proxy may take little. */
const reasonLengthMax = 1000

/** Google's front end sends its `Date`, with the headers or, where a call fails, with the trailers. In whole seconds. */
function dateIn(metadata: Metadata): Instant | undefined {
  const date = Date.parse(String(metadata.get('date')[0] ?? ''))
  return Number.isNaN(date) ? undefined : date
}

/** Of the module that is loaded at the first call. */
interface Grpc {
  readonly InterceptingCall: typeof InterceptingCall
  readonly status: typeof status
}

/** Methods that change nothing. */
const reads = /^(Get|Test)/

export const claimOver = () => new CloudError('transient', 'Google Cloud: the claim is over')

interface Exchange {
  readonly guard: CallGuard
  cloudAt: Instant | undefined
}

/**
 * The last step before a request leaves, and the only one that can end it. NB: whatever is thrown here fails the call.
 */
function watching(grpc: Grpc, exchange: Exchange, ended: AbortSignal): Interceptor {
  return (options, next) => {
    const { guard } = exchange
    if (guard.signal.aborted) throw claimOver()
    guard.check()
    const note = (metadata: Metadata) => (exchange.cloudAt ??= dateIn(metadata))
    const call = new grpc.InterceptingCall(next(options), {
      start(metadata, _listener, begin) {
        begin(metadata, {
          onReceiveMetadata(received, pass) {
            note(received)
            pass(received)
          },
          onReceiveStatus(received, pass) {
            note(received.metadata)
            pass(received)
          },
        })
      },
    })
    const cancel = () => call.cancelWithStatus(grpc.status.CANCELLED, 'The claim is over')
    guard.signal.addEventListener('abort', cancel, { once: true, signal: ended })
    return call
  }
}

/** Throws CloudError for every failure, also for an answer that does not tell Google's time: it proves nothing. */
export function createExchanger(log: Log, load: () => Promise<Grpc>): Exchanger {
  const once = exchangeOnce(log, load)
  return (call, guard, send) => {
    const attempt = () => once(call, guard, send)
    return reads.test(call.what) ? persistently(attempt, guard.signal, pause) : attempt()
  }
}

const exchangeOnce =
  (log: Log, load: () => Promise<Grpc>): Exchanger =>
  async ({ what, reason }, guard, send) => {
    const requestId = randomUUID()
    const exchange: Exchange = { guard, cloudAt: undefined }
    const over = new AbortController()
    try {
      const watch = watching(await load(), exchange, over.signal)
      const [value] = await untilAborted(guard.signal, claimOver, () =>
        send({
          timeout: callMsMax,
          // Trying again is for a read above, and for the lane.
          retry: null,
          otherArgs: {
            // Google's audit log keeps it: what the evidence names is found there by it.
            headers: {
              'x-goog-request-reason': `${requestId} ${reason}`.slice(0, reasonLengthMax),
            },
            options: { interceptors: [watch] },
          },
        }),
      )
      const { cloudAt } = exchange
      if (cloudAt !== undefined) return { value, evidence: { requestId, cloudAt } }
      throw new CloudError('transient', `Google Cloud: ${what} was answered without a date`)
    } catch (error) {
      const failure = toCloudError(error, what)
      log.warn('gcp.call-failed', { what, kind: failure.kind, requestId })
      throw failure
    } finally {
      over.abort()
    }
  }

// One call to AWS: under its guard up to the moment it leaves, and with the evidence of what came back.
import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { CloudError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/lanes/types.ts'
import { persistently } from '../../domain/persistently.ts'
import { untilAborted } from '../../domain/until-aborted.ts'
import type { CallGuard, Log } from '../../workflows/ports.ts'
import { kindOf, toCloudError } from './errors.ts'

interface Exchange {
  readonly guard: CallGuard
  evidence: Evidence | undefined
}

const current = new AsyncLocalStorage<Exchange>()

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/**
 * AWS's own `Date` has whole seconds: it is never later than the true time. NB: what does not name a request was
 * answered by something in between, whatever its status: the SDK takes an empty page for an empty list.
 */
function evidenceOf(response: unknown): Evidence | undefined {
  const headers = isRecord(response) ? response['headers'] : undefined
  if (!isRecord(headers)) return undefined
  const cloudAt = Date.parse(String(headers['date']))
  const requestId = headers['x-amzn-requestid']
  if (Number.isNaN(cloudAt) || typeof requestId !== 'string' || requestId === '') return undefined
  return { cloudAt, requestId }
}

/**
 * The last step before a request leaves, after it was signed: for `middlewareStack.add(…, guarded.at)`.
 * NB: a request that belongs to no guarded call is refused.
 */
export const guarded = {
  at: { step: 'deserialize', priority: 'low', name: 'hallpassGuard' },
  async leave<R extends { response: unknown }>(next: () => Promise<R>): Promise<R> {
    const exchange = current.getStore()
    if (!exchange) throw new CloudError('invalid', 'AWS: a request was made without a guard')
    exchange.guard.check()
    const result = await next()
    exchange.evidence = evidenceOf(result.response)
    return result
  },
} as const

/** Bounds what one call asks for on its way, such as credentials. Undefined outside of a guarded call. */
export const currentSignal = (): AbortSignal | undefined => current.getStore()?.guard.signal

/** `found` is undefined when AWS says that there is none (NoSuchEntity, ResourceNotFound): an answer, and often the wanted one. */
export interface Answer<T> {
  readonly found: T | undefined
  readonly evidence: Evidence
}

/** Operations that change nothing. */
const reads = /^(Get|List|Describe|Simulate)/

export type Exchanger = <T>(
  what: string,
  guard: CallGuard,
  call: (options: { abortSignal: AbortSignal }) => Promise<T>,
) => Promise<Answer<T>>

const claimOver = () => new CloudError('transient', 'AWS: the claim is over')

/** Throws CloudError for every other failure, also for an answer that is not AWS's or does not tell its time: it proves nothing. */
export function createExchanger(log: Log): Exchanger {
  const once = exchangeOnce(log)
  return (what, guard, call) => {
    const attempt = () => once(what, guard, call)
    return reads.test(what) ? persistently(attempt, guard.signal, pause) : attempt()
  }
}

const exchangeOnce =
  (log: Log): Exchanger =>
  async (what, guard, call) => {
    const exchange: Exchange = { guard, evidence: undefined }
    const evidence = () => {
      if (exchange.evidence) return exchange.evidence
      throw new CloudError('transient', `AWS: ${what} was not answered by AWS, or without its time`)
    }
    try {
      const { signal } = guard
      const found = await untilAborted(signal, claimOver, () =>
        current.run(exchange, () => call({ abortSignal: signal })),
      )
      return { found, evidence: evidence() }
    } catch (error) {
      if (!(error instanceof CloudError) && kindOf(error) === 'missing')
        return { found: undefined, evidence: evidence() }
      const failure = toCloudError(error, what)
      log.warn('aws.call-failed', {
        what,
        kind: failure.kind,
        requestId: exchange.evidence?.requestId,
      })
      throw failure
    }
  }

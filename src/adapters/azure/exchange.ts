// One call to Azure: under its guard up to the moment each request leaves, and with the evidence of what came back.
import type { PipelinePolicy, PipelineResponse } from '@azure/core-rest-pipeline'
import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { CloudError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/lanes/types.ts'
import { persistently } from '../../domain/persistently.ts'
import { untilAborted } from '../../domain/until-aborted.ts'
import type { CallGuard, Log } from '../../workflows/ports.ts'
import { answersNone, toAzureError } from './errors.ts'

interface Exchange {
  readonly guard: CallGuard
  /** Of the first answer: nothing is said to be seen too late, however many pages follow. */
  evidence: Evidence | undefined
}

const current = new AsyncLocalStorage<Exchange>()

/**
 * Azure's own `Date` has whole seconds: it is never later than the true time. NB: what does not name a request was
 * answered by something in between, whatever its status.
 */
function evidenceOf({ headers }: PipelineResponse): Evidence | undefined {
  const cloudAt = Date.parse(headers.get('date') ?? '')
  const requestId = headers.get('x-ms-request-id') ?? ''
  return Number.isNaN(cloudAt) || requestId === '' ? undefined : { cloudAt, requestId }
}

/**
 * The last step before a request leaves: each page of a list, and each answer to a challenge, is one of its own.
 * NB: a request that belongs to no guarded call is refused.
 */
export const guardedPolicy: PipelinePolicy = {
  name: 'hallpassGuard',
  async sendRequest(request, next) {
    const exchange = current.getStore()
    if (!exchange) throw new CloudError('invalid', 'Azure: a request was made without a guard')
    exchange.guard.check()
    const response = await next(request)
    exchange.evidence ??= evidenceOf(response)
    return response
  },
}

/** `found` is undefined where Azure says that there is no such thing: an answer, and often the wanted one. */
export interface Answer<T> {
  readonly found: T | undefined
  readonly evidence: Evidence
}

/** Operations that change nothing. */
const reads = /^GET /

export type Exchanger = <T>(
  what: string,
  guard: CallGuard,
  call: (options: { abortSignal: AbortSignal }) => Promise<T>,
) => Promise<Answer<T>>

export const claimOver = () => new CloudError('transient', 'Azure: the claim is over')

/** Throws AzureError for every other failure, also for an answer that is not Azure's or does not tell its time: it proves nothing. */
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
      throw new CloudError(
        'transient',
        `Azure: ${what} was not answered by Azure, or without its time`,
      )
    }
    try {
      const { signal } = guard
      const found = await untilAborted(signal, claimOver, () =>
        current.run(exchange, () => call({ abortSignal: signal })),
      )
      return { found, evidence: evidence() }
    } catch (error) {
      if (answersNone(error)) return { found: undefined, evidence: evidence() }
      const failure = toAzureError(error, what, exchange.evidence?.cloudAt)
      log.warn('azure.call-failed', {
        what,
        kind: failure.kind,
        requestId: exchange.evidence?.requestId,
      })
      throw failure
    }
  }

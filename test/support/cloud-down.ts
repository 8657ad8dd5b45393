// One of the three clouds on a bad day: whatever it is asked, until it is back.
import { GcpFault, type Code } from '../../sandbox/gcp/fault.ts'
import { cutConnection, type Interceptor } from '../../sandbox/wire.ts'
import { onTestFinished } from 'vitest'
import type { Everywhere, May } from './three-clouds.ts'

/** `hanging`: nothing is answered, nor done. `late`: the first call is carried out when the cloud is back, and no other one is held. */
export type Trouble = 'failing' | 'throttled' | 'cut' | 'hanging' | 'denied' | 'late'

export interface Down {
  /** Calls that arrived meanwhile. */
  calls(): number
  back(): void
}

/** What gives access in each of them. */
export const writes: Readonly<Record<keyof May, RegExp>> = {
  aws: /^(Put|Create|Attach|Add)/,
  gcp: /SetIamPolicy$/,
  azure: /\.create$/,
}

/** From the first call of these operations on, where they are named. The cloud is back when the test ends, at the latest. */
export function takeDown(
  on: Pick<Everywhere, 'aws' | 'clouds'>,
  cloud: keyof May,
  trouble: Trouble,
  from?: RegExp,
): Down {
  let calls = 0
  let began = from === undefined
  const gate = Promise.withResolvers<void>()
  const strikes = (operation: string, phase: 'before' | 'after'): boolean => {
    if (phase === 'after') return false
    began ||= from?.test(operation) === true
    if (!began || (trouble === 'late' && calls > 0)) return false
    calls += 1
    return true
  }
  const overHttp =
    (answer: () => Response): Interceptor =>
    async ({ operation }, phase) => {
      if (!strikes(operation, phase)) return undefined
      if (trouble === 'hanging' || trouble === 'late') await gate.promise
      if (trouble === 'late') return undefined
      return trouble === 'cut' || trouble === 'hanging' ? cutConnection() : answer()
    }
  const off = {
    aws: () => on.aws.intercept(overHttp(() => inAws(trouble))),
    azure: () => on.clouds.azure.intercept(overHttp(() => inAzure(trouble))),
    gcp: () =>
      on.clouds.gcp.intercept(async ({ operation }, phase) => {
        if (!strikes(operation, phase)) return undefined
        if (trouble === 'hanging' || trouble === 'late') await gate.promise
        if (trouble === 'late') return undefined
        return trouble === 'cut' || trouble === 'hanging' ? 'cut' : inGcp(trouble)
      }),
  }[cloud]()
  const back = () => {
    off()
    gate.resolve()
  }
  onTestFinished(back)
  return { calls: () => calls, back }
}

const awsCodes: Partial<Record<Trouble, readonly [number, string]>> = {
  throttled: [400, 'Throttling'],
  denied: [403, 'AccessDenied'],
}

function inAws(trouble: Trouble): Response {
  const [status, code] = awsCodes[trouble] ?? [503, 'ServiceUnavailable']
  const body = `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code><Message>As planned</Message></Error><RequestId>x</RequestId></ErrorResponse>`
  return new Response(body, { status, headers: { 'content-type': 'text/xml' } })
}

const azureCodes: Partial<Record<Trouble, readonly [number, string]>> = {
  throttled: [429, 'TooManyRequests'],
  denied: [403, 'AuthorizationFailed'],
}

function inAzure(trouble: Trouble): Response {
  const [status, code] = azureCodes[trouble] ?? [503, 'ServiceUnavailable']
  return Response.json({ error: { code, message: 'As planned' } }, { status })
}

const gcpCodes: Partial<Record<Trouble, Code>> = {
  throttled: 'RESOURCE_EXHAUSTED',
  denied: 'PERMISSION_DENIED',
}

const inGcp = (trouble: Trouble) => new GcpFault(gcpCodes[trouble] ?? 'UNAVAILABLE', 'As planned')

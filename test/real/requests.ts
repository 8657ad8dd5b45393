// Counts what leaves this process for a cloud, below every SDK.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const channels = {
  'http.client.request.created': (message: unknown) => {
    const { request } = message as { request?: { getHeader?(name: string): unknown } }
    return request?.getHeader?.('host')
  },
  'http2.client.stream.created': (message: unknown) =>
    (message as { headers?: Record<string, unknown> }).headers?.[':authority'],
}

export interface RequestCount {
  count(): number
  close(): void
}

/** Of requests to a host that matches, with its port where it has one. */
export function countRequests(host: RegExp): RequestCount {
  let count = 0
  const undo = Object.entries(channels).map(([channel, hostOf]) => {
    const listener = (message: unknown) => {
      if (host.test(String(hostOf(message)))) count += 1
    }
    subscribe(channel, listener)
    return () => unsubscribe(channel, listener)
  })
  return { count: () => count, close: () => undo.forEach((each) => each()) }
}

/** Of an endpoint, or of whatever is below a domain. */
export const hostOf = (endpoint: string | undefined, domain: string): RegExp =>
  endpoint === undefined
    ? new RegExp(`(^|\\.)${domain.replaceAll('.', '\\.')}(:|$)`)
    : new RegExp(`^${new URL(endpoint).host.replaceAll('.', '\\.')}$`)

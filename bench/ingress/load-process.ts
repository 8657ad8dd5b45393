// The load generator, in a process of its own: autocannon, over so many connections, each with deliveries of its own.
import autocannon from 'autocannon'
import { quantiles } from '../quantiles.ts'
import { deliveries, signed, type SignedDelivery } from './deliveries.ts'
import { path } from './installed.ts'

export interface Volley {
  readonly url: string
  readonly deliveries: number
  readonly connections: number
}

export interface Fired {
  readonly seconds: number
  readonly accepted: number
  /** Answers that were no success, and requests that were not answered. */
  readonly refused: number
  /** In milliseconds, from when a request was written to its whole answer. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number }
}

export type Order = { readonly fire: Volley } | { readonly again: string }

const next = deliveries()
/** Some of what each server was sent, by its address. */
const sent = new Map<string, readonly SignedDelivery[]>()
const sampleMax = 200

/** Everything is built and signed before the first byte is sent. */
async function fire({ url, deliveries: amount, connections }: Volley): Promise<Fired> {
  const all = Array.from({ length: amount }, next)
  sent.set(url, all.slice(0, sampleMax))
  const shares = sharesOf(all, connections)
  const latencies: number[] = []
  let refused = 0
  let began = 0
  let ended = 0
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>()
  const options: autocannon.Options = {
    url: `${url}${path}`,
    method: 'POST',
    connections,
    amount,
    timeout: 30,
    setupClient(client) {
      client.setRequests(shares.pop() ?? [])
    },
  }
  const running = autocannon(options, (error: unknown, result) =>
    error === null ? resolve(result) : reject(new Error('autocannon failed', { cause: error })),
  )
  running.on('start', () => (began = performance.now()))
  running.on('response', (_client, status, _bytes, ms) => {
    ended = performance.now()
    if (status < 200 || status > 299) refused += 1
    latencies.push(ms)
  })
  const { errors } = await promise
  const accepted = latencies.length - refused
  return {
    seconds: (ended - began) / 1000,
    accepted,
    refused: refused + errors,
    latency: quantiles(latencies),
  }
}

/** The share of a connection is as large as autocannon lets it send; the connections take theirs from the end. */
function sharesOf(all: readonly SignedDelivery[], connections: number) {
  const shares = Array.from({ length: connections }, (_, connection) =>
    all
      .filter((_each, n) => n % connections === connection)
      .map(({ body, headers }) => ({ method: 'POST' as const, path, headers, body })),
  )
  return shares.toReversed()
}

/** Some of them once more: as they were, and as a replay under other ids. Tells what was answered. */
async function again(url: string): Promise<readonly string[]> {
  const former = sent.get(url) ?? []
  const replayed = former.map(({ body }) => signed(body))
  return Promise.all(
    [...former, ...replayed].map(async ({ body, headers }) => {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      })
      return `${response.status} ${(await response.text()).trim()}`
    }),
  )
}

process.on('message', (order: Order) => {
  void ('fire' in order ? fire(order.fire) : again(order.again)).then(
    (answered) => process.send?.({ answered }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  )
})

// Whoever asked is gone.
process.on('disconnect', () => process.exit())

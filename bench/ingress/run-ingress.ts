// The bench `ingress`: how many signed review requests a second are taken in for good, beside Probot's own server.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { administer } from '../../drill/servers.ts'
import type { BenchArgs } from '../args.ts'
import { ratioOf, type Report, type Say } from '../report.ts'
import { freshStore, fsyncOf, type BenchStore } from '../store.ts'
import { deliveries } from './deliveries.ts'
import type { Fired, Order } from './load-process.ts'
import { serveBaseline, serveHallpass, type Served, type ServerStore } from './servers.ts'

/** Medians of the rounds. */
interface Figures {
  readonly per_second: number
  readonly latency_ms: { readonly p50: number; readonly p99: number; readonly max: number }
}

export interface IngressReport extends Report, Figures {
  readonly name: 'ingress'
  readonly store: string
  /** What Postgres says of itself: without it nothing is durable, and the figures say less. */
  readonly fsync: string
  readonly body_bytes: number
  readonly connections: number
  readonly rounds: number
  readonly stored: number
  readonly baseline: Figures & { readonly name: string }
  readonly baseline_durable: Figures & { readonly name: string }
  readonly ratio_durable: number
  readonly generator: Figures & { readonly name: string }
}

const names = ['hallpass', 'probot', 'probot-durable', 'nothing'] as const
type Name = (typeof names)[number]

export async function runIngress(args: BenchArgs, say: Say): Promise<IngressReport> {
  const store = await freshStore()
  const { config } = store
  const opened: Served[] = []
  const load = startLoad()
  try {
    if (config.kind === 'embedded')
      throw new Error(
        'ingress needs BENCH_DATABASE_URL, a Postgres with fsync on, and BENCH_REDIS_URL',
      )
    const servers = await openAll(config, opened)
    return await measured({ args, say, store, config, servers, load })
  } finally {
    load.close()
    await Promise.all(opened.map((server) => server.close()))
    await store.close()
  }
}

async function openAll(config: ServerStore, opened: Served[]): Promise<Record<Name, Served>> {
  const keep = (server: Served): Served => {
    opened.push(server)
    return server
  }
  return {
    hallpass: keep(await serveHallpass(config)),
    probot: keep(await serveBaseline('probot')),
    'probot-durable': keep(await serveBaseline('probot-durable', config.databaseUrl)),
    nothing: keep(await serveBaseline('nothing')),
  }
}

interface Parts {
  readonly args: BenchArgs
  readonly say: Say
  readonly store: BenchStore
  readonly config: ServerStore
  readonly servers: Readonly<Record<Name, Served>>
  readonly load: ReturnType<typeof startLoad>
}

async function measured(parts: Parts): Promise<IngressReport> {
  const { args, say, store, servers, load } = parts
  const { deliveries: amount = 6_000, rounds = 5, connections = 200 } = args
  const volley = { deliveries: amount, connections: Math.min(connections, amount) }
  const fired: Record<Name, Fired[]> = {
    hallpass: [],
    probot: [],
    'probot-durable': [],
    nothing: [],
  }
  // The first round warms up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const result = await load.fire({ ...volley, url: servers[name].url })
      if (result.refused > 0) throw new Error(`${name}: ${result.refused} were not accepted`)
      if (round > 0) fired[name].push(result)
      const { p50, p99 } = result.latency
      say(
        `round ${round}, ${name}: ${Math.round(result.accepted / result.seconds)} a second, p50 ${p50} ms, p99 ${p99} ms`,
      )
    }
  }
  const stored = await provenOnce(parts, amount * (rounds + 1))
  const figures = Object.fromEntries(
    names.map((name) => [name, figuresOf(fired[name])]),
  ) as Readonly<Record<Name, Figures>>
  const { hallpass, probot, nothing } = figures
  const durable = figures['probot-durable']
  return {
    name: 'ingress',
    ...hallpass,
    store: store.name,
    fsync: await fsyncOf(store),
    body_bytes: deliveries()().body.byteLength,
    connections: volley.connections,
    rounds,
    stored,
    baseline: { name: 'Probot 14, its own server, an empty handler', ...probot },
    ratio: ratioOf(hallpass.per_second, probot.per_second),
    baseline_durable: { name: 'the same, inserting into the same Postgres', ...durable },
    ratio_durable: ratioOf(hallpass.per_second, durable.per_second),
    generator: { name: 'autocannon 9 against a server that does nothing', ...nothing },
  }
}

/** Each was stored, once: also what is sent again, under its own id or another. */
async function provenOnce({ servers, load, config }: Parts, expected: number): Promise<number> {
  const answers = new Set(await load.again(servers.hallpass.url))
  if (answers.size !== 1 || !answers.has('202 duplicate'))
    throw new Error(`What was sent again was answered ${[...answers].join(', ')}`)
  const [row] = await administer(
    config.databaseUrl,
    'select count(*) as stored from hallpass.deliveries',
  )
  const stored = Number(row?.['stored'])
  if (stored !== expected) throw new Error(`${stored} of ${expected} deliveries are in the inbox`)
  return stored
}

function figuresOf(fired: readonly Fired[]): Figures {
  const of = (read: (each: Fired) => number) => Math.round(median(fired.map(read)))
  return {
    per_second: of(({ accepted, seconds }) => accepted / seconds),
    latency_ms: {
      p50: of(({ latency }) => latency.p50),
      p99: of(({ latency }) => latency.p99),
      max: of(({ latency }) => latency.max),
    },
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low = 0, high = low] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ]
  return (low + high) / 2
}

function startLoad() {
  const child = fork(fileURLToPath(new URL('load-process.ts', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const order = async <T>(given: Order): Promise<T> => {
    child.send(given)
    const [said] = (await once(child, 'message')) as [{ answered?: T; failed?: string }]
    if (said.failed !== undefined) throw new Error(`The load generator: ${said.failed}`)
    return said.answered as T
  }
  return {
    fire: (volley: Extract<Order, { fire: unknown }>['fire']) => order<Fired>({ fire: volley }),
    again: (url: string) => order<readonly string[]>({ again: url }),
    close: () => void child.kill(),
  }
}

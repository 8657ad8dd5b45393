// A running Hallpass: what takes deliveries in, what works on them, and how both stop.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Composition } from './compose.ts'
import { createAdmin } from './entrypoints/cli/admin.ts'
import { createIngress } from './entrypoints/ingress/app.ts'
import { listen, type Listening } from './entrypoints/ingress/listen.ts'
import { createMetricsApp } from './entrypoints/metrics/app.ts'
import { routes } from './entrypoints/webhooks/routes.ts'
import { storing } from './entrypoints/webhooks/storing.ts'
import { sparing } from './entrypoints/worker/sparing.ts'
import { startWorker, type Jobs, type Worker } from './entrypoints/worker/worker.ts'
import { convergeLane } from './workflows/converge-lane.ts'
import { expireGrant } from './workflows/expire-grants.ts'
import { finishingFreezes } from './workflows/freeze.ts'
import { handleDelivery, type Receive } from './workflows/handle-delivery.ts'
import { handleSignal } from './workflows/handle-signal.ts'
import { mindSeat, type Minding } from './workflows/mind-seat.ts'
import { operationsOn, type Operations } from './workflows/operations.ts'
import { questionStanding } from './workflows/question-standing.ts'
import { recheckStanding } from './workflows/recheck-standing.ts'
import { scheduledReconciling } from './workflows/reconcile/scheduled.ts'
import { scheduledRecovery } from './workflows/recover/scheduled.ts'
import { reportSubject } from './workflows/report/report-subject.ts'
import type { Held } from './workflows/under-claim.ts'

export interface Running {
  /** Where deliveries are taken in; undefined for a process that only works. */
  readonly url: string | undefined
  /** Where metrics are scraped. Undefined: nothing is measured. */
  readonly metricsUrl: string | undefined
  readonly operations: Operations
  /** Takes nothing more in, cancels and hands back what is in hand, within ten seconds. */
  stop(): Promise<void>
}

export interface Parts {
  readonly ingress: boolean
  readonly worker: boolean
}

const ingressGraceMs = 2_000
const workerGraceMs = 5_000
const storeGraceMs = 2_000
const metricsGraceMs = 200
/** NB: many lanes fall due in one second, and each waits for its cloud alone. */
const concurrency = { clouds: 64, github: 16, standing: 4 }
const dueLimit = 200

export async function run(composition: Composition, parts: Parts): Promise<Running> {
  const { deps, store } = composition
  const operations = operationsOn(deps)
  let worker: Worker | undefined
  let server: Listening | undefined
  let metrics: Listening | undefined
  const stop = async () => {
    await server?.stop(ingressGraceMs)
    composition.cancel()
    await Promise.all([store.queue.close(workerGraceMs), within(workerGraceMs, worker?.stop())])
    await metrics?.stop(metricsGraceMs)
    await within(storeGraceMs, store.close(storeGraceMs))
    deps.log.info('hallpass.stopped')
  }
  try {
    const minding = mindSeat(deps)
    await minding.mayAct()
    store.serveAdmin(createAdmin(operations).fetch)
    metrics = await startMetrics(composition, () => worker, parts)
    worker = parts.worker ? await startWork(composition, minding) : undefined
    server = parts.ingress ? await startIngress(composition, worker) : undefined
  } catch (error) {
    // What has begun would keep this process alive, at work and deaf.
    await stop()
    throw error
  }
  const { url } = server ?? {}
  const { url: metricsUrl } = metrics ?? {}
  deps.log.info('hallpass.ready', { store: store.description, url, metricsUrl })
  return { url, metricsUrl, operations, stop }
}

/** First of all: what goes wrong later is then seen. */
async function startMetrics(
  { config, meters, deps, store }: Composition,
  worker: () => Worker | undefined,
  parts: Parts,
): Promise<Listening | undefined> {
  if (meters === undefined || config.metrics === undefined) return undefined
  const startedMs = performance.now()
  const sweepAgeMs = () => performance.now() - (worker()?.lastSweepMs() ?? startedMs)
  meters.watch({
    ledger: deps.ledger,
    now: () => deps.clock.now(),
    queueDepth: () => store.queue.depth(),
    ...(parts.worker ? { sweepAgeMs } : {}),
  })
  return listen(createMetricsApp(meters), config.metrics)
}

async function startWork(composition: Composition, minding: Minding): Promise<Worker> {
  const { deps, store, github } = composition
  const { whileClaimed } = minding
  // Probot routes deliveries and knows nothing of claims: the one in hand goes around it.
  const inHand = new AsyncLocalStorage<Held>()
  const held = () => claimed(inHand.getStore())
  await github.load(
    routes(
      (signal) => handleSignal(deps, signal, held()),
      (signal) => questionStanding(deps, signal, held()),
    ),
  )
  const receive: Receive = (delivery, by) => inHand.run(by, () => github.receive(delivery))
  const freezes = finishingFreezes(deps)
  const reconciling = scheduledReconciling(deps)
  const recovery = scheduledRecovery({
    ...deps,
    hooks: github.hooks,
    isStored: storing(deps.documents.pinned),
  })
  const jobs: Jobs = {
    delivery: whileClaimed((id) => handleDelivery(deps, receive, id)),
    lane: whileClaimed((id) => convergeLane(deps, id)),
    report: whileClaimed((id) => reportSubject(deps, id)),
    grant: whileClaimed((id) => expireGrant(deps, id)),
    standing: whileClaimed(
      sparing(async (id) => void (await recheckStanding(deps, id)), deps.timing.standingPauseMs),
    ),
    freeze: whileClaimed((id) => freezes.finish(id)),
    reconcile: whileClaimed(() => reconciling.run()),
    recover: whileClaimed(() => recovery.run()),
  }
  const worker = startWorker({
    jobs,
    due: async () => {
      if (!(await minding.mayAct())) return nothingDue
      const now = deps.clock.now()
      const standingBefore = now - deps.timing.standingEveryMs
      const due = await deps.ledger.due(now, { standingBefore, limit: dueLimit })
      const nextInMs = due.nextAt === undefined ? undefined : due.nextAt - now
      return {
        ...due,
        freezes: await freezes.due(),
        reconcile: reconciling.due(),
        recover: recovery.due(),
        nextInMs,
      }
    },
    log: deps.log,
    sweepMs: deps.timing.sweepMs,
    concurrency,
  })
  await store.queue.consume(
    {
      delivery: (id) => worker.nudged({ kind: 'delivery', id }),
      lane: (id) => worker.nudged({ kind: 'lane', id }),
      report: (id) => worker.nudged({ kind: 'report', id }),
    },
    concurrency.clouds,
  )
  return worker
}

const nothingDue = {
  nextAt: undefined,
  deliveries: [],
  lanes: [],
  subjects: [],
  grants: [],
  standing: [],
  freezes: [],
  reconcile: [],
  recover: [],
  nextInMs: undefined,
}

function claimed(held: Held | undefined): Held {
  if (held === undefined) throw new Error('A delivery is routed without its claim')
  return held
}

function startIngress({ deps, store, config }: Composition, worker: Worker | undefined) {
  const { app, webhooks } = createIngress({
    accept: (delivery) => deps.ledger.accept(delivery, deps.clock.now()),
    nudge: (id) => deps.queue.nudge({ kind: 'delivery', id }),
    log: deps.log,
    secrets: config.github.webhookSecrets,
    appId: config.github.appId,
    servedAccounts: config.github.accounts,
    isStored: storing(deps.documents.pinned),
    ready: () => readiness(store, worker),
  })
  return listen(app, { host: config.host, port: config.port, direct: webhooks })
}

/** A queue that is down makes work slower, not wrong: it is told and does not make the process unready. */
async function readiness(store: Composition['store'], worker: Worker | undefined) {
  const told = async (ping: Promise<void>) =>
    ping.then(
      () => 'ok',
      () => 'down',
    )
  const [database, queue] = await Promise.all([told(store.ping()), told(store.queue.ping())])
  const sweep = worker === undefined ? {} : { sweep: sweepHealth(worker) }
  // Deliveries are taken in all the same: whoever sends them here must go on.
  const ledger = store.ledger.seat.unclaimed() === undefined ? {} : { ledger: 'unclaimed' }
  const parts = { database, queue, ...sweep, ...ledger }
  return { ok: database === 'ok' && sweep.sweep !== 'down', parts }
}

const sweepSilenceMsMax = 30_000

function sweepHealth(worker: Worker): 'ok' | 'down' {
  const last = worker.lastSweepMs()
  return last !== undefined && performance.now() - last < sweepSilenceMsMax ? 'ok' : 'down'
}

async function within(ms: number, work: Promise<void> | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([work ?? Promise.resolve(), promise])
  clearTimeout(timer)
}

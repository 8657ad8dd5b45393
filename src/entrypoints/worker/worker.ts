// Does the work that nudges bring, and on a timer of its own the work that no nudge brought.
import type { Due, Log, Work } from '../../workflows/ports.ts'
import { createCrew, type Crew } from './crew.ts'

/** What the worker can do, ready-made. Each takes the id of one thing and reads the ledger for what is true of it now. */
export interface Jobs {
  delivery(id: string): Promise<void>
  lane(id: string): Promise<void>
  report(id: string): Promise<void>
  grant(id: string): Promise<void>
  standing(id: string): Promise<void>
  freeze(id: string): Promise<void>
  reconcile(id: string): Promise<void>
  recover(id: string): Promise<void>
}

/**
 * `freezes`: those whose grants this process has not seen to their end. `reconcile` and `recover`: not empty when this
 * process should see whether it is time to look around in the clouds, or for lost deliveries.
 */
type AllDue = Due & Readonly<Record<'freezes' | 'reconcile' | 'recover', readonly string[]>>

export interface WorkerDeps {
  readonly jobs: Jobs
  /** What is due now, and when the next of it will be, as milliseconds from now. */
  due(): Promise<AllDue & { readonly nextInMs: number | undefined }>
  readonly log: Log
  readonly sweepMs: number
  /** How many pieces of work this process does at once, with each cloud, with GitHub, and on people's standing. */
  readonly concurrency: Readonly<Record<'clouds' | 'github' | 'standing', number>>
}

export interface Worker {
  /** Does one piece of work that a nudge named. */
  nudged(work: Work): Promise<void>
  /** When the last sweep ended well; undefined before the first. For readiness. */
  lastSweepMs(): number | undefined
  /** Takes on nothing more, and resolves once what is in hand has ended. */
  stop(): Promise<void>
}

export function startWorker(deps: WorkerDeps): Worker {
  const { jobs, log } = deps
  const { clouds: cloudsAtOnce, github: gitHubAtOnce, standing: standingAtOnce } = deps.concurrency
  // NB: crews of their own for what ends access: a GitHub that hangs must not hold up a removal, nor a cloud that does
  // another one's, nor a pile of requests the look for an end that was lost.
  const [ledger, looking] = [createCrew(cloudsAtOnce, log), createCrew(2, log)]
  const github = createCrew(gitHubAtOnce, log)
  const crews: Readonly<Record<Exclude<keyof Jobs, 'lane'>, Crew>> = {
    grant: ledger,
    freeze: ledger,
    delivery: github,
    report: github,
    standing: createCrew(standingAtOnce, log),
    recover: looking,
    reconcile: looking,
  }
  const clouds = new Map<string, Crew>()
  const crewOfLane = (id: string) => {
    const [cloud = ''] = id.split('/')
    const crew = clouds.get(cloud) ?? createCrew(cloudsAtOnce, log)
    clouds.set(cloud, crew)
    return crew
  }
  let stopped = false
  let lastSweepMs: number | undefined
  let wake: () => void = () => undefined

  // What waits for its turn when this process is asked to stop is left to others, and so is what that cuts off.
  const work = async (kind: keyof Jobs, id: string) => {
    if (stopped) return
    try {
      await jobs[kind](id)
    } catch (error) {
      if (!stopped) throw error
    }
  }
  const run = (kind: keyof Jobs, id: string) => {
    const crew = kind === 'lane' ? crewOfLane(id) : crews[kind]
    return crew.run(`${kind}:${id}`, () => work(kind, id))
  }

  const enlist = (due: AllDue): Promise<unknown>[] => [
    ...due.freezes.map((id) => run('freeze', id)),
    ...due.grants.map((id) => run('grant', id)),
    ...due.lanes.map((id) => run('lane', id)),
    ...due.deliveries.map((id) => run('delivery', id)),
    ...due.subjects.map((id) => run('report', id)),
    ...due.standing.map((id) => run('standing', id)),
    ...due.reconcile.map((id) => run('reconcile', id)),
    ...due.recover.map((id) => run('recover', id)),
  ]

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function sweep(): Promise<void> {
    while (!stopped) {
      let waitMs = deps.sweepMs
      try {
        const due = await deps.due()
        void Promise.all(enlist(due))
        lastSweepMs = performance.now()
        if (due.nextInMs !== undefined) waitMs = Math.min(waitMs, Math.max(due.nextInMs, 5))
      } catch (error) {
        // The database is away: the next round finds out whether it is back.
        log.error('sweep.failed', { error })
      }
      if (!stopped) await pause(waitMs)
    }
  }

  const sweeping = sweep()
  return {
    nudged: ({ kind, id }) => (stopped ? Promise.resolve() : run(kind, id)),
    lastSweepMs: () => lastSweepMs,
    async stop() {
      stopped = true
      wake()
      await sweeping
      await Promise.all([...Object.values(crews), ...clouds.values()].map((crew) => crew.idle()))
    },
  }
}

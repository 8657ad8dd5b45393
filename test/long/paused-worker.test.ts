// A worker that is paused, killed or stopped over its write: what it sends late must not come, or must be found.
import { afterEach, describe, expect, test } from 'vitest'
import type { WireCall } from '../../sandbox/wire.ts'
import { defaultTiming } from '../../src/workflows/deps.ts'
import { serverStore, serverStores, type ServerStore } from '../support/child-store.ts'
import type { Child } from '../../drill/child.ts'
import { closeAccess, expectConverged, newJob, openAccess, shown, submitReview } from './job.ts'
import type { Job } from './job.ts'
import { openStage, type Phase, type Stage, type StageOptions } from './stage.ts'

const kind = serverStores()[0]

describe.runIf(kind !== undefined)('a worker that lost its claim', () => {
  let stage: Stage<ServerStore>
  afterEach(() => stage.close())

  /** One process takes in, one works. */
  async function open(options?: StageOptions): Promise<Child> {
    if (kind === undefined) throw new Error('no server')
    stage = await openStage(await serverStore(kind), options)
    await stage.boot('serve')
    const { child } = await stage.boot('work')
    return child
  }

  test('writes nothing when it was paused right before it', async () => {
    const first = await open()
    const paused = pauseBeforeWrite(stage, first)
    const job = newJob(stage)
    const opening = openAccess(stage, job)
    await paused
    expect(puts(stage)).toBe(0)
    const { child: second } = await stage.boot('work')
    await opening
    await closeAccess(stage, job)
    await expectConverged(stage, job)
    expect(puts(stage)).toBe(1)

    first.signal('SIGCONT')
    await second.kill()
    // Alone now, it does the next job, so it has had every chance to go on with the former one.
    const next = newJob(stage)
    await openAccess(stage, next)
    await closeAccess(stage, next)
    await stage.quiet()
    expect(puts(stage), 'one for each job').toBe(2)
    await expectConverged(stage, next)
  })

  test.each([
    ['paused', (worker: Child) => worker.pause()],
    ['killed', (worker: Child) => worker.kill()],
  ])('%s over a write that arrives after the removal, has it found', async (_, over) => {
    const first = await open({ settings: { HALLPASS_AWS_LAG_MS: '4000' } })
    const write = holdWrite(stage)
    const job = newJob(stage)
    const opening = openAccess(stage, job)
    await write.arrived
    await over(first)
    await stage.boot('work')
    await opening
    await submitReview(stage, job)
    await removed(stage, job)
    await expectEnding(stage, job)

    write.carryOut()
    const { aws, iam } = stage.scene
    await aws.waitFor(() => aws.policiesOf(iam.octocat).length > 0)
    await expectEnding(stage, job)
    await aws.waitFor(() => aws.policiesOf(iam.octocat).length === 0)
    await expectEnding(stage, job)
    await shown(stage, job, 'success')
    await stage.quiet()
    await expectConverged(stage, job, { lateWrite: true })
  })

  test('stopped over a write that arrives while reads still show the past, has it found', async () => {
    const lagMs = 4_000
    const first = await open({ settings: { HALLPASS_AWS_LAG_MS: String(lagMs) } })
    const { aws, iam } = stage.scene
    aws.staleReads(lagMs)
    const write = holdWrite(stage)
    const job = newJob(stage)
    await submitted(stage, job, write.arrived)
    first.signal('SIGTERM')
    expect(await first.exited).toEqual({ code: 0, signal: null })
    const stoppedAt = performance.now()
    await stage.boot('work')
    // Nearly as late as a call may be that was given up, so that reads hide it for as long as they may.
    await until(stoppedAt + defaultTiming.settleMs - 800)
    write.carryOut()
    await aws.waitFor(() => aws.policiesOf(iam.octocat).length > 0)
    await shown(stage, job, 'success')
    await stage.quiet()
    await expectConverged(stage, job, { lateWrite: true })
  })
})

const puts = ({ arrivals }: Stage): number =>
  arrivals.filter(({ call }) => call.operation === 'PutUserPolicy').length

/** Resolves once it is paused with the answer to its last read before the write on its way. */
function pauseBeforeWrite(stage: Stage, worker: Child): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let listed = false
  stage.ambush = async ({ operation }: WireCall, phase: Phase) => {
    if (phase !== 'after') return
    if (operation === 'ListUserPolicies') listed = true
    if (!listed || operation !== 'GetUser') return
    stage.ambush = undefined
    await worker.pause()
    resolve()
  }
  return promise
}

/** Keeps the first write on its way until it is told to be carried out. */
function holdWrite(stage: Stage) {
  const arrived = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  stage.ambush = async ({ operation }: WireCall, phase: Phase) => {
    if (operation !== 'PutUserPolicy' || phase !== 'before') return
    stage.ambush = undefined
    arrived.resolve()
    await held.promise
  }
  return { arrived: arrived.promise, carryOut: () => held.resolve() }
}

async function grantOf({ store }: Stage, { pull }: Job) {
  const grants = await store.grants()
  return grants.find(({ subject }) => subject === `acme/shop-orders#${pull.number}`)
}

async function expectEnding(stage: Stage, job: Job): Promise<void> {
  expect(await grantOf(stage, job)).toMatchObject({ phase: 'ending', endedAt: null })
  const { github } = stage.scene
  const conclusions = github.checks(job.pull.pull.headSha).map(({ conclusion }) => conclusion)
  expect(conclusions).not.toContain('success')
}

/** Resolves once Hallpass has removed the binding after the review. */
async function removed({ scene: { aws, iam } }: Stage, { closedAt = Infinity }: Job) {
  await aws.waitFor(
    () =>
      aws.policiesOf(iam.octocat).length === 0 &&
      aws.history.some((one) => one.operation === 'DeleteUserPolicy' && one.at >= closedAt),
  )
}

/** Asked for and, over the write, reviewed: both taken in. */
async function submitted(stage: Stage, job: Job, over: Promise<void>): Promise<void> {
  const { github, people } = stage.scene
  github.requestReview(job.pull, people.alice, people.octocat)
  await over
  await submitReview(stage, job)
}

const until = (at: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())))

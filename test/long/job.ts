// The main job as people see it: a review is asked for, access opens, the review is submitted, all of it is proven gone.
import { expect } from 'vitest'
import type { PullRequest } from '../../sandbox/github/model.ts'
import type { Delivery } from '../../sandbox/github/index.ts'
import { logGroup } from '../../sandbox/scene.ts'
import { commentsOn } from '../support/seen.ts'
import { action, type Stage } from './stage.ts'

export type Act = 'opening' | 'closing'

export interface Job {
  readonly pull: PullRequest
  readonly openedAt: number
  /** When the review was submitted, of the scene's clock; undefined before. */
  closedAt: number | undefined
  act: Act
}

export interface JobOptions {
  /** Waited for before a delivery that failed is sent once more: it must have been for the want of the app. */
  readonly back?: () => Promise<unknown>
  /** For the whole of each act, in milliseconds. */
  readonly patienceMs?: number
  readonly begun?: (job: Job) => void
}

type Conclusion = 'neutral' | 'success'
let count = 0

export function newJob({ scene }: Stage): Job {
  count += 1
  const pull = scene.github.openPullRequest(scene.repository, {
    author: scene.people.alice,
    title: `Round totals, part ${count}`,
    files: { 'services/orders/main.ts': `export const part = ${count}\n` },
  })
  return { pull, openedAt: Date.now(), closedAt: undefined, act: 'opening' }
}

export async function openAccess(stage: Stage, job: Job, options: JobOptions = {}): Promise<void> {
  const { github, people } = stage.scene
  await acknowledged(stage, github.requestReview(job.pull, people.alice, people.octocat), options)
  await shown(stage, job, 'neutral', options)
}

export async function closeAccess(stage: Stage, job: Job, options: JobOptions = {}): Promise<void> {
  await submitReview(stage, job, options)
  await shown(stage, job, 'success', options)
}

export async function submitReview(stage: Stage, job: Job, options: JobOptions = {}) {
  const { github, people } = stage.scene
  job.act = 'closing'
  job.closedAt = Date.now()
  await acknowledged(stage, github.submitReview(job.pull, people.octocat, 'approved'), options)
}

/** NB: only what was never acknowledged is sent again, once, as GitHub's operator would. */
async function acknowledged({ scene: { github } }: Stage, sent: Delivery[], { back }: JobOptions) {
  await github.deliveriesSettled()
  for (const delivery of sent) {
    if (delivery.state === 'delivered') continue
    if (back === undefined) throw new Error(`the delivery ${delivery.id} was not taken`)
    await back()
    github.redeliver(delivery.id)
    await github.deliveriesSettled()
    expect(delivery.state, 'a redelivery').toBe('delivered')
  }
}

/** Resolves once the newest check of the pull request says so. */
export async function shown(
  { scene: { github } }: Stage,
  { pull }: Job,
  conclusion: Conclusion,
  { patienceMs = 30_000 }: JobOptions = {},
): Promise<void> {
  const newest = () => github.checks(pull.pull.headSha).at(-1)?.conclusion
  const signal = AbortSignal.timeout(patienceMs)
  await github
    .waitFor(() => newest() === conclusion, signal)
    .catch((cause: unknown) => {
      throw new Error(`no check says ${conclusion}, the newest ${String(newest())}`, { cause })
    })
}

export const allowed = ({ scene: { aws, iam } }: Stage, at: number): boolean =>
  aws.mayCall({ user: iam.octocat, action, resource: logGroup, at }).allowed

/** What must be so at the end of a job whatever happened during it, except to acknowledged deliveries, which `acknowledged` sees to. */
export async function expectConverged(
  stage: Stage,
  job: Job,
  { lateWrite = false }: { readonly lateWrite?: boolean } = {},
): Promise<void> {
  const { github, aws, iam } = stage.scene
  const { pull } = job
  const subject = `acme/shop-orders#${pull.number}`
  const grants = (await stage.store.grants()).filter((grant) => grant.subject === subject)
  expect(grants, 'one grant').toMatchObject([{ phase: 'ended', reason: 'reviewed', stuck: null }])
  const { edited, told } = commentsOn(stage.scene, pull)
  expect(edited, 'one comment').toHaveLength(1)
  expect(told.length, 'told of at most once').toBeLessThanOrEqual(1)
  expect(edited[0]?.body).toContain(`grant \`${grants[0]?.id}\` | ended`)
  const checks = github.checks(pull.pull.headSha)
  expect(checks.map(({ status }) => status)).not.toContain('in_progress')
  expect(checks.at(-1)).toMatchObject({ status: 'completed', conclusion: 'success' })
  expect(aws.policiesOf(iam.octocat), 'nothing left in IAM').toEqual([])
  expect(aws.sessions()).toEqual([])
  expect(github.unhandled).toEqual([])
  expectAccessOnlyMeanwhile(stage, job, grants[0], lateWrite)
}

type Summary = Awaited<ReturnType<Stage['store']['grants']>>[number]

/** Asked of the simulated AWS for each moment at which anything changed. A late write opens it anew until it is found. */
function expectAccessOnlyMeanwhile(
  stage: Stage,
  job: Job,
  grant: Summary | undefined,
  lateWrite: boolean,
): void {
  const { aws, iam } = stage.scene
  const changes = aws.history.filter(
    ({ target, at }) => target === iam.octocat.arn && at >= job.openedAt,
  )
  const policies = new Set(changes.map(({ policy }) => policy))
  expect([...policies], 'one policy').toEqual([expect.stringContaining(String(grant?.id))])
  const removals = changes.filter(
    ({ operation, at }) => operation === 'DeleteUserPolicy' && at >= (job.closedAt ?? Infinity),
  )
  const removal = removals.at(lateWrite ? -1 : 0)
  expect(removal, 'removed after the review').toBeDefined()
  const moments = [job.openedAt, ...changes.flatMap(({ at }) => [at, at + 1]), Date.now()]
  const open = moments.filter((at) => allowed(stage, at))
  expect(open.length, 'access was open').toBeGreaterThan(0)
  const last = Math.max(...open)
  expect(Math.min(...open)).toBeGreaterThan(job.openedAt)
  expect(last, 'access after its removal').toBeLessThanOrEqual(removal?.at ?? 0)
  expect(last, 'access after the lease').toBeLessThan(Date.parse(grant?.endsAt ?? ''))
  expect(last, 'access after it was told to be gone').toBeLessThan(Date.parse(grant?.endedAt ?? ''))
}

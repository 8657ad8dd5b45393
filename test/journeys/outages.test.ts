// GitHub and AWS on bad days, while access has to begin or to end.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { begin, type Journey } from '../support/journey.ts'
import {
  check,
  checksOn,
  comment,
  commentsOn,
  countOf,
  ended,
  given,
  grantOf,
  grantsOn,
  line,
  mayReadLogs,
  nthLine,
  openPull,
  ours,
  refused,
} from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
/** Longer than any wait between two tries. */
const patience = 2 * minute
let on: Journey
beforeAll(async () => {
  on = await begin({ clock })
})
afterAll(() => on.end())
afterEach(() => {
  on.aws.staleReads(0)
})

describe('GitHub is away while a lease runs out', () => {
  test.each<readonly [string, (gone: Promise<void>) => Response | Promise<Response>]>([
    ['with errors', () => new Response('down', { status: 500 })],
    [
      'without a word',
      async (back) => {
        await back
        return new Response('down', { status: 500 })
      },
    ],
  ])('%s: access ends on time, and the report catches up', async (_, answer) => {
    const pull = openPull(on)
    const id = await given(on, pull, on.people.octocat)
    const told = await comment(on, pull, '**active**')
    await check(on, pull, { conclusion: 'neutral' })
    const back = Promise.withResolvers<void>()
    const comeBack = on.github.intercept((_call, phase) =>
      phase === 'before' ? answer(back.promise) : undefined,
    )

    clock.turn(60 * minute)
    await ended(on, id)
    expect(mayReadLogs(on, on.iam.octocat)).toBe(false)
    expect(ours(on, on.iam.octocat)).toEqual([])
    expect(checksOn(on, pull.pull.headSha).at(-1)).toMatchObject({ conclusion: 'neutral' })

    comeBack()
    back.resolve()
    clock.turn(patience)
    await check(on, pull, { status: 'completed', conclusion: 'success' })
    expect((await comment(on, pull, 'the lease was over')).id).toBe(told.id)
  })

  test('nothing is given on ground that cannot be read', async () => {
    const pull = openPull(on)
    const comeBack = on.github.intercept((_call, phase) =>
      phase === 'before' ? new Response('down', { status: 502 }) : undefined,
    )
    const [delivery] = on.github.requestReview(pull, on.people.alice, on.people.octocat)
    await line(on, 'delivery.failed', { delivery: delivery?.id })
    expect(ours(on, on.iam.octocat)).toEqual([])
    comeBack()
    clock.turn(minute)
    const { fields } = await line(on, 'grant.activated', { subject: pull.number })
    on.github.submitReview(pull, on.people.octocat, 'approved')
    await ended(on, String(fields['grant']))
  })
})

describe('a process that is cut off while it reports', () => {
  test('after a run was completed, makes a new one for what comes next', async () => {
    const pull = openPull(on)
    // The clock turns past the claim: what was done is done, and cannot be recorded any more.
    const off = on.github.intercept((call, phase) => {
      const completes = call.operation.includes('check-runs') && call.body.includes('"neutral"')
      if (phase !== 'after' || !completes) return
      off()
      clock.turn(minute)
    })
    const id = await given(on, pull, on.people.octocat)
    await line(on, 'report.failed', { subject: `${pull.repositoryId}#${pull.number}` })
    on.github.submitReview(pull, on.people.octocat, 'approved')
    await ended(on, id)
    clock.turn(patience)
    await check(on, pull, { status: 'completed', conclusion: 'success' })
    expect(checksOn(on, pull.pull.headSha).every(({ status }) => status === 'completed')).toBe(true)
    expect(commentsOn(on, pull).edited).toHaveLength(1)
  })
})

describe('AWS fails to remove', () => {
  test.each(['Throttling', 'ServiceFailure'])(
    'for a while (%s): it is tried until it is gone, and told meanwhile',
    async (code) => {
      const pull = openPull(on)
      const id = await given(on, pull, on.people.octocat)
      const failuresBefore = countOf(on, 'lane.failed')
      on.aws.fail(4, code, 'DeleteUserPolicy')
      on.github.submitReview(pull, on.people.octocat, 'approved')
      for (const n of [1, 2, 3]) {
        await nthLine(on, failuresBefore + n, 'lane.failed')
        expect(mayReadLogs(on, on.iam.octocat)).toBe(true)
        if (n === 3) break
        clock.turn(patience)
      }
      await line(on, 'grant.stuck', { grant: id })
      expect((await comment(on, pull, 'Stuck since')).body).toContain('aws iam delete-user-policy')
      expect(await grantOf(on, id)).toMatchObject({ phase: 'ending' })
      await check(on, pull, { status: 'in_progress' })

      clock.turn(patience)
      await nthLine(on, failuresBefore + 4, 'lane.failed')
      clock.turn(patience)
      await ended(on, id)
      expect(ours(on, on.iam.octocat)).toEqual([])
      await line(on, 'grant.unstuck', { grant: id })
      await check(on, pull, { status: 'completed', conclusion: 'success' })
      expect((await comment(on, pull, 'the review was submitted')).body).not.toContain('Stuck')
    },
  )

  test('and did it all the same: it is over once', async () => {
    const pull = openPull(on)
    const id = await given(on, pull, on.people.octocat)
    on.aws.applyThenFail(1, 'DeleteUserPolicy')
    on.github.submitReview(pull, on.people.octocat, 'approved')
    await line(on, 'lane.failed')
    clock.turn(patience)
    await ended(on, id)
    expect(await grantOf(on, id)).toMatchObject({ reason: 'reviewed' })
    expect(ours(on, on.iam.octocat)).toEqual([])
  })
})

test('AWS does not let Hallpass look: the pull request says so, and nothing is given', async () => {
  const pull = openPull(on)
  on.aws.fail(1, 'AccessDenied', 'SimulatePrincipalPolicy')
  const deliveries = on.github.requestReview(pull, on.people.alice, on.people.octocat)
  expect(await refused(on, deliveries)).toEqual(['cloud-refused'])
  await comment(on, pull, /an operator must renew or extend them/)
  await check(on, pull, { status: 'completed', conclusion: 'skipped' })
  expect(ours(on, on.iam.octocat)).toEqual([])
})

test('AWS makes a policy and says that it failed: there is one, and it is active', async () => {
  const pull = openPull(on)
  const failuresBefore = countOf(on, 'lane.failed')
  on.aws.applyThenFail(1, 'PutUserPolicy')
  on.github.requestReview(pull, on.people.alice, on.people.octocat)
  await nthLine(on, failuresBefore + 1, 'lane.failed')
  clock.turn(10_000)
  const { fields } = await line(on, 'grant.activated', { subject: pull.number })
  expect(ours(on, on.iam.octocat)).toHaveLength(1)
  expect(await grantsOn(on, pull)).toMatchObject([{ phase: 'active' }])
  on.github.submitReview(pull, on.people.octocat, 'approved')
  await ended(on, String(fields['grant']))
})

describe('reads that lag behind writes', () => {
  let lagging: Journey
  beforeAll(async () => {
    lagging = await begin({ lagMs: 800 })
  })
  afterAll(() => lagging.end())

  test('make no false end, no second grant, and nothing that is put back', async () => {
    const { aws, github, iam, people } = lagging
    aws.staleReads(600)
    const pull = openPull(lagging)
    const id = await given(lagging, pull, people.octocat)
    expect(await grantsOn(lagging, pull)).toHaveLength(1)
    expect(ours(lagging, iam.octocat)).toHaveLength(1)
    github.submitReview(pull, people.octocat, 'approved')
    await ended(lagging, id)
    expect(ours(lagging, iam.octocat)).toEqual([])
    expect(await grantOf(lagging, id)).toMatchObject({ reason: 'reviewed' })
  })

  test('make no false end where access ends before anybody could see it begin', async () => {
    const { aws, github, iam, people } = lagging
    aws.staleReads(600)
    const pull = openPull(lagging)
    github.requestReview(pull, people.alice, people.mona)
    await aws.waitFor(() => ours(lagging, iam.mona).length === 1)
    github.submitReview(pull, people.mona, 'approved')
    const { fields } = await line(lagging, 'grant.ended', { subject: pull.number })
    expect(ours(lagging, iam.mona)).toEqual([])
    expect(await grantOf(lagging, String(fields['grant']))).toMatchObject({ reason: 'reviewed' })
    const last = aws.history.findLast((change) => change.policy?.startsWith('hallpass-'))
    expect(last).toMatchObject({ operation: 'DeleteUserPolicy' })
  })
})

// What ends access, each from its own webhook or from the clock alone.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PullRequest } from '../../sandbox/github/index.ts'
import { begin, type Journey } from '../support/journey.ts'
import {
  check,
  checksOn,
  comment,
  ended,
  given,
  grantOf,
  handled,
  heldBack,
  mayReadLogs,
  openPull,
  ours,
} from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
let on: Journey
beforeAll(async () => {
  on = await begin({ clock })
})
// GitHub takes so many writes a minute from one installation: none of these waits for the room that another took.
beforeEach(() => clock.turn(minute))
afterAll(() => on.end())

interface Ending {
  readonly reason: string
  readonly said: string
  act(pull: PullRequest): void
}

const endings: readonly Ending[] = [
  {
    reason: 'reviewed',
    said: 'the review was submitted',
    act: (pull) => on.github.submitReview(pull, on.people.octocat, 'approved'),
  },
  {
    reason: 'reviewed',
    said: 'the review was submitted',
    act: (pull) => on.github.submitReview(pull, on.people.octocat, 'changes_requested'),
  },
  {
    reason: 'unrequested',
    said: 'the review was no longer requested',
    act: (pull) => on.github.removeReviewRequest(pull, on.people.alice, on.people.octocat),
  },
  {
    reason: 'closed',
    said: 'the pull request was closed',
    act: (pull) => on.github.closePullRequest(pull, on.people.alice),
  },
  {
    reason: 'merged',
    said: 'the pull request was merged',
    act: (pull) => on.github.closePullRequest(pull, on.people.alice, { merged: true }),
  },
  { reason: 'expired', said: 'the lease was over', act: () => clock.turn(60 * minute) },
]

describe('access ends', () => {
  test.each(endings)('as $reason: $said', async ({ reason, said, act }) => {
    const pull = openPull(on)
    const id = await given(on, pull, on.people.octocat)
    const told = await comment(on, pull, '**active**')
    const neutral = await check(on, pull, { conclusion: 'neutral' })

    const removal = heldBack(on, 'DeleteUserPolicy')
    act(pull)
    const ending = await check(on, pull, { status: 'in_progress' })
    expect(ending.id).not.toBe(neutral.id)
    await comment(on, pull, '**ending**')
    expect(mayReadLogs(on, on.iam.octocat)).toBe(reason !== 'expired')
    removal.letGo()

    await ended(on, id)
    expect(await grantOf(on, id)).toMatchObject({ phase: 'ended', reason })
    expect(mayReadLogs(on, on.iam.octocat)).toBe(false)
    expect(ours(on, on.iam.octocat)).toEqual([])
    const success = await check(on, pull, { status: 'completed', conclusion: 'success' })
    expect(success.id).not.toBe(neutral.id)
    expect(neutral).toMatchObject({ status: 'completed', conclusion: 'neutral' })
    expect((await comment(on, pull, said)).id).toBe(told.id)
  })
})

test('a review by somebody else, and a mere comment of one’s own, end nothing', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  await handled(on, on.github.submitReview(pull, on.people.mona, 'approved'))
  await handled(on, on.github.submitReview(pull, on.people.octocat, 'commented', 'why 100?'))
  expect(await grantOf(on, id)).toMatchObject({ phase: 'active' })
  expect(mayReadLogs(on, on.iam.octocat)).toBe(true)
  on.github.submitReview(pull, on.people.octocat, 'approved')
  await ended(on, id)
})

test('a push puts the check on the new head and leaves access as it is', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  const former = pull.pull.headSha
  await check(on, pull, { conclusion: 'neutral' })
  on.github.push(pull, on.people.alice, { 'services/orders/pushed.ts': 'export {}\n' })
  expect(pull.pull.headSha).not.toBe(former)
  await check(on, pull, { status: 'completed', conclusion: 'neutral' })
  expect(checksOn(on, former).map(({ status }) => status)).toEqual(['completed'])
  expect(mayReadLogs(on, on.iam.octocat)).toBe(true)
  on.github.closePullRequest(pull, on.people.alice)
  await ended(on, id)
  await check(on, pull, { conclusion: 'success' })
})

test('asked again after the end, the same person gets a new grant and the same comment tells of it', async () => {
  const pull = openPull(on)
  const first = await given(on, pull, on.people.octocat)
  const told = await comment(on, pull, '**active**')
  on.github.submitReview(pull, on.people.octocat, 'changes_requested')
  await ended(on, first)
  clock.turn(minute)
  const second = await given(on, pull, on.people.octocat)
  expect(second).not.toBe(first)
  expect((await comment(on, pull, second)).id).toBe(told.id)
  await check(on, pull, { conclusion: 'neutral' })
  on.github.closePullRequest(pull, on.people.alice)
  await ended(on, second)
})

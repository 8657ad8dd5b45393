// From the signed webhook to the comment, the check and what IAM allows; in each way of storing.
import { afterEach, describe, expect, test } from 'vitest'
import { stores } from '../support/databases.ts'
import { begin, type Journey } from '../support/journey.ts'
import {
  check,
  checksOn,
  comment,
  ended,
  given,
  heldBack,
  mayReadLogs,
  ours,
} from '../support/seen.ts'

let journey: Journey | undefined
afterEach(async () => {
  await journey?.end()
  journey = undefined
})

describe.each(stores())('stored in $name', (store) => {
  test('a review request gives access, and the review ends it', { timeout: 60_000 }, async () => {
    const on = (journey = await begin({ store }))
    const { github, iam, people, pull } = on
    expect(mayReadLogs(on, iam.octocat)).toBe(false)

    const id = await given(on, pull, people.octocat)
    expect(mayReadLogs(on, iam.octocat)).toBe(true)
    expect(ours(on, iam.octocat).map(({ name }) => name)).toEqual([
      expect.stringMatching(new RegExp(`^hallpass-[a-z0-9]+-${id}$`)),
    ])
    const told = await comment(on, pull, '**active**')
    const neutral = await check(on, pull, { status: 'completed', conclusion: 'neutral' })

    const removal = heldBack(on, 'DeleteUserPolicy')
    github.submitReview(pull, people.octocat, 'approved')
    const ending = await check(on, pull, { status: 'in_progress' })
    expect(ending.id).not.toBe(neutral.id)
    await comment(on, pull, '**ending**')
    removal.letGo()

    await ended(on, id)
    expect(mayReadLogs(on, iam.octocat)).toBe(false)
    expect(ours(on, iam.octocat)).toEqual([])
    const success = await check(on, pull, { status: 'completed', conclusion: 'success' })
    expect(success.id).toBe(ending.id)
    expect(checksOn(on, pull.pull.headSha).map(({ conclusion }) => conclusion)).toEqual([
      'neutral',
      'success',
    ])
    const after = await comment(on, pull, 'the review was submitted')
    expect(after.id).toBe(told.id)
    expect(on.github.unhandled).toEqual([])
  })
})

test('without a single nudge, the sweep does it all', { timeout: 60_000 }, async () => {
  const on = (journey = await begin({ nudges: false }))
  const id = await given(on, on.pull, on.people.octocat)
  await comment(on, on.pull, '**active**')
  await check(on, on.pull, { conclusion: 'neutral' })
  on.github.submitReview(on.pull, on.people.octocat, 'approved')
  await ended(on, id)
  await comment(on, on.pull, 'the review was submitted')
  await check(on, on.pull, { conclusion: 'success' })
})

// What is posted to the ingress by people who mean no good, or by networks that repeat themselves.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { begin, type Journey } from '../support/journey.ts'
import { post } from '../support/posted.ts'
import { ended, given, grantsOn, handled, line, openPull, ours } from '../support/seen.ts'

describe('what is no delivery of GitHub’s', () => {
  let on: Journey
  let body: string
  beforeAll(async () => {
    // Nothing works on deliveries here, so that all that was taken in is still there to be seen.
    on = await begin({ parts: { ingress: true, worker: false } })
    on.github.untold(() => on.github.requestReview(on.pull, on.people.alice, on.people.octocat))
    body = on.github.lastDelivery().body
  })
  afterAll(() => on.end())

  const stored = async () => {
    const { ledger, clock } = on.hallpass.composition.deps
    return (await ledger.due(clock.now() + 60_000, { standingBefore: 0, limit: 10 })).deliveries
  }

  const changed = (edit: (payload: Record<string, unknown>) => void): string => {
    const payload = JSON.parse(body) as Record<string, unknown>
    edit(payload)
    return JSON.stringify(payload)
  }

  test.each<readonly [string, number, () => Parameters<typeof post>[1]]>([
    [
      'signed by somebody else',
      401,
      () => ({ event: 'pull_request', body, secret: 'a-guess-of-a-secret' }),
    ],
    [
      'of sixty megabytes',
      413,
      () => ({ event: 'pull_request', body: new Uint8Array(60_000_000).fill(0x20) }),
    ],
    [
      'sent as a form',
      415,
      () => ({
        event: 'pull_request',
        body: `payload=${encodeURIComponent(body)}`,
        contentType: 'application/x-www-form-urlencoded',
      }),
    ],
    [
      'of ten thousand nested arrays',
      400,
      () => ({ event: 'pull_request', body: '['.repeat(10_000) }),
    ],
    [
      'with ten thousand nested arrays inside',
      400,
      () => ({
        event: 'pull_request',
        body: changed((payload) => {
          payload['deep'] = 0
        }).replace('"deep":0', `"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}`),
      }),
    ],
    ['sent again under another event’s name', 400, () => ({ event: 'issues', body })],
    ['sent again as a review', 400, () => ({ event: 'pull_request_review', body })],
    [
      'with an action that nobody knows',
      202,
      () => ({ event: 'pull_request', body: changed((p) => (p['action'] = 'review_granted')) }),
    ],
    [
      'without an installation',
      202,
      () => ({ event: 'pull_request', body: changed((p) => delete p['installation']) }),
    ],
    ['without a delivery id', 400, () => ({ event: 'pull_request', body, id: 'none' })],
  ])('%s is answered with %i, and nothing is stored', async (_, status, posted) => {
    expect(await post(on, posted())).toBe(status)
    expect(await stored()).toEqual([])
  })

  test('a delivery as it should be is stored, once', async () => {
    const id = randomUUID()
    expect(await post(on, { event: 'pull_request', body, id })).toBe(202)
    expect(await post(on, { event: 'pull_request', body, id })).toBe(202)
    expect(await post(on, { event: 'pull_request', body })).toBe(202)
    expect(await stored()).toEqual([id])
  })
})

describe('what GitHub did send', () => {
  let on: Journey
  beforeAll(async () => {
    on = await begin()
  })
  afterAll(() => on.end())

  test('gives once, under however many delivery ids it comes', async () => {
    const pull = openPull(on)
    await given(on, pull, on.people.octocat)
    const { id } = on.github.lastDelivery('pull_request', 'review_requested')
    const replays = [on.github.replay(id), on.github.replay(id)]
    for (const replay of replays) await line(on, 'delivery.duplicate', { delivery: replay.id })
    expect(await grantsOn(on, pull)).toHaveLength(1)
    expect(ours(on, on.iam.octocat)).toHaveLength(1)
  })

  test('gives nothing again when it is redelivered after it is over', async () => {
    const pull = openPull(on)
    const id = await given(on, pull, on.people.mona)
    const asked = on.github.lastDelivery('pull_request', 'review_requested')
    on.github.submitReview(pull, on.people.mona, 'changes_requested')
    await ended(on, id)
    on.github.redeliver(asked.id)
    await line(on, 'delivery.duplicate', { delivery: asked.id })
    // The reviewer may be asked again: what counts is that nobody did.
    pull.pull.reviewers.push(on.people.mona.id)
    on.github.redeliver(asked.id)
    await on.github.deliveriesSettled()
    expect(await grantsOn(on, pull)).toHaveLength(1)
    expect(ours(on, on.iam.mona)).toEqual([])
  })

  test('ends access however late the request comes after the review', async () => {
    const pull = openPull(on)
    on.github.deliveryMode = 'hold'
    const asked = on.github.requestReview(pull, on.people.alice, on.people.mona)
    const reviewed = on.github.submitReview(pull, on.people.mona, 'approved')
    on.github.deliveryMode = 'send'
    on.github.release(reviewed)
    await handled(on, reviewed)
    on.github.release(asked)
    await handled(on, asked)
    expect(await grantsOn(on, pull)).toEqual([])
    expect(ours(on, on.iam.mona)).toEqual([])
  })
})

// Webhooks that never arrived are found in GitHub's list of deliveries and come in after all.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Delivery } from '../../sandbox/github/index.ts'
import { begin, type Journey } from '../support/journey.ts'
import {
  comment,
  countOf,
  ended,
  given,
  grantOf,
  grantsOn,
  line,
  openPull,
  ours,
} from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
/** Standing is read so seldom that it is the delivery that counts. */
const seldom = 24 * 60 * minute
let on: Journey
beforeAll(async () => {
  on = await begin({ clock, timing: { standingEveryMs: seldom } })
})
afterAll(() => on.end())
afterEach(() => {
  on.github.deliveryMode = 'send'
})

/** What `act` makes GitHub tell is lost on the way. */
function lost(act: () => readonly Delivery[]): Delivery {
  on.github.deliveryMode = 'drop'
  const [delivery] = act()
  on.github.deliveryMode = 'send'
  if (delivery === undefined) throw new Error('nothing was told')
  return delivery
}

test('a review that nobody told us of ends access, once it is found', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  const delivery = lost(() => on.github.submitReview(pull, on.people.octocat, 'approved'))
  clock.turn(6 * minute)
  await line(on, 'delivery.asked_again', { delivery: delivery.id })
  await ended(on, id)
  expect(await grantOf(on, id)).toMatchObject({ reason: 'reviewed' })
  expect(ours(on, on.iam.octocat)).toEqual([])
  expect(delivery.attempts.map(({ redelivery }) => redelivery)).toEqual([false, true])

  clock.turn(6 * minute)
  await line(on, 'delivery.recovered', { delivery: delivery.id })
  expect(countOf(on, 'delivery.asked_again', { delivery: delivery.id })).toBe(1)
})

test('a request that is found after twenty minutes gives nothing, and says to ask again', async () => {
  const pull = openPull(on)
  const delivery = lost(() => on.github.requestReview(pull, on.people.alice, on.people.mona))
  clock.turn(20 * minute)
  await line(on, 'delivery.handled', { delivery: delivery.id })
  expect(await grantsOn(on, pull)).toEqual([])
  expect(ours(on, on.iam.mona)).toEqual([])
  await comment(on, pull, 'Request the review again')
})

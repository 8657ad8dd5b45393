// What people are told of in comments of their own, from the webhook and from the clock alone.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { begin, type Journey } from '../support/journey.ts'
import { comment, commentsOn, ended, given, line, openPull, telling } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
let on: Journey
beforeAll(async () => {
  on = await begin({ clock })
})
afterAll(() => on.end())

test('a lease that was given is told once, and its end is warned of once, on time and by the clock alone', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  const granted = await telling(on, pull, '**Granted:**')
  expect(granted.body).toContain('@octocat **Granted:** `orders-logs-read` is yours until')
  await comment(on, pull, '**active** |')

  clock.turn(49 * minute)
  await comment(on, pull, '**active** |')
  expect(commentsOn(on, pull).told).toHaveLength(1)

  clock.turn(minute)
  const warning = await telling(on, pull, '**Ends soon:**')
  expect(warning.body).toMatch(
    /@octocat \*\*Ends soon:\*\* .*`\/access extend 1h` asks for more time/,
  )
  await comment(on, pull, '**active**, **ends soon**')
  await line(on, 'grant.warned', { grant: id })

  clock.turn(10 * minute)
  await ended(on, id)
  await comment(on, pull, 'the lease was over')
  // It ended as it was said that it would: nobody is told anew.
  expect(commentsOn(on, pull).told).toHaveLength(2)
})

// An IAM user who is renamed while they have access: the policy stays on them, and the old name tells nothing. The id does.
import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { UserRef } from '../../sandbox/aws/entities.ts'
import { begin, type Journey } from '../support/journey.ts'
import { logsPolicy } from '../support/policies.ts'
import {
  comment,
  countOf,
  ended,
  given,
  grantOf,
  heldBack,
  line,
  mayReadLogs,
  openPull,
  ours,
} from '../support/seen.ts'
import { turnedClock, type TurnedClock } from '../support/turned-clock.ts'

const minute = 60_000
let clock: TurnedClock
let on: Journey
beforeEach(async () => {
  clock = turnedClock()
  on = await begin({ clock })
})
afterEach(() => on.end())

/** NB: a look that the renaming comes between finds the user, and then no policy under their name. */
async function lookedAt(): Promise<void> {
  const { ledger } = on.hallpass.composition.deps
  const looksSoon = async () => {
    const now = clock.now()
    const { lanes, nextAt } = await ledger.due(now, { standingBefore: 0, limit: 10 })
    return lanes.length > 0 || (nextAt ?? Infinity) < now + 10_000
  }
  await expect.poll(looksSoon, { timeout: 45_000 }).toBe(false)
}

const rename = (): UserRef => on.aws.renameUser(on.iam.octocat, 'octocat-renamed')
const correctMap = () =>
  writeFile(
    on.hallpass.policyPath,
    logsPolicy().replace('user: octocat }', 'user: octocat-renamed }'),
  )

test('access is ended under the new name', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  await lookedAt()
  const renamed = rename()
  on.github.submitReview(pull, on.people.octocat, 'approved')
  await ended(on, id)
  expect(ours(on, renamed)).toEqual([])
  expect(mayReadLogs(on, renamed)).toBe(false)
  expect(countOf(on, 'grant.stuck')).toBe(0)
})

test('access is never told to have ended while it stands, where the users may not be listed', async () => {
  on.aws.fail(Infinity, 'AccessDenied', 'ListUsers')
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  await lookedAt()
  const renamed = rename()
  on.github.submitReview(pull, on.people.octocat, 'approved')
  await line(on, 'grant.stuck', { grant: id })
  await comment(on, pull, /Stuck since.*renamed.*by hand/s)

  // What one look found is recorded when the next one begins.
  for (const minutes of [40, 10]) {
    const look = heldBack(on, 'GetUser')
    clock.turn(minutes * minute)
    await look.arrived
    look.letGo()
  }
  expect(mayReadLogs(on, renamed)).toBe(true)
  expect(await grantOf(on, id)).toMatchObject({ phase: 'ending', reason: 'reviewed' })

  clock.turn(11 * minute)
  await ended(on, id)
  expect(mayReadLogs(on, renamed)).toBe(false)
  await comment(on, pull, /ended .*the review was submitted/)
})

test('a corrected identity map and a new request let the former policy be removed', async () => {
  const [pull, other] = [openPull(on), openPull(on)]
  const id = await given(on, pull, on.people.octocat)
  await lookedAt()
  const renamed = rename()
  await correctMap()
  const second = await given(on, other, on.people.octocat)
  expect(ours(on, renamed)).toHaveLength(2)

  on.github.submitReview(pull, on.people.octocat, 'approved')
  await ended(on, id)
  expect(ours(on, renamed).map(({ name }) => name.endsWith(second))).toEqual([true])
  expect(countOf(on, 'binding.changed', { change: 'remove' })).toBe(1)
  expect(countOf(on, 'lane.failed')).toBe(0)
})

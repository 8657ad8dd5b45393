// A burst that is more than GitHub takes at once: what is urgent goes first, the rest waits, and GitHub refuses nothing.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PullRequest } from '../../sandbox/github/index.ts'
import { askedToReview, beginGuarded, told, type Guarded } from '../support/guarded.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import {
  checksOn,
  commentsOn,
  countOf,
  found,
  line,
  nthLine,
  offerRun,
  openPull,
} from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const clock = turnedClock()
let on: Guarded
beforeAll(async () => {
  on = await beginGuarded({ clock, contentLimits: true })
})
afterAll(() => on.end())

/** How often each was seen to wait. */
const waits = new Map<PullRequest, number>()

/** Until it is told, or waits once more. */
async function toldOrWaiting(pull: PullRequest): Promise<void> {
  const next = (waits.get(pull) ?? 0) + 1
  const once = nthLine(on, next, 'report.waits', { subject: subjectKey(pull) })
  await Promise.race([found(on, 'what is told', () => isTold(pull)), once])
  waits.set(pull, countOf(on, 'report.waits', { subject: subjectKey(pull) }))
}

const isTold = (pull: PullRequest): boolean =>
  commentsOn(on, pull).edited.length > 0 && checksOn(on, pull.pull.headSha).length > 0

test('sixty pull requests at once make GitHub refuse nothing, and approvals overtake them', async () => {
  const pulls = Array.from({ length: 60 }, () => openPull(on))
  const left = () => pulls.filter((pull) => !isTold(pull)).length
  // tom is not eligible: each is refused, in a comment and a check.
  for (const pull of pulls) on.github.requestReview(pull, on.people.alice, on.people.tom)
  await line(on, 'report.waits')

  const urgent = openPull(on)
  const { code } = await askedToReview(on, urgent, on.people.octocat)
  await offerRun(on, urgent, code, 'action_required')
  await told(on, urgent, code)
  expect(left()).toBeGreaterThan(0)
  expect(countOf(on, 'report.failed')).toBe(0)

  for (;;) {
    await Promise.all(pulls.map(toldOrWaiting))
    if (left() === 0) break
    // NB: only now: a report that is under way when the clock is turned loses its claim, and is tried again later.
    clock.turn(minute)
  }
  expect(pulls.map((pull) => commentsOn(on, pull).edited.length)).toEqual(pulls.map(() => 1))
  const refused = on.github.calls.filter(
    ({ method, status }) => method !== 'GET' && (status ?? 0) >= 400,
  )
  expect(refused).toEqual([])
})

// One of three clouds is down: what the others do meanwhile, what people are told, and that nothing outlives its lease.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Active } from '../../src/domain/grants/types.ts'
import { takeDown, writes } from '../support/cloud-down.ts'
import { comment, countOf, ended, grantOf, line, nthLine, openPull } from '../support/seen.ts'
import {
  approve,
  beginEverywhere,
  everywhere,
  givenEverywhere,
  inParts,
  lanesOf,
  mayIn,
  nowhere,
  somebody,
  waits,
  type Everywhere,
  type May,
  type Somebody,
} from '../support/three-clouds.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
const hour = 60 * minute
/** Longer than any wait between two tries. */
const patience = 2 * minute
let on: Everywhere
let octocat: Somebody
let mona: Somebody
beforeAll(async () => {
  on = await beginEverywhere({ clock, timing: { cloudCallMs: 2_000 } })
  octocat = somebody(on, 'octocat')
  mona = somebody(on, 'mona')
})
afterAll(() => on.end())
beforeEach(() => clock.turn(3 * minute))

/** Tried in vain so often that people have to know. */
async function stuck(grant: string, lane: string): Promise<void> {
  const former = countOf(on, 'lane.failed', { lane })
  for (let n = 1; countOf(on, 'grant.stuck', { grant }) === 0 && n <= 3; n += 1) {
    await nthLine(on, former + n, 'lane.failed', { lane })
    if (n < 3) clock.turn(patience)
  }
  await line(on, 'grant.stuck', { grant })
}

const changesIn = (lane: string) => countOf(on, 'binding.changed', { lane, change: 'put' })

// What each cloud's errors mean is told by its adapter's own tests: here each kind of trouble meets some of them.
describe.each([
  ['aws', 'failing'],
  ['gcp', 'throttled'],
  ['azure', 'cut'],
] as const)('%s is %s', (cloud, trouble) => {
  test('when access begins: the others open, and it gives nothing once the lease is over', async () => {
    const pull = openPull(on)
    const waiting = await waits(on, pull, octocat)
    const { grant } = waiting
    const lane = lanesOf(octocat)[cloud]
    const puts = changesIn(lane)
    const down = takeDown(on, cloud, trouble)
    await approve(on, pull, waiting)
    await inParts(on, grant, 2)
    expect(mayIn(on, octocat, grant)).toEqual({ ...everywhere, [cloud]: false })
    await stuck(grant, lane)
    await comment(on, pull, /\*\*active\*\* in part: 2 of 3[\s\S]*\*\*Stuck since/)

    const { endsAt } = (await grantOf(on, grant)) as Active
    clock.turn(endsAt - clock.now())
    await line(on, 'grant.ending', { grant })
    expect(mayIn(on, octocat, grant)).toEqual(nowhere)
    down.back()
    clock.turn(hour + patience)
    await ended(on, grant)
    expect(mayIn(on, octocat, grant)).toEqual(nowhere)
    expect(changesIn(lane)).toBe(puts)
  })
})

test('a cloud that is down when somebody asks keeps them from nothing else', async () => {
  const pull = openPull(on)
  const down = takeDown(on, 'gcp', 'failing')
  const waiting = await waits(on, pull, octocat)
  await approve(on, pull, waiting)
  const { grant } = waiting
  await inParts(on, grant, 2)
  expect(mayIn(on, octocat, grant)).toEqual({ ...everywhere, gcp: false })
  down.back()
  clock.turn(patience)
  await inParts(on, grant, 3)
  clock.turn(6 * minute)
  on.github.submitReview(pull, octocat.person, 'approved')
  await nthLine(on, 3, 'grant.binding-gone', { grant })
  clock.turn(hour + minute)
  await ended(on, grant)
})

const byHand: Readonly<Record<keyof May, string>> = {
  aws: 'aws iam delete-user-policy --user-name octocat',
  gcp: 'gcloud projects get-iam-policy shop-prod',
  azure: 'az rest --method put',
}

describe.each([
  ['aws', 'cut'],
  ['gcp', 'failing'],
  ['azure', 'throttled'],
] as const)('%s is %s', (cloud, trouble) => {
  test('when access ends: the others close at once, and it is tried, and told, until it is gone', async () => {
    const pull = openPull(on)
    const grant = await givenEverywhere(on, pull, octocat)
    clock.turn(6 * minute)
    const lane = lanesOf(octocat)[cloud]
    const down = takeDown(on, cloud, trouble)
    on.github.submitReview(pull, octocat.person, 'approved')
    await nthLine(on, 2, 'grant.binding-gone', { grant })
    expect(mayIn(on, octocat, grant)).toEqual({ ...nowhere, [cloud]: true })
    await stuck(grant, lane)
    // Only what stands still, with the command that takes it back.
    const others = Object.values(byHand).filter((each) => each !== byHand[cloud])
    const absent = others.map((each) => `(?![\\s\\S]*${each})`).join('')
    await comment(on, pull, new RegExp(`^${absent}[\\s\\S]*Stuck since[\\s\\S]*${byHand[cloud]}`))

    down.back()
    clock.turn(patience)
    await nthLine(on, 3, 'grant.binding-gone', { grant })
    expect(mayIn(on, octocat, grant)).toEqual(nowhere)
    clock.turn(hour + minute)
    await ended(on, grant)
  })
})

describe.each(['aws', 'gcp', 'azure'] as const)('%s takes calls and never answers', (cloud) => {
  test('and holds up neither the other clouds of the same person, nor those of another one', async () => {
    const [first, second] = [openPull(on), openPull(on)]
    const other = await givenEverywhere(on, second, mona)
    clock.turn(6 * minute)
    const { grant, ...waiting } = await waits(on, first, octocat)
    const down = takeDown(on, cloud, 'hanging', writes[cloud])
    await approve(on, first, { grant, ...waiting })
    await inParts(on, grant, 2)
    expect(mayIn(on, octocat, grant)).toEqual({ ...everywhere, [cloud]: false })
    on.github.submitReview(second, mona.person, 'approved')
    await nthLine(on, 2, 'grant.binding-gone', { grant: other })
    expect(mayIn(on, mona, other)).toEqual({ ...nowhere, [cloud]: true })
    // It is given up, and tried again.
    await line(on, 'lane.failed', { lane: lanesOf(octocat)[cloud] })
    down.back()
    clock.turn(patience)
    await nthLine(on, 3, 'grant.binding-gone', { grant: other })
    await inParts(on, grant, 3)
    expect([mayIn(on, octocat, grant), mayIn(on, mona, other)]).toEqual([everywhere, nowhere])

    clock.turn(6 * minute)
    on.github.submitReview(first, octocat.person, 'approved')
    await nthLine(on, 3, 'grant.binding-gone', { grant })
    clock.turn(hour + minute)
    for (const each of [grant, other]) await ended(on, each)
  })
})

// One of three clouds is down: what the others do meanwhile, what people are told, and that nothing outlives its lease.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Active } from '../../src/domain/grants/types.ts'
import { takeDown, type Trouble } from '../support/cloud-down.ts'
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

const outages = (['aws', 'gcp', 'azure'] as const).flatMap((cloud) =>
  (['failing', 'throttled', 'cut'] as const).map((trouble) => [cloud, trouble] as const),
)

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

describe.each(outages)('%s is %s', (cloud, trouble) => {
  test('when access begins: the others open, and it gives nothing once the lease is over', async () => {
    const pull = openPull(on)
    const waiting = await waits(on, pull, octocat)
    const { grant } = waiting
    const lane = lanesOf(octocat)[cloud]
    const puts = changesIn(lane)
    const down = takeDown(on, cloud, trouble, undefined)
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

// What the policy limits: how many at once, how soon again, how long in a day; of a role, a person and a repository.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Issue, Repository } from '../../sandbox/github/index.ts'
import { answered, cameOf, inShort, say, told } from '../support/acts.ts'
import { castOf, catalog, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { ended, grantsOn, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const hour = 60 * minute
const clock = turnedClock()
let on: Journey
const somebody = castOf(() => on)

const limited = (name: string, limits: Readonly<Record<string, unknown>>, more = {}) =>
  [name, { when: { requested: {} } }, { limits, ...more }] as const
const free = (name: string) => [name, { when: { requested: {} } }, {}] as const

const policy = catalog(
  [
    limited('two-at-once', { at_once: 2 }),
    limited('cooled', { cooldown: '30m' }),
    limited('two-hours-a-day', { daily: '2h' }),
    free('any-1'),
    free('any-2'),
    free('any-3'),
    free('any-4'),
  ],
  {
    limits: {
      person: { at_once: 3, daily: '5h', cooldown: '2m' },
      repository: { at_once: 4 },
    },
  },
)

beforeAll(async () => {
  on = await begin({ clock, policy, timing: { standingEveryMs: 100 * hour } })
})
afterAll(() => on.end())
beforeEach(() => clock.turn(minute))

/** Of its own for each test, as its limit is. */
let repositories = 0
function repository(): Repository {
  const id = 7010 + ++repositories
  const made = on.github.addRepository(on.organization, `shop-${repositories}`, { id })
  on.github.setTeamRole(on.backend, made, 'write')
  return made
}
const issueIn = (inside: Repository): Issue => on.github.openIssue(inside, { author: 'octocat' })

async function ask(issue: Issue, who: Member, what: string): Promise<readonly string[]> {
  const { delivery } = await say(on, issue, who.person, `/access request ${what}`)
  const codes = await refused(on, [delivery])
  await cameOf(on, issue)
  return codes
}
const done = (issue: Issue, who: Member) => say(on, issue, who.person, '/access done')

describe('of a role', () => {
  test('so many are held at once, by all people together and wherever; then not one more', async () => {
    const [first, second, third] = [somebody(), somebody(), somebody()]
    const [here, there] = [issueIn(repository()), issueIn(repository())]
    expect(await ask(here, first, 'two-at-once')).toEqual([])
    expect(await ask(there, second, 'two-at-once')).toEqual([])
    expect(await ask(here, third, 'two-at-once')).toEqual(['limit-reached'])
    await told(on, here, '**Refused**', '2 at once')
    expect(reads(on, third, 'two-at-once')).toBe(false)
    await done(there, second)
    expect(await ask(here, third, 'two-at-once')).toEqual([])
    expect(reads(on, third, 'two-at-once')).toBe(true)
  })

  test('the next one waits for the cooldown, for the same person alone', async () => {
    const [who, other] = [somebody(), somebody()]
    const issue = issueIn(repository())
    expect(await ask(issue, who, 'cooled')).toEqual([])
    await done(issue, who)
    clock.turn(29 * minute)
    expect(await ask(issue, who, 'cooled')).toEqual(['cooldown'])
    await told(on, issue, '**Refused**', '30m')
    expect(await ask(issue, other, 'cooled')).toEqual([])
    clock.turn(2 * minute)
    expect(await ask(issue, who, 'cooled')).toEqual([])
    expect(reads(on, who, 'cooled')).toBe(true)
  })

  test('so long in a day, early ends counted as long as they lasted', async () => {
    const who = somebody()
    const issue = issueIn(repository())
    expect(await ask(issue, who, 'two-hours-a-day for 3h')).toEqual(['daily-limit'])
    expect(await ask(issue, who, 'two-hours-a-day for 90m')).toEqual([])
    clock.turn(30 * minute)
    await done(issue, who)
    clock.turn(3 * minute)
    // Half an hour is used.
    expect(await ask(issue, who, 'two-hours-a-day for 100m')).toEqual(['daily-limit'])
    await told(on, issue, '**Refused**', '2h within 24 hours')
    expect(await ask(issue, who, 'two-hours-a-day for 1h')).toEqual([])
    expect(reads(on, who, 'two-hours-a-day')).toBe(true)
    const [grant] = (await grantsOn(on, issue)).filter(({ phase }) => phase === 'active')
    clock.turn(62 * minute)
    await ended(on, grant?.id ?? '')
    expect(await ask(issue, who, 'two-hours-a-day for 1h')).toEqual(['daily-limit'])
    clock.turn(24 * hour)
    expect(await ask(issue, who, 'two-hours-a-day for 2h')).toEqual([])
  })

  test('an extension counts as well', async () => {
    const who = somebody()
    const issue = issueIn(repository())
    expect(await ask(issue, who, 'two-hours-a-day for 1h')).toEqual([])
    clock.turn(30 * minute)
    const [before] = await cameOf(on, issue)
    await say(on, issue, who.person, '/access extend 2h')
    const [same] = await cameOf(on, issue)
    expect(same).toMatchObject({ endsAt: before?.phase === 'active' ? before.endsAt : 0 })
    await answered(on, issue, '2h within 24 hours')
    await say(on, issue, who.person, '/access extend 80m')
    const [longer] = await cameOf(on, issue)
    expect(longer).not.toMatchObject({ endsAt: before?.phase === 'active' ? before.endsAt : 0 })
  })
})

describe('of a person', () => {
  test('so many at once over all roles', async () => {
    const who = somebody()
    const issue = issueIn(repository())
    for (const name of ['any-1', 'any-2', 'any-3']) expect(await ask(issue, who, name)).toEqual([])
    expect(await ask(issue, who, 'any-4')).toEqual(['limit-reached'])
    await told(on, issue, '**Refused**', '3 at once')
    expect(reads(on, who, 'any-4')).toBe(false)
  })

  test('a cooldown and a day’s total over all roles', async () => {
    const who = somebody()
    const issue = issueIn(repository())
    expect(await ask(issue, who, 'any-1 for 4h')).toEqual([])
    expect(await ask(issue, who, 'any-2 for 90m')).toEqual(['daily-limit'])
    await told(on, issue, '**Refused**', '5h within 24 hours')
    await done(issue, who)
    expect(await ask(issue, who, 'any-2 for 90m')).toEqual(['cooldown'])
    clock.turn(3 * minute)
    expect(await ask(issue, who, 'any-2 for 90m')).toEqual([])
  })
})

describe('of a repository', () => {
  test('so many at once over all people, and another repository has its own', async () => {
    const inside = repository()
    const issue = issueIn(inside)
    const people = [somebody(), somebody(), somebody(), somebody()]
    for (const who of people) expect(await ask(issue, who, 'any-1')).toEqual([])
    const late = somebody()
    expect(await ask(issueIn(inside), late, 'any-2')).toEqual(['limit-reached'])
    expect(await ask(issueIn(repository()), late, 'any-2')).toEqual([])
    expect(reads(on, late, 'any-2')).toBe(true)
    expect(inShort(await cameOf(on, issue))).toHaveLength(4)
  })
})

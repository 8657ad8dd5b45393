// A role with a parameter: IAM allows what belongs to the services that the change touches, and nothing else.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PullRequest } from '../../sandbox/github/index.ts'
import { cameOf, inShort, say, told } from '../support/acts.ts'
import { castOf, catalog, logsOf, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { ended, handled, line, ours, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const clock = turnedClock()
let on: Journey
const somebody = castOf(() => on)

const parameterized = (more: Readonly<Record<string, unknown>> = {}) => ({
  parameters: { service: { exists: 'services/{service}', max: 2 } },
  bindings: [logsOf('{service}')],
  ...more,
})
const paths = { include: ['services/{service}/**'], exclude: ['**/*.md'] }
const policy = catalog([
  ['touched', { when: { review_requested: { paths } } }, parameterized()],
  ['touched-on-request', { when: { requested: { paths } }, until: ['merged'] }, parameterized()],
  [
    'touched-and-approved',
    { when: { requested: { paths } } },
    parameterized({ approval: { by: ['team:backend'], count: 1, separate: false } }),
  ],
])

beforeAll(async () => {
  on = await begin({
    clock,
    policy,
    timing: { standingEveryMs: 60 * minute },
    files: { 'services/pay/a.ts': '1\n', 'services/ship/a.ts': '1\n', 'services/x y/a.ts': '1\n' },
  })
})
afterAll(() => on.end())
beforeEach(() => clock.turn(minute))

const services = ['orders', 'pay', 'ship'] as const
/** Of which services IAM shows them the logs. */
const seenBy = (who: Member): readonly string[] => services.filter((name) => reads(on, who, name))

const pullOn = (author: Member, ...changed: readonly string[]): PullRequest =>
  on.github.openPullRequest(on.repository, {
    author: author.person,
    files: Object.fromEntries(changed.map((path) => [path, `${on.repository.nextNumber}\n`])),
  })
const ask = (pull: PullRequest, who: Member) =>
  on.github.requestReview(pull, on.people.alice, who.person)

const touching: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['one service', ['services/pay/b.ts'], ['pay']],
  ['a file deep inside', ['services/orders/src/deep/c.ts', 'README.md'], ['orders']],
  ['two services', ['services/pay/b.ts', 'services/ship/b.ts'], ['pay', 'ship']],
  ['a third one by what does not count', ['services/pay/b.ts', 'services/ship/NOTES.md'], ['pay']],
]
test.each(touching)('%s: %j gives %j', async (_, changed, given) => {
  const reviewer = somebody()
  const pull = pullOn(somebody(), ...changed)
  const [grant] = await cameOf(on, pull, ask(pull, reviewer))
  expect(grant).toMatchObject({ phase: 'active', revision: { offer: { role: 'touched' } } })
  expect(seenBy(reviewer)).toEqual(given)
  const written = ours(on, reviewer.user)
    .map(({ document }) => document)
    .join()
  for (const name of services) expect(written.includes(`/shop/${name}:`)).toBe(given.includes(name))
  expect(written).not.toContain('{service}')
})

const refusedFor: readonly (readonly [string, string, readonly string[], RegExp])[] = [
  [
    'more than the role allows at once',
    'too-many-values',
    ['services/orders/b.ts', 'services/pay/b.ts', 'services/ship/b.ts'],
    /touches 3 .*at most 2/s,
  ],
  ['what is not on the base branch', 'value-not-on-base', ['services/new/a.ts'], /services\/new/],
  ['a name that cannot be a value', 'value-malformed', ['services/x y/b.ts'], /x y/],
  ['one good and one bad', 'value-malformed', ['services/pay/b.ts', 'services/x y/b.ts'], /x y/],
  ['a name with a wildcard', 'value-malformed', ['services/*/b.ts'], /cannot be/],
]
test.each(refusedFor)('%s is refused: %s', async (_, code, changed, said) => {
  const reviewer = somebody()
  const pull = pullOn(somebody(), ...changed)
  expect(await refused(on, ask(pull, reviewer))).toEqual([code])
  expect(await cameOf(on, pull)).toEqual([])
  expect(ours(on, reviewer.user)).toEqual([])
  await told(on, pull, '**Refused**', said)
})

test('a change elsewhere gives nothing, and nobody is told', async () => {
  const pull = pullOn(somebody(), 'docs/guide.ts')
  expect(await refused(on, ask(pull, somebody()))).toEqual([])
  expect(on.github.comments(pull)).toEqual([])
})

describe('a push', () => {
  test('ends it, and asking again gives what the change touches by then', async () => {
    const [author, reviewer] = [somebody(), somebody()]
    const pull = pullOn(author, 'services/pay/b.ts')
    const [first] = await cameOf(on, pull, ask(pull, reviewer))
    on.github.push(pull, author.person, { 'services/ship/b.ts': '2\n' })
    await ended(on, first?.id ?? '')
    expect(seenBy(reviewer)).toEqual([])
    await told(on, pull, /pushed/)

    on.github.removeReviewRequest(pull, on.people.alice, reviewer.person)
    clock.turn(minute)
    await cameOf(on, pull, ask(pull, reviewer))
    expect(seenBy(reviewer)).toEqual(['pay', 'ship'])
  })

  test('ends it whatever the rule’s `until` says', async () => {
    const author = somebody()
    const pull = pullOn(author, 'services/pay/b.ts')
    const asked = await say(on, pull, author.person, '/access request touched-on-request')
    const [grant] = await cameOf(on, pull, [asked.delivery])
    expect(seenBy(author)).toEqual(['pay'])
    on.github.push(pull, author.person, { 'README.md': 'more\n' })
    await ended(on, grant?.id ?? '')
    expect(seenBy(author)).toEqual([])
  })

  test('takes back what waits for approval: the code that was shown approves nothing', async () => {
    const [author, approver] = [somebody(), somebody()]
    const pull = pullOn(author, 'services/pay/b.ts')
    const asked = await say(on, pull, author.person, '/access request touched-and-approved')
    const [waiting] = await cameOf(on, pull, [asked.delivery])
    const code = waiting?.revision.code ?? ''
    await told(on, pull, code)
    await handled(on, on.github.push(pull, author.person, { 'services/ship/b.ts': '2\n' }).slice(1))
    await say(on, pull, approver.person, `/access approve ${code}`)
    expect(inShort(await cameOf(on, pull))).toEqual([
      `${author.person.login} touched-and-approved withdrawn`,
    ])
    expect(seenBy(author)).toEqual([])
  })
})

test('what was approved gives the services that were shown', async () => {
  const [author, approver] = [somebody(), somebody()]
  const pull = pullOn(author, 'services/pay/b.ts', 'services/orders/b.ts')
  const asked = await say(on, pull, author.person, '/access request touched-and-approved for 30m')
  const [waiting] = await cameOf(on, pull, [asked.delivery])
  expect(waiting?.revision.offer.parameters).toEqual({ service: ['orders', 'pay'] })
  expect(seenBy(author)).toEqual([])
  await say(on, pull, approver.person, `/access approve ${waiting?.revision.code}`)
  await line(on, 'grant.activated', { grant: waiting?.id })
  expect(seenBy(author)).toEqual(['orders', 'pay'])
})

// Each condition of a rule, met and not met: where it is not, nothing is given and nobody is told unasked.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PullRequest } from '../../sandbox/github/index.ts'
import { cameOf, inShort, say, told } from '../support/acts.ts'
import { castOf, catalog, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { ended, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
/** A Monday, 08:30 in Berlin. */
const clock = turnedClock(Date.UTC(2026, 10, 23, 7, 30))
let on: Journey
const somebody = castOf(() => on)

const labeled = (name: string, conditions: Readonly<Record<string, unknown>>) =>
  [name, { when: { labeled: { names: [name], ...conditions } }, to: 'author' }] as const

const [knownAuthor, knownActor] = [583231, 1002]
const policy = catalog([
  labeled('c-paths', { paths: { include: ['services/**'], exclude: ['**/*.md'] } }),
  labeled('c-base', { base: ['main', 'release/*'] }),
  labeled('c-labels', { labels: ['reviewed', 'size/*'] }),
  labeled('c-author-team', { author: ['team:core'] }),
  labeled('c-author-role', { author: ['role:maintain'] }),
  labeled('c-author-user', { author: [`user:${knownAuthor}`, 'team:core'] }),
  labeled('c-actor-team', { actor: ['team:core'] }),
  labeled('c-actor-role', { actor: ['role:maintain'] }),
  labeled('c-actor-user', { actor: [`user:${knownActor}`] }),
  labeled('c-draft', { draft: true }),
  labeled('c-ready', { draft: false }),
  labeled('c-all', { draft: false, base: ['main'], labels: ['reviewed'] }),
  labeled('c-hours', {
    hours: [{ zone: 'Europe/Berlin', days: ['mon-fri'], from: '09:00', until: '18:00' }],
  }),
  ['c-asked', { when: { requested: { draft: false } } }],
])

beforeAll(async () => {
  on = await begin({ clock, policy, timing: { standingEveryMs: 60 * minute } })
  on.github.addTeam(on.organization, 'core', { members: ['alice'] })
  for (const branch of ['develop', 'release/1'])
    on.github.putFile(on.repository, 'README.md', `# ${branch}\n`, { branch })
})
afterAll(() => on.end())
let turned = 0
beforeEach(() => {
  if (turned++ < 20) clock.turn(minute)
})

type Options = Partial<Parameters<Journey['github']['openPullRequest']>[1]>

function pullBy(author: Member, options: Options = {}): PullRequest {
  const files = { [`services/orders/${on.repository.nextNumber}.ts`]: 'export {}\n' }
  return on.github.openPullRequest(on.repository, { author: author.person, files, ...options })
}

interface Case {
  readonly name: string
  readonly met: () => readonly [Member, Options?]
  readonly unmet: () => readonly [Member, Options?]
  /** Who adds the label: alice unless set. */
  readonly by?: readonly [met: string, unmet: string]
}

const inCore = (): Member => {
  const member = somebody()
  const core = [...on.github.world.teams.values()].find(({ slug }) => slug === 'core')
  if (core !== undefined) on.github.setTeamMembership(core, member.person)
  return member
}
const maintainer = (): Member => {
  const member = somebody()
  on.github.setRole(on.repository, member.person, 'maintain')
  return member
}
const labels = (...all: readonly string[]) => ({ labels: all })

const cases: readonly Case[] = [
  {
    name: 'c-paths',
    met: () => [somebody()],
    unmet: () => [somebody(), { files: { 'services/orders/NOTES.md': 'x\n', 'other.ts': 'y\n' } }],
  },
  {
    name: 'c-base',
    met: () => [somebody(), { base: 'release/1' }],
    unmet: () => [somebody(), { base: 'develop' }],
  },
  {
    name: 'c-labels',
    met: () => [somebody(), labels('Reviewed', 'size/XL')],
    unmet: () => [somebody(), labels('reviewed', 'sizes')],
  },
  { name: 'c-author-team', met: () => [inCore()], unmet: () => [maintainer()] },
  { name: 'c-author-role', met: () => [maintainer()], unmet: () => [inCore()] },
  { name: 'c-author-user', met: () => [inCore()], unmet: () => [somebody()] },
  {
    name: 'c-actor-team',
    met: () => [somebody()],
    unmet: () => [inCore()],
    by: ['alice', 'octocat'],
  },
  {
    name: 'c-actor-role',
    met: () => [somebody()],
    unmet: () => [maintainer()],
    by: ['keeper', 'alice'],
  },
  {
    name: 'c-actor-user',
    met: () => [somebody()],
    unmet: () => [somebody()],
    by: ['mona', 'alice'],
  },
  { name: 'c-draft', met: () => [somebody(), { draft: true }], unmet: () => [somebody()] },
  { name: 'c-ready', met: () => [somebody()], unmet: () => [somebody(), { draft: true }] },
  {
    name: 'c-all',
    met: () => [somebody(), labels('reviewed')],
    unmet: () => [somebody(), { ...labels('reviewed'), draft: true }],
  },
]

describe('a rule with the condition', () => {
  beforeAll(() => {
    const keeper = on.github.addUser('keeper')
    on.github.setMembership(on.organization, keeper)
    on.github.setRole(on.repository, keeper, 'maintain')
  })

  test.each(cases)('$name gives where it is met, and is silent where not', async (each) => {
    const [metBy, unmetBy] = each.by ?? ['alice', 'alice']
    const [stranger, otherwise] = each.unmet()
    const unmet = pullBy(stranger, otherwise)
    const silent = on.github.addLabel(unmet, unmetBy, each.name)
    expect(await refused(on, silent)).toEqual([])
    expect(await cameOf(on, unmet)).toEqual([])
    expect(on.github.comments(unmet)).toEqual([])
    expect(reads(on, stranger, each.name)).toBe(false)

    const [author, options] = each.met()
    const met = pullBy(author, options)
    const grants = await cameOf(on, met, on.github.addLabel(met, metBy, each.name))
    expect(inShort(grants)).toEqual([`${author.person.login} ${each.name} active`])
    expect(reads(on, author, each.name)).toBe(true)
  })

  const ofPullsAlone = ['c-paths', 'c-base', 'c-draft', 'c-ready', 'c-all']
  test.each(ofPullsAlone)('%s is met by no issue', async (name) => {
    const issue = on.github.openIssue(on.repository, {
      author: somebody().person,
      labels: ['reviewed'],
    })
    expect(await cameOf(on, issue, on.github.addLabel(issue, 'alice', name))).toEqual([])
    expect(on.github.comments(issue)).toEqual([])
  })
})

test('who asks for what no rule gives here now is told so', async () => {
  const author = somebody()
  const pull = pullBy(author, { draft: true })
  const { delivery } = await say(on, pull, author.person, '/access request c-asked')
  expect(await refused(on, [delivery])).toEqual(['no-such-rule'])
  await told(on, pull, 'No rule gives `c-asked` here')
  on.github.markReady(pull, author.person)
  const again = await say(on, pull, author.person, '/access request c-asked')
  const grants = await cameOf(on, pull, [again.delivery])
  expect(inShort(grants)).toEqual([`${author.person.login} c-asked active`])
})

test('what a path let somebody have is bound to the head: a push ends it', async () => {
  const author = somebody()
  const pull = pullBy(author)
  const [grant] = await cameOf(on, pull, on.github.addLabel(pull, 'alice', 'c-paths'))
  expect(grant?.revision.offer.boundHead).toBe(pull.pull.headSha)
  on.github.push(pull, author.person, { 'services/orders/more.ts': '1\n' })
  await ended(on, grant?.id ?? '')
  expect(reads(on, author, 'c-paths')).toBe(false)
  await told(on, pull, /pushed/)
})

test('more changed files than GitHub lists are refused, and said', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 3_001 }, (_, index) => [`generated/${index}.ts`, '1\n']),
  )
  const pull = pullBy(somebody(), { files: many })
  const asked = on.github.addLabel(pull, 'alice', 'c-paths')
  expect(await refused(on, asked)).toEqual(['paths-truncated'])
  await told(on, pull, '**Refused**', 'more files than GitHub lists')
})

test('a time window is of its zone: before it nothing, within it access, on a weekend nothing', async () => {
  const ask = async () => {
    const author = somebody()
    const pull = pullBy(author)
    const grants = await cameOf(on, pull, on.github.addLabel(pull, 'alice', 'c-hours'))
    return { author, grants }
  }
  const early = await ask()
  expect(early.grants).toEqual([])
  expect(new Date(clock.now()).toISOString()).toMatch(/T07:[45]/)

  clock.turn(30 * minute)
  const within = await ask()
  expect(inShort(within.grants)).toEqual([`${within.author.person.login} c-hours active`])
  expect(reads(on, within.author, 'c-hours')).toBe(true)

  clock.turn(5 * 24 * 60 * minute)
  const saturday = await ask()
  expect(saturday.grants).toEqual([])
})

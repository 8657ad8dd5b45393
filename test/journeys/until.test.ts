// What ends access before its lease: each word of `until` by its own webhook, and only where the rule has that word.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Delivery, Issue, PullRequest } from '../../sandbox/github/index.ts'
import { cameOf, idOf, inShort, told } from '../support/acts.ts'
import { castOf, catalog, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { check, ended, grantOf, handled } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const clock = turnedClock()
let on: Journey
const somebody = castOf(() => on)

const review = (until: readonly string[], name: string) =>
  [name, { when: { review_requested: { labels: [name] } }, until }] as const
const labeled = (until: readonly string[], name: string) =>
  [name, { when: { labeled: [name] }, to: 'assignees', until }] as const

const policy = catalog([
  review(['reviewed'], 'until-reviewed'),
  review(['unrequested'], 'until-unrequested'),
  review(['merged'], 'until-merged'),
  review(['pushed'], 'until-pushed'),
  labeled(['unlabeled'], 'until-unlabeled'),
  labeled(['unassigned'], 'until-unassigned'),
  labeled(['closed'], 'until-closed'),
  ['for-20m', { when: { labeled: ['for-20m'] }, to: 'assignees', for: '20m' }],
  ['left-out', { when: { labeled: ['left-out'] }, to: 'assignees' }],
  [
    'waiting',
    { when: { labeled: ['waiting'] }, to: 'assignees' },
    { approval: { by: ['team:backend'], count: 1 } },
  ],
])

beforeAll(async () => {
  on = await begin({ clock, policy, timing: { standingEveryMs: 60 * minute } })
})
afterAll(() => on.end())
beforeEach(() => clock.turn(minute))

interface Held {
  readonly subject: Issue
  readonly who: Member
  readonly grant: string
}

/** Somebody holds what the rule of this name gives. */
async function hold(name: string, kind: 'pull request' | 'issue' = 'pull request'): Promise<Held> {
  const [who, author] = [somebody(), somebody()]
  const rest = { author: author.person, assignees: [who.person] }
  const isReview = name !== 'until-closed' && policy.includes(`"labels":["${name}"]`)
  const labels = isReview ? [name] : []
  const files = { [`services/orders/${on.repository.nextNumber}.ts`]: 'export {}\n' }
  const subject =
    kind === 'issue'
      ? on.github.openIssue(on.repository, { ...rest, labels })
      : on.github.openPullRequest(on.repository, { ...rest, labels, files })
  const deliveries = isReview
    ? on.github.requestReview(subject as PullRequest, 'alice', who.person)
    : on.github.addLabel(subject, 'alice', name)
  const [grant, ...more] = await cameOf(on, subject, deliveries)
  expect(more).toEqual([])
  return { subject, who, grant: grant?.id ?? '' }
}

type Act = (held: Held) => readonly Delivery[]
const acts = {
  review: ({ subject, who }) =>
    on.github.submitReview(subject as PullRequest, who.person, 'approved'),
  unrequest: ({ subject, who }) =>
    on.github.removeReviewRequest(subject as PullRequest, 'alice', who.person),
  push: ({ subject }) =>
    on.github.push(subject as PullRequest, on.people.alice, { 'services/orders/x.ts': '1\n' }),
  unlabel: ({ subject }) => on.github.removeLabel(subject, 'alice', subject.labels[0]?.name ?? ''),
  unassign: ({ subject, who }) => on.github.unassign(subject, 'alice', who.person),
  merge: ({ subject }) =>
    on.github.closePullRequest(subject as PullRequest, 'alice', { merged: true }),
  close: ({ subject }) =>
    subject.pull === undefined
      ? on.github.closeIssue(subject, 'alice')
      : on.github.closePullRequest(subject as PullRequest, 'alice'),
} satisfies Record<string, Act>

/** The rule, what does not end it, what does, and as what. */
const cases: readonly (readonly [
  string,
  readonly (keyof typeof acts)[],
  keyof typeof acts,
  string,
])[] = [
  ['until-reviewed', ['push', 'unassign', 'unrequest'], 'review', 'reviewed'],
  ['until-unrequested', ['push', 'unassign', 'review'], 'unrequest', 'unrequested'],
  ['until-merged', ['push', 'unassign', 'review'], 'merge', 'merged'],
  ['until-pushed', ['unassign', 'review', 'unlabel'], 'push', 'pushed'],
  ['until-unlabeled', ['push', 'unassign'], 'unlabel', 'unlabeled'],
  ['until-unassigned', ['push', 'unlabel'], 'unassign', 'unassigned'],
  ['until-closed', ['push', 'unlabel', 'unassign'], 'close', 'closed'],
  // NB: nothing is held from what is over, whatever the rule says.
  ['until-merged', [], 'close', 'closed'],
  ['until-unlabeled', [], 'merge', 'merged'],
]

describe('on a pull request', () => {
  test.each(cases)('%s: not by %j, but by %s', async (name, not, act, reason) => {
    const held = await hold(name)
    for (const other of not) await handled(on, acts[other](held))
    expect(await grantOf(on, held.grant)).toMatchObject({ phase: 'active' })
    expect(reads(on, held.who, name)).toBe(true)
    acts[act](held)
    await ended(on, held.grant)
    expect(await grantOf(on, held.grant)).toMatchObject({ phase: 'ended', reason })
    expect(reads(on, held.who, name)).toBe(false)
    await told(on, held.subject, /\bended\b/)
    await check(on, held.subject as PullRequest, { status: 'completed', conclusion: 'success' })
  })
})

describe('on an issue', () => {
  const issueCases: readonly (readonly [string, Act, string])[] = [
    ['left-out', acts.unlabel, 'unlabeled'],
    ['left-out', acts.unassign, 'unassigned'],
    ['left-out', acts.close, 'closed'],
    ['until-unlabeled', acts.close, 'closed'],
    ['until-unlabeled', ({ subject }) => on.github.deleteIssue(subject, owner()), 'closed'],
    [
      'until-unlabeled',
      ({ subject }) =>
        on.github.transferIssue(
          subject,
          owner(),
          on.github.addRepository(on.organization, `shop-${subject.number}`),
        ).deliveries,
      'closed',
    ],
  ]
  let made = 0
  function owner() {
    const person = on.github.addUser(`owner-${++made}`)
    on.github.setMembership(on.organization, person, 'admin')
    return person
  }

  test.each(issueCases)('%s, case %#: as %s%s', async (name, act, reason) => {
    const held = await hold(name, 'issue')
    expect(reads(on, held.who, name)).toBe(true)
    act(held)
    await ended(on, held.grant)
    expect(await grantOf(on, held.grant)).toMatchObject({ phase: 'ended', reason })
    expect(reads(on, held.who, name)).toBe(false)
  })
})

test('the unassigned person alone loses it', async () => {
  const [one, other] = [somebody(), somebody()]
  const issue = on.github.openIssue(on.repository, {
    author: 'alice',
    assignees: [one.person, other.person],
  })
  const grants = await cameOf(on, issue, on.github.addLabel(issue, 'alice', 'left-out'))
  on.github.unassign(issue, 'alice', one.person)
  await ended(on, idOf(grants, one.person))
  expect([one, other].map((each) => reads(on, each, 'left-out'))).toEqual([false, true])
})

test('the rule’s own time is over when it says, by the cloud itself', async () => {
  const { who, grant, subject } = await hold('for-20m', 'issue')
  await told(on, subject, '(20m)')
  clock.turn(19 * minute)
  expect(reads(on, who, 'for-20m')).toBe(true)
  const deleted = on.aws.calls.length
  clock.turn(2 * minute)
  expect(reads(on, who, 'for-20m')).toBe(false)
  await ended(on, grant)
  expect(await grantOf(on, grant)).toMatchObject({ reason: 'expired' })
  expect(on.aws.calls.slice(deleted).map(({ operation }) => operation)).toContain(
    'DeleteUserPolicy',
  )
})

describe('what waits for approval is withdrawn by what would end it:', () => {
  const ways: readonly (readonly [string, Act])[] = [
    ['unlabeled', acts.unlabel],
    ['unassigned', acts.unassign],
    ['closed', acts.close],
  ]
  test.each(ways)('%s', async (_, act) => {
    const who = somebody()
    const subject = on.github.openIssue(on.repository, {
      author: 'alice',
      assignees: [who.person],
    })
    const asked = on.github.addLabel(subject, 'alice', 'waiting')
    const [grant] = await cameOf(on, subject, asked)
    expect(grant).toMatchObject({ phase: 'requested' })
    await told(on, subject, grant?.revision.code ?? 'no code')
    await handled(on, act({ subject, who, grant: '' }))
    expect(inShort(await cameOf(on, subject))).toEqual([`${who.person.login} waiting withdrawn`])
    await told(on, subject, 'withdrawn')
    expect(reads(on, who, 'waiting')).toBe(false)
  })
})

// Every act that starts a rule, with everybody whom a rule can be for: from the webhook to what IAM lets them do.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Delivery, Issue, PullRequest, Team } from '../../sandbox/github/index.ts'
import { cameOf, idOf, inShort, say, told } from '../support/acts.ts'
import { castOf, catalog, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { check, ended, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const clock = turnedClock()
let on: Journey
const somebody = castOf(() => on)

/** Told by a label on the subject: each rule is for the subjects of one case. */
const triggers = {
  review_requested: (name: string) => ({ review_requested: { labels: [name] } }),
  labeled: (name: string) => ({ labeled: [name] }),
  assigned: (name: string) => ({ assigned: { labels: [name] } }),
  requested: () => ({ requested: {} }),
}
type Trigger = keyof typeof triggers
const recipients: Readonly<Record<Trigger, readonly (keyof Cast)[]>> = {
  review_requested: ['reviewer', 'author', 'assignees', 'sender'],
  labeled: ['reviewer', 'author', 'assignees', 'sender'],
  assigned: ['reviewer', 'author', 'assignees', 'sender'],
  requested: ['reviewer', 'author', 'assignees', 'sender', 'commenter'],
}
const cases = (Object.keys(triggers) as Trigger[]).flatMap((trigger) =>
  recipients[trigger].map((to) => [trigger, to, `${trigger}-${to}`.replaceAll('_', '-')] as const),
)

interface Cast {
  readonly author: Member
  readonly reviewer: Member
  readonly assignees: Member
  readonly sender: Member
  /** The sender, too. */
  readonly commenter: Member
}

const policy = catalog(
  [
    ...cases.map(([trigger, to, name]) => [name, { when: triggers[trigger](name), to }] as const),
    ['team-review', { when: { review_requested: { labels: ['team-review'] } } }],
    ['incident', { when: { labeled: ['incident/*'] }, to: 'assignees' }],
    ['incident-help', { when: { assigned: { labels: ['incident/*'] } } }],
  ],
  { limits: { repository: { at_once: 1_000 }, team: 3 } },
)

beforeAll(async () => {
  on = await begin({ clock, policy, timing: { standingEveryMs: 60 * minute } })
})
afterAll(() => on.end())
beforeEach(() => clock.turn(minute))

function gather(): Cast {
  const [author, reviewer, assignees, sender] = [somebody(), somebody(), somebody(), somebody()]
  return { author, reviewer, assignees, sender, commenter: sender }
}

const pullOf = ({ author, reviewer, assignees }: Cast, labels: readonly string[]): PullRequest =>
  on.github.openPullRequest(on.repository, {
    author: author.person,
    labels,
    files: { [`services/orders/${on.repository.nextNumber}.ts`]: 'export {}\n' },
    ...{ reviewers: [reviewer.person], assignees: [assignees.person] },
  })
const issueOf = ({ author, assignees }: Cast, labels: readonly string[]): Issue =>
  on.github.openIssue(on.repository, {
    author: author.person,
    labels,
    assignees: [assignees.person],
  })

/** The act that starts the rule of this name. */
async function act(
  trigger: Trigger,
  subject: Issue | PullRequest,
  { reviewer, assignees, sender }: Cast,
  name: string,
): Promise<readonly Delivery[]> {
  const by = sender.person
  switch (trigger) {
    case 'review_requested':
      if (subject.pull === undefined) throw new Error('nobody reviews an issue')
      return on.github.requestReview(subject as PullRequest, by, reviewer.person)
    case 'labeled':
      return on.github.addLabel(subject, by, name)
    case 'assigned':
      on.github.untold(() => on.github.unassign(subject, by, assignees.person))
      return on.github.assign(subject, by, assignees.person)
    case 'requested':
      return [(await say(on, subject, by, `/access request ${name}`)).delivery]
    default:
      return trigger satisfies never
  }
}

describe('on a pull request', () => {
  test.each(cases)('%s gives to its %s', async (trigger, to, name) => {
    const people = gather()
    const pull = pullOf(people, trigger === 'labeled' ? [] : [name])
    const deliveries = await act(trigger, pull, people, name)
    const grants = await cameOf(on, pull, deliveries)
    const { person } = people[to]
    expect(inShort(grants)).toEqual([`${person.login} ${name} active`])
    const all: readonly Member[] = Object.values({ ...people })
    expect(all.filter((each) => reads(on, each, name))).toEqual(
      all.filter((each) => each === people[to]),
    )
    await told(on, pull, '**active**', `\`${person.login}\``, `\`${name}\``)
    await check(on, pull, { status: 'completed', conclusion: 'neutral' })
  })
})

describe('on an issue', () => {
  const possible = cases.filter(
    ([trigger, to]) => trigger !== 'review_requested' && to !== 'reviewer',
  )
  test.each(possible)('%s gives to its %s', async (trigger, to, name) => {
    const people = gather()
    const issue = issueOf(people, trigger === 'labeled' ? [] : [name])
    const grants = await cameOf(on, issue, await act(trigger, issue, people, name))
    expect(inShort(grants)).toEqual([`${people[to].person.login} ${name} active`])
    expect(reads(on, people[to], name)).toBe(true)
    await told(on, issue, '**active**', `\`${people[to].person.login}\``, `\`${name}\``)
  })
})

describe('a team that is asked for a review', () => {
  let teams = 0
  const teamOf = (...members: readonly Member[]): Team => {
    const team = on.github.addTeam(on.organization, `asked-${++teams}`, {
      members: members.map(({ person }) => person),
    })
    on.github.setTeamRole(team, on.repository, 'read')
    return team
  }
  const pullBy = ({ person }: Member): PullRequest =>
    on.github.openPullRequest(on.repository, {
      author: person,
      labels: ['team-review'],
      files: { [`services/orders/${on.repository.nextNumber}.ts`]: 'export {}\n' },
    })
  const active = (...members: readonly Member[]) =>
    members.map(({ person }) => `${person.login} team-review active`)

  test('gives to its members who may hold the role, and not to the author', async () => {
    const [author, one, other] = [somebody(), somebody(), somebody()]
    const outsider = somebody({ backend: false })
    const team = teamOf(author, one, other, outsider)
    const pull = pullBy(author)
    const asked = on.github.requestTeamReview(pull, on.people.alice, team)
    const grants = await cameOf(on, pull, asked)
    expect(inShort(grants)).toEqual(active(one, other))
    const may = [author, one, other, outsider].map((each) => reads(on, each, 'team-review'))
    expect(may).toEqual([false, true, true, false])
    await told(on, pull, `\`${one.person.login}\``, `\`${other.person.login}\``)

    // The review of one ends theirs alone, and answers the team's request.
    on.github.submitReview(pull, one.person, 'approved')
    await ended(on, idOf(grants, one.person))
    expect(reads(on, other, 'team-review')).toBe(true)
    on.github.removeReviewRequest(pull, on.people.alice, team)
    await ended(on, idOf(grants, other.person))
    expect(reads(on, other, 'team-review')).toBe(false)
  })

  test('gives nothing to nobody when too many may', async () => {
    const team = teamOf(somebody(), somebody(), somebody(), somebody())
    const pull = pullBy(somebody())
    const asked = on.github.requestTeamReview(pull, on.people.alice, team)
    expect(await refused(on, asked)).toEqual(['team-too-large'])
    expect(await cameOf(on, pull)).toEqual([])
    await told(on, pull, '**Refused**', team.slug)
  })

  test('gives nothing when none of its members may', async () => {
    const pull = pullBy(somebody())
    const team = teamOf(somebody({ backend: false }))
    const asked = on.github.requestTeamReview(pull, on.people.alice, team)
    expect(await refused(on, asked)).toEqual(['not-eligible'])
    expect(await cameOf(on, pull)).toEqual([])
    await told(on, pull, '**Refused**', team.slug)
  })

  test('asked again while its members hold it gives nothing more, and gives anew after the end', async () => {
    const member = somebody()
    const team = teamOf(member)
    const pull = pullBy(somebody())
    const ask = () => on.github.requestTeamReview(pull, on.people.alice, team)
    const [first] = await cameOf(on, pull, ask())
    clock.turn(minute)
    expect(await refused(on, ask())).toEqual(['already-held'])
    on.github.removeReviewRequest(pull, on.people.alice, team)
    await ended(on, first?.id ?? '')
    clock.turn(minute)
    const grants = await cameOf(on, pull, ask())
    expect(inShort(grants)).toEqual([
      `${member.person.login} team-review active`,
      `${member.person.login} team-review ended`,
    ])
  })

  test('whose assignment names people in its place is one act: they receive once each', async () => {
    const [chosen, other] = [somebody(), somebody()]
    const team = teamOf(chosen, other)
    const pull = pullBy(somebody())
    on.github.deliveryMode = 'hold'
    const told = on.github.requestTeamReview(pull, on.people.alice, team, {
      assigns: [chosen.person],
    })
    on.github.deliveryMode = 'send'
    on.github.release(told)
    const grants = await cameOf(on, pull, told)
    expect(inShort(grants)).toEqual(active(chosen))
    expect(reads(on, other, 'team-review')).toBe(false)
    expect(await refused(on, told)).toEqual(['not-requested-any-more'])
  })
})

describe('an incident', () => {
  const open = (by: Member) => on.github.openIssue(on.repository, { author: by.person })

  test('gives to whoever is assigned when its label is added, and by assignment to whoever is later', async () => {
    const [first, second, later] = [somebody(), somebody(), somebody()]
    const issue = open(somebody())
    const assign = ({ person }: Member) => on.github.assign(issue, on.people.alice, person)
    expect(await refused(on, [...assign(first), ...assign(second)])).toEqual([])
    const labeled = await cameOf(on, issue, on.github.addLabel(issue, 'alice', 'Incident/Payments'))
    expect(inShort(labeled)).toEqual([
      `${first.person.login} incident active`,
      `${second.person.login} incident active`,
    ])
    const all = await cameOf(on, issue, assign(later))
    expect(inShort(all)).toEqual([
      `${first.person.login} incident active`,
      `${second.person.login} incident active`,
      `${later.person.login} incident-help active`,
    ])
    expect(reads(on, later, 'incident')).toBe(false)
    await told(on, issue, `\`${first.person.login}\``, `\`${later.person.login}\``)
  })

  test('without anybody assigned gives nothing, and says nothing', async () => {
    const issue = open(somebody())
    expect(await refused(on, on.github.addLabel(issue, 'alice', 'incident/quiet'))).toEqual([])
    expect(await cameOf(on, issue)).toEqual([])
    expect(on.github.comments(issue)).toEqual([])
  })

  test('another label means nothing', async () => {
    const issue = issueOf(gather(), [])
    expect(await refused(on, on.github.addLabel(issue, 'alice', 'incident'))).toEqual([])
    expect(await cameOf(on, issue)).toEqual([])
  })
})

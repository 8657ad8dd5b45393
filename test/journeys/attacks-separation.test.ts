// Defends: nobody approves what they asked for, receive or worked on, by whichever of their accounts.
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Account, PullRequest } from '../../sandbox/github/index.ts'
import {
  approved,
  asked,
  askedToReview,
  beginGuarded,
  guardedPolicy,
  says,
  standsNot,
  stillWaits,
  type Guarded,
  type Guards,
} from '../support/guarded.ts'
import { newcomer } from '../support/newcomer.ts'
import { grantOf, openPull, ours } from '../support/seen.ts'

/** All of them may approve, so that separation alone stands in their way. */
const everybody: Guards = {
  approval: '{ by: [team:sre, team:backend, user:1001], count: 1 }',
  role: 'forks: true',
}
let on: Guarded
let alt: Account
let nora: Account
beforeAll(async () => {
  on = await beginGuarded({ guards: everybody })
  const { github, organization, repository, sre } = on
  const member = (login: string, id: number, role: 'read' | 'write') => {
    const person = github.addUser(login, { id })
    github.setMembership(organization, person)
    github.setTeamMembership(sre, person)
    github.setRole(repository, person, role)
    return person
  }
  alt = member('alice-alt', 3201, 'write')
  nora = member('nora', 3202, 'read')
})
afterAll(() => on.end())
afterEach(() => writeFile(on.hallpass.policyPath, guardedPolicy(everybody)))

const apart = 'Who asked for it, receives it or worked on it does not approve it.'
const unproven =
  'Nobody can tell who wrote a commit of the head. Only somebody who may not write to its repository approves this.'

type Hand = (pull: PullRequest) => unknown
const nothing: Hand = () => undefined
const hands: readonly (readonly [string, () => Account, Hand])[] = [
  ['the recipient', () => on.people.octocat, nothing],
  ['the requester and author', () => on.people.alice, nothing],
  [
    'the author’s second account, which pushed commits in the author’s name',
    () => alt,
    (pull) => on.github.push(pull, alt, { 'b.ts': '1' }, { author: on.people.alice }),
  ],
  [
    'who pushed what was pushed over since',
    () => on.cast.sven,
    (pull) => {
      on.github.push(pull, on.cast.sven, { 'b.ts': '1' }, { author: on.people.alice })
      on.github.push(pull, on.people.alice, { 'b.ts': '2' }, { force: true })
    },
  ],
  [
    'the author of a commit that somebody else pushed',
    () => on.cast.sven,
    (pull) => on.github.push(pull, on.people.alice, { 'b.ts': '1' }, { author: on.cast.sven }),
  ],
  [
    'the committer of one',
    () => on.cast.sven,
    (pull) => on.github.push(pull, on.people.alice, { 'b.ts': '1' }, { committer: on.cast.sven }),
  ],
  [
    'who wrote an earlier one of the same push',
    () => on.cast.sven,
    (pull) =>
      on.github.push(
        pull,
        on.people.alice,
        { 'c.ts': '1' },
        {
          earlier: [{ author: on.cast.sven, files: { 'b.ts': '1' } }],
        },
      ),
  ],
  [
    'who pressed the button that updates the branch',
    () => on.cast.sven,
    (pull) => on.github.updateBranch(pull, on.cast.sven),
  ],
]

test.each(hands)('%s does not approve', async (_, who, hand) => {
  const pull = openPull(on)
  hand(pull)
  const waits = await askedToReview(on, pull, on.people.octocat)
  const { refusals } = await says(on, pull, who(), `/access approve ${waits.code}`)
  expect(refusals).toEqual([apart])
  const { revision } = await stillWaits(on, waits)
  expect(revision.offer.separated).toContain(who().id)
})

test('a hand in the head after the request counts as well', async () => {
  const pull = openPull(on)
  const waits = await askedToReview(on, pull, on.people.octocat)
  on.github.push(pull, alt, { 'b.ts': '1' }, { author: on.people.alice })
  await says(on, pull, alt, `/access approve ${waits.code}`)
  const { revision } = await grantOf(on, waits.grant)
  expect(revision).toMatchObject({ number: 2 })
  const { refusals } = await says(on, pull, alt, `/access approve ${revision.code}`)
  expect(refusals).toEqual([apart])
  await stillWaits(on, { ...waits, code: revision.code })
})

describe('a commit that nobody can be resolved for', () => {
  test('leaves only approvers who could not have pushed it', async () => {
    const { person, user } = newcomer(on, 1)
    const pull = openPull(on)
    on.github.push(pull, on.people.alice, { 'b.ts': '1' }, { author: null })
    const waits = await askedToReview(on, pull, person)
    for (const writer of [on.cast.sara, on.people.mona]) {
      const { refusals } = await says(on, pull, writer, `/access approve ${waits.code}`)
      expect(refusals).toEqual([unproven])
    }
    await stillWaits(on, waits, user)
    const { refusals } = await says(on, pull, nora, `/access approve ${waits.code}`)
    expect(refusals).toEqual([])
    expect(await grantOf(on, waits.grant)).not.toMatchObject({ phase: 'requested' })
  })

  test('of a fork leaves nobody: who may push there is not known', async () => {
    const { github, repository, people } = on
    const eve = github.addUser('eve', { id: 3203 })
    const fork = github.fork(repository, eve)
    const pull = github.openPullRequest(repository, {
      author: eve,
      from: fork,
      files: { 'a.ts': '1' },
    })
    const waits = await askedToReview(on, pull, people.octocat)
    for (const who of [on.cast.sara, nora]) {
      const { refusals } = await says(on, pull, who, `/access approve ${waits.code}`)
      expect(refusals).toEqual([unproven])
    }
    await stillWaits(on, waits)
  })
})

describe('who labels to skip the review', () => {
  test('asked for it: neither they nor the assignee approves', async () => {
    const { github, people, cast, repository } = on
    const issue = github.openIssue(repository, { author: 'alice', assignees: [people.octocat] })
    const waits = await asked(on, issue, people.octocat, () =>
      github.addLabel(issue, cast.sven, 'incident'),
    )
    for (const who of [cast.sven, people.octocat, people.alice]) {
      const { refusals } = await says(on, issue, who, `/access approve ${waits.code}`)
      expect(refusals).toEqual([apart])
    }
    await stillWaits(on, waits)
  })

  test('and assigns themselves is the recipient', async () => {
    const { github, people, repository } = on
    const issue = github.openIssue(repository, { author: 'alice' })
    github.assign(issue, people.mona, people.mona)
    const waits = await asked(on, issue, people.mona, () =>
      github.addLabel(issue, people.mona, 'incident'),
    )
    const { refusals } = await says(on, issue, people.mona, `/access approve ${waits.code}`)
    expect(refusals).toEqual([apart])
    await stillWaits(on, waits, on.iam.mona)
  })
})

describe('where two are needed', () => {
  const two = '{ by: [team:sre], count: 2 }'
  const both = (more: Guards = {}) =>
    writeFile(on.hallpass.policyPath, guardedPolicy({ ...everybody, approval: two, ...more }))

  test('one person in both stages is one person', async () => {
    const stages =
      '{ stages: [{ by: [team:sre], count: 1 }, { by: [team:sre, user:3001], count: 1 }] }'
    await both({ approval: stages })
    const pull = openPull(on)
    const { grant, code } = await askedToReview(on, pull, on.people.octocat)
    await says(on, pull, on.cast.sara, `/access approve ${code}`)
    const { refusals } = await says(on, pull, on.cast.sara, `/access approve ${code}`)
    expect(refusals).toEqual(['You have approved this before.'])
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'requested' })
    standsNot(on)
  })

  test('an approver who pushes afterwards takes their yes along', async () => {
    await both()
    const pull = openPull(on)
    const { grant, code } = await askedToReview(on, pull, on.people.octocat)
    await says(on, pull, on.cast.sven, `/access approve ${code}`)
    on.github.push(pull, on.cast.sven, { 'b.ts': '1' })
    const { refusals } = await says(on, pull, on.cast.sara, `/access approve ${code}`)
    expect(refusals[0]).toMatch(/has changed since it was shown/)
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'requested', approvals: [] })
    standsNot(on)
  })

  test.each<readonly [string, (who: Account) => unknown]>([
    ['is put out of the team', (who) => on.github.leaveTeam(on.sre, 'alice', who)],
    [
      'leaves the organization',
      (who) => on.github.leaveOrganization(on.organization, 'alice', who),
    ],
    ['is deleted', (who) => on.github.removeAccount(who)],
  ])('an approver who %s takes their yes along', async (what, leave) => {
    await both()
    const { github, organization, repository, sre, cast } = on
    const carl = github.addUser(`carl-${what.length}`)
    github.setMembership(organization, carl)
    github.setTeamMembership(sre, carl)
    github.setRole(repository, carl, 'write')
    const pull = openPull(on)
    const { grant, code } = await askedToReview(on, pull, on.people.octocat)
    await says(on, pull, carl, `/access approve ${code}`)
    expect(await grantOf(on, grant)).toMatchObject({ approvals: [{ by: { id: carl.id } }] })
    leave(carl)
    const { refusals } = await says(on, pull, cast.sara, `/access approve ${code}`)
    const now = await grantOf(on, grant)
    expect(refusals).toEqual([
      `What \`${code}\` named was approved by somebody who may not approve it now. Look at it again: its code is \`${now.revision.code}\` now, and former approvals do not count.`,
    ])
    expect(now).toMatchObject({ phase: 'requested', approvals: [], revision: { number: 2 } })
    standsNot(on)
  })

  test('two others give', async () => {
    await both()
    const { person, user } = newcomer(on, 2)
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, person)
    await says(on, pull, on.cast.sven, `/access approve ${waits.code}`)
    await approved(on, pull, waits)
    expect(ours(on, user)).toHaveLength(1)
  })
})

// Defends: an event is a request, never an authority. Who caused it, where and for whom is judged by numeric ids, live.
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Delivery, Issue, PullRequest } from '../../sandbox/github/index.ts'
import { account } from '../../sandbox/scene.ts'
import {
  approved,
  asked,
  askedToReview,
  beginGuarded,
  codesOn,
  guardedPolicy,
  guardedRole,
  ownComments,
  says,
  standsNot,
  type Guarded,
} from '../support/guarded.ts'
import { newcomer } from '../support/newcomer.ts'
import { ended, grantOf, grantsOn, handled, line, openPull, ours } from '../support/seen.ts'

/** Of what a change touches, without anybody's approval. */
const services = {
  roles: `
  service-logs:
    description: Read the logs of the services that a change touches
    parameters: { service: { exists: 'services/{service}', max: 2 } }
    bindings:
      - aws:
          account: '${account}'
          allow:
            - actions: [logs:FilterLogEvents]
              resources: ['arn:aws:logs:eu-central-1:${account}:log-group:/shop/{service}:*']
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 1h, max: 1h }
    approval: none
`,
  rules: `
  - name: what a change touches
    when: { requested: { paths: ['services/{service}/**'] } }
    give: service-logs
`,
}

let on: Guarded
beforeAll(async () => {
  on = await beginGuarded({
    guards: services,
    files: Object.fromEntries(
      ['payments', 'users', 'mail'].map((name) => [`services/${name}/main.ts`, 'export {}\n']),
    ),
  })
})
afterAll(() => on.end())
afterEach(() => writeFile(on.hallpass.policyPath, guardedPolicy(services)))

let writesBefore = 0
beforeEach(() => {
  writesBefore = writes()
})
const writes = (): number =>
  on.github.calls.filter(
    ({ method, operation }) => method !== 'GET' && !operation.includes('access_tokens'),
  ).length

/** What was sent while it was done, worked on. */
async function sentBy(act: () => unknown): Promise<readonly Delivery[]> {
  const before = on.github.deliveries.length
  act()
  const sent = on.github.deliveries
    .slice(before)
    .filter(({ action }) => action === 'labeled' || action === 'review_requested')
  await handled(on, sent)
  return sent
}

/** Refused, recorded, and nobody was told: whoever did it has no standing to make Hallpass write. */
async function unheard(where: Issue, codes: readonly string[]): Promise<void> {
  expect(codesOn(on, where)).toEqual(codes)
  const key = `${where.repositoryId}#${where.number}`
  const { ledger } = on.hallpass.composition.deps
  expect(await ledger.grantsOf(key)).toEqual([])
  expect(await ledger.report(key)).toBeUndefined()
  expect(writes()).toBe(writesBefore)
  expect(ownComments(on, where)).toEqual([])
  standsNot(on)
}

describe('who has no standing gets nothing by', () => {
  test.each([
    ['triage', 'tom', 'actor-without-standing'],
    ['a bot’s rights', 'renovate[bot]', 'actor-is-bot'],
  ])('a label, with %s', async (_, who, code) => {
    const issue = on.github.openIssue(on.repository, {
      author: 'alice',
      assignees: [on.people.octocat],
    })
    await sentBy(() => on.github.addLabel(issue, who, 'incident'))
    await unheard(issue, [code])
  })

  test('a label of other letters that look the same', async () => {
    const issue = on.github.openIssue(on.repository, {
      author: 'alice',
      assignees: [on.people.octocat],
    })
    for (const label of ['\u0456ncident', 'incident\u200b', 'incidents', ' incident'])
      await sentBy(() => on.github.addLabel(issue, 'alice', label))
    expect(codesOn(on, issue)).toEqual([])
    expect(writes()).toBe(writesBefore)
    standsNot(on)
  })

  test('an issue form that applies the label and the assignee', async () => {
    let issue: Issue | undefined
    await sentBy(() => {
      issue = on.github.openIssue(on.repository, {
        author: on.cast.rita,
        labels: ['incident'],
        assignees: [on.people.octocat],
        announced: true,
      })
    })
    if (issue === undefined) throw new Error('no issue')
    await unheard(issue, ['actor-without-standing'])
  })

  test.each([
    ['between two branches that are there', false],
    ['from a fork', true],
  ])('CODEOWNERS, on a stranger’s pull request %s', async (_, forked) => {
    const { github, repository, people, cast, backend } = on
    const author = forked ? github.addUser('eve') : cast.rita
    github.putFile(repository, 'x.ts', '1', { branch: 'left-over', author: people.alice })
    let pull: PullRequest | undefined
    await sentBy(() => {
      pull = github.openPullRequest(repository, {
        author,
        ...(forked
          ? { from: github.fork(repository, author), files: { 'x.ts': '2' } }
          : { head: 'left-over' }),
        reviewers: [people.octocat, backend],
        announced: true,
      })
    })
    if (pull === undefined) throw new Error('no pull request')
    expect(codesOn(on, pull)).toEqual(['actor-without-standing', 'actor-without-standing'])
    expect(await grantsOn(on, pull)).toEqual([])
    expect(ownComments(on, pull)).toEqual([])
    standsNot(on)
  })
})

describe('whoever is not meant to hold it gets nothing by being asked', () => {
  test.each<readonly [string, string, () => string]>([
    [
      'a collaborator from outside',
      'not-eligible',
      () => {
        const outsider = on.github.addUser('outsider')
        on.github.setRole(on.repository, outsider, 'write')
        return outsider.login
      },
    ],
    [
      'somebody without access',
      'recipient-without-standing',
      () => on.github.addUser('away').login,
    ],
    ['a bot', 'recipient-is-bot', () => 'renovate[bot]'],
    [
      'who took over the login of a former reviewer',
      'identity-missing',
      () => {
        const { github, organization, repository, backend, people } = on
        github.renameAccount(people.mona, 'mona-the-former')
        const usurper = github.addUser('mona')
        github.setMembership(organization, usurper)
        github.setTeamMembership(backend, usurper)
        github.setRole(repository, usurper, 'write')
        return usurper.login
      },
    ],
  ])('%s: %s', async (_, code, whom) => {
    const pull = openPull(on)
    await sentBy(() => on.github.requestReview(pull, on.people.alice, whom()))
    expect(codesOn(on, pull)).toEqual([code])
    expect(await grantsOn(on, pull)).toEqual([])
    standsNot(on)
    standsNot(on, on.iam.mona)
  })

  test('a team that changes: who joined after it was asked, and who left before the yes', async () => {
    const { github, people, backend, cast } = on
    const [stays, leaves, joins] = [newcomer(on, 1), newcomer(on, 4), newcomer(on, 5)]
    const pull = openPull(on)
    github.leaveTeam(backend, 'alice', joins.person)
    const team = github.addTeam(on.organization, 'reviewers', {
      members: [stays.person, leaves.person],
    })
    const asking = () => github.requestTeamReview(pull, people.alice, team)
    const [one, other] = await Promise.all([
      asked(on, pull, stays.person, asking),
      asked(on, pull, leaves.person, () => undefined),
    ])
    github.joinTeam(team, 'alice', joins.person)
    github.joinTeam(backend, 'alice', joins.person)
    // Nobody tells of it: whoever hears of it withdraws the request.
    github.untold(() => github.leaveTeam(team, 'alice', leaves.person))
    const { refusals } = await says(on, pull, cast.sara, `/access approve ${other.code}`)
    expect(refusals[0]).toMatch(/reviewer-4|not/)
    expect(await grantOf(on, other.grant)).toMatchObject({ phase: 'requested', approvals: [] })
    await approved(on, pull, one)
    for (const { user } of [leaves, joins]) standsNot(on, user)
    expect((await grantsOn(on, pull)).map(({ revision }) => revision.offer.recipient.id)).toEqual(
      expect.not.arrayContaining([joins.person.id]),
    )
    expect(ours(on, stays.user)).toHaveLength(1)
  })
})

describe('a repository', () => {
  const own = `version: 1\nrules:\n  - { name: own, when: { review_requested: {} }, give: ${guardedRole} }\n`

  test('of a name that the glob covers, which nobody enrolled', async () => {
    await writeFile(on.hallpass.policyPath, guardedPolicy(services))
    const { github, organization, people } = on
    const mine = github.addRepository(organization, 'shop-mine', {
      files: { '.github/hallpass.yml': own },
      roles: { octocat: 'admin', alice: 'admin' },
    })
    const pull = github.openPullRequest(mine, { author: 'alice', files: { 'a.ts': '1' } })
    await sentBy(() => github.requestReview(pull, people.alice, people.octocat))
    expect(codesOn(on, pull)).toEqual(['repository-not-enrolled'])
    expect(await grantsOn(on, pull)).toEqual([])
  })

  test('that took over the name of an enrolled one, which was renamed', async () => {
    const { github, organization, people } = on
    const roles = { octocat: 'admin', alice: 'admin' } as const
    const first = github.addRepository(organization, 'shop-till', { id: 7002, roles })
    await writeFile(
      on.hallpass.policyPath,
      guardedPolicy({ ...services, enrolled: '[7001, 7002]' }),
    )
    const before = github.openPullRequest(first, { author: 'alice', files: { 'a.ts': '1' } })
    github.deliveryMode = 'hold'
    const held = github.requestReview(before, people.alice, people.octocat)
    github.renameRepository(first, 'alice', 'shop-till-old')
    github.deliveryMode = 'send'
    const squatter = github.addRepository(organization, 'shop-till', {
      files: { '.github/hallpass.yml': own },
      roles,
    })
    const pull = github.openPullRequest(squatter, { author: 'alice', files: { 'a.ts': '1' } })
    expect(pull.number).toBe(before.number)
    await sentBy(() => github.requestReview(pull, people.alice, people.octocat))
    expect(codesOn(on, pull)).toEqual(['repository-not-enrolled'])
    // What was asked of the one is never taken for the other.
    github.release(held)
    for (const { id } of held) await line(on, 'delivery.failed', { delivery: id })
    expect([...(await grantsOn(on, pull)), ...(await grantsOn(on, before))]).toEqual([])
    standsNot(on)
  })

  test('that was renamed is the same one, and goes on', async () => {
    const { github, organization, people } = on
    const renamed = github.addRepository(organization, 'shop-cart', {
      id: 7003,
      roles: { alice: 'write' },
    })
    const { person, user } = newcomer(on, 3)
    github.setRole(renamed, person, 'read')
    for (const who of [on.cast.sara, people.alice]) github.setRole(renamed, who, 'write')
    const pull = github.openPullRequest(renamed, { author: 'alice', files: { 'a.ts': '1' } })
    const waits = await askedToReview(on, pull, person)
    github.renameRepository(renamed, 'alice', 'shop-basket')
    await approved(on, pull, waits)
    expect(ours(on, user)).toHaveLength(1)
  })
})

describe('changed paths give what they name, and no more:', () => {
  const ask = (pull: PullRequest) =>
    says(on, pull, on.people.octocat, '/access request service-logs')
  const touching = (...paths: readonly string[]) =>
    on.github.openPullRequest(on.repository, {
      author: on.people.alice,
      files: Object.fromEntries(paths.map((path) => [path, 'export const changed = 1\n'])),
    })

  test.each<readonly [string, string, readonly string[]]>([
    [
      'every directory is touched',
      'too-many-values',
      ['orders', 'payments', 'users', 'mail'].map((name) => `services/${name}/touched.ts`),
    ],
    [
      'a directory is added under the name that is wanted',
      'value-not-on-base',
      ['services/vault/a.ts'],
    ],
    ['a name is a wildcard', 'value-malformed', ['services/*/a.ts']],
    ['a name ends the resource’s own', 'value-malformed', ['services/orders:*/a.ts']],
    ['a name looks like another', 'value-malformed', ['services/\u043erders/a.ts']],
    ['a name is endless', 'value-malformed', [`services/${'o'.repeat(65)}/a.ts`]],
  ])('%s: %s', async (_, code, paths) => {
    const pull = touching(...paths)
    await ask(pull)
    expect(codesOn(on, pull)).toEqual([code])
    expect(await grantsOn(on, pull)).toEqual([])
    standsNot(on)
  })

  test('a directory is there on the branch alone that the pull request goes into', async () => {
    const { github, people, repository } = on
    const prepared = { repository, branch: 'prepared' }
    github.push(prepared, people.alice, { 'services/vault/a.ts': '1\n' })
    const pull = github.openPullRequest(repository, {
      author: people.alice,
      base: 'prepared',
      files: { 'services/vault/a.ts': '2\n' },
    })
    await ask(pull)
    expect(codesOn(on, pull)).toEqual(['value-not-on-base'])
  })

  test('more files than GitHub lists: paths-truncated', async () => {
    const pull = touching(
      'services/orders/a.ts',
      ...Array.from({ length: 3_000 }, (_, n) => `docs/${n}.md`),
    )
    await ask(pull)
    expect(codesOn(on, pull)).toEqual(['paths-truncated'])
    standsNot(on)
  })

  test('what is pushed afterwards ends it, and widens nothing', async () => {
    const pull = touching('services/orders/a.ts')
    const { grant } = await asked(on, pull, on.people.octocat, () =>
      on.github.comment(pull, on.people.octocat, '/access request service-logs'),
    )
    await line(on, 'grant.activated', { grant })
    const [put] = ours(on, on.iam.octocat)
    expect(JSON.stringify(put)).toContain('/shop/orders:')
    on.github.push(pull, on.people.alice, { 'services/payments/a.ts': '1' })
    await line(on, 'grant.ending', { grant, reason: 'pushed' })
    await ended(on, grant)
    expect(JSON.stringify(ours(on, on.iam.octocat))).not.toContain('payments')
    standsNot(on)
  })

  test('another base branch makes another change of the same commits', async () => {
    const { github, repository, people } = on
    github.putFile(repository, 'services/users/only-there.ts', '1', { branch: 'stable' })
    const pull = touching('services/orders/a.ts')
    const { grant } = await asked(on, pull, people.octocat, () =>
      github.comment(pull, people.octocat, '/access request service-logs'),
    )
    await line(on, 'grant.activated', { grant })
    github.retarget(pull, 'alice', 'stable')
    await ask(pull)
    expect(JSON.stringify(ours(on, on.iam.octocat))).not.toContain('users')
    await says(on, pull, people.octocat, '/access done')
    await ended(on, grant)
  })
})

test('and the same request gives, where all of it is as it should be', async () => {
  const { person, user } = newcomer(on, 2)
  const pull = openPull(on)
  await approved(on, pull, await askedToReview(on, pull, person))
  expect(ours(on, user)).toHaveLength(1)
})

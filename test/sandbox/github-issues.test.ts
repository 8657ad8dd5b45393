import { afterEach, describe, expect, test } from 'vitest'
import type { SandboxGitHub } from '../../sandbox/github/index.ts'
import { failure, scene } from './github-clients.ts'

const open: SandboxGitHub[] = []
afterEach(async () => {
  for (const github of open.splice(0)) await github.close()
})
async function begin(options: Parameters<typeof scene>[0] = {}) {
  const begun = await scene(options)
  open.push(begun.github)
  return begun
}
const parsed = (body: string) => JSON.parse(body) as Record<string, unknown>
const told = (github: SandboxGitHub) =>
  github.deliveries.map(({ event, action }) => `${event}.${action}`)

describe('a label', () => {
  test('is told with who put it on, what it is and when, and is read from the subject', async () => {
    let now = Date.UTC(2030, 0, 1)
    const { github, bob, repository, pull, octokit, at } = await begin({ now: () => now })
    const issue = github.openIssue(repository, { author: bob })
    for (const [subject, event, shown] of [
      [pull, 'pull_request', 'pull_request'],
      [issue, 'issues', 'issue'],
    ] as const) {
      now += 60_000
      github.addLabel(subject, bob, 'Needs-Prod')
      const updated_at = new Date(now).toISOString().replace('.000Z', 'Z')
      expect(parsed(github.lastDelivery(event).body)).toMatchObject({
        action: 'labeled',
        label: { id: expect.any(Number), name: 'Needs-Prod', color: expect.any(String) },
        sender: { login: 'bob', id: bob.id, type: 'User' },
        [shown]: { updated_at, labels: [{ name: 'Needs-Prod' }] },
        repository: { full_name: 'shop/orders' },
        installation: { id: expect.any(Number) },
      })
      const { data } = await octokit.rest.issues.get({ ...at, issue_number: subject.number })
      expect(data).toMatchObject({ updated_at, labels: [{ name: 'Needs-Prod' }] })
      github.removeLabel(subject, bob, 'needs-prod')
      expect(parsed(github.lastDelivery(event).body)).toMatchObject({
        action: 'unlabeled',
        label: { name: 'Needs-Prod' },
        [shown]: { labels: [] },
      })
    }
    const asPull = await octokit.rest.pulls.get({ ...at, pull_number: 1 })
    expect(asPull.data.labels).toEqual([])
  })

  test('has one id in its repository, is put on once, and is renamed everywhere without a word', async () => {
    const { github, ada, repository, pull, octokit, at } = await begin()
    const issue = github.openIssue(repository, { author: ada, labels: ['docs'] })
    github.addLabel(pull, ada, 'docs')
    expect(github.addLabel(pull, ada, 'DOCS')).toEqual([])
    expect(pull.labels).toEqual(issue.labels)
    github.renameLabel(repository, ada, 'docs', 'incident')
    expect(told(github)).toEqual(['pull_request.labeled'])
    const { data } = await octokit.rest.issues.listLabelsOnIssue({ ...at, issue_number: 2 })
    expect(data).toMatchObject([{ name: 'incident' }])
  })

  test('takes triage, and so does an assignment', async () => {
    const { github, bob, eve, repository, pull } = await begin()
    for (const role of ['none', 'read'] as const) {
      github.setRole(repository, eve, role)
      expect(() => github.addLabel(pull, eve, 'x')).toThrow(`eve has ${role}`)
      expect(() => github.assign(pull, eve, bob)).toThrow('triage')
    }
    github.setRole(repository, eve, 'triage')
    expect(github.addLabel(pull, eve, 'x')).toHaveLength(1)
    expect(github.assign(pull, eve, bob)).toHaveLength(1)
    expect(github.addLabel(pull, github.addBot('labeler[bot]'), 'y')).toHaveLength(1)
  })
})

test('an assignment is told with the assignee and who made it, once', async () => {
  const { github, ada, bob, repository, pull, octokit, at } = await begin()
  const issue = github.openIssue(repository, { author: bob })
  for (const [subject, event] of [
    [pull, 'pull_request'],
    [issue, 'issues'],
  ] as const) {
    github.assign(subject, bob, ada)
    expect(github.assign(subject, bob, ada)).toEqual([])
    expect(parsed(github.lastDelivery(event).body)).toMatchObject({
      action: 'assigned',
      assignee: { login: 'ada', id: ada.id },
      sender: { login: 'bob' },
    })
    const { data } = await octokit.rest.issues.get({ ...at, issue_number: subject.number })
    expect(data.assignees).toMatchObject([{ login: 'ada' }])
    github.unassign(subject, ada, ada)
    expect(github.unassign(subject, ada, ada)).toEqual([])
    expect(parsed(github.lastDelivery(event).body)).toMatchObject({
      action: 'unassigned',
      assignee: { login: 'ada' },
      sender: { login: 'ada' },
    })
  }
})

describe('an issue', () => {
  test('of a form has its labels and assignees from whoever submits it', async () => {
    const { github, eve, ada, org } = await begin()
    const site = github.addRepository(org, 'site', { visibility: 'public' })
    github.openIssue(site, {
      author: eve,
      labels: ['incident', 'sev1'],
      assignees: [ada],
      announced: true,
    })
    expect(told(github)).toEqual([
      'issues.opened',
      'issues.labeled',
      'issues.labeled',
      'issues.assigned',
    ])
    for (const { body } of github.deliveries)
      expect(parsed(body)).toMatchObject({
        sender: { login: 'eve' },
        issue: { author_association: 'NONE', labels: [{ name: 'incident' }, { name: 'sev1' }] },
      })
  })

  test('is closed, reopened and deleted', async () => {
    const { github, ada, bob, org, repository, octokit, at } = await begin()
    const issue = github.openIssue(repository, { author: bob })
    github.comment(issue, ada, 'hello')
    github.closeIssue(issue, bob, 'not_planned')
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'closed',
      issue: { state: 'closed', state_reason: 'not_planned', closed_by: { login: 'bob' } },
    })
    github.reopenIssue(issue, ada)
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'reopened',
      issue: { state: 'open', state_reason: 'reopened', closed_at: null },
    })
    expect(() => github.deleteIssue(issue, ada)).toThrow('takes admin')
    github.setMembership(org, ada, 'admin')
    github.deleteIssue(issue, ada)
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'deleted',
      issue: { number: 2 },
      sender: { login: 'ada' },
    })
    const gone = await failure(octokit.rest.issues.get({ ...at, issue_number: 2 }))
    expect(gone).toMatchObject({ status: 410 })
    const write = octokit.rest.issues.createComment({ ...at, issue_number: 2, body: 'x' })
    expect(await failure(write)).toMatchObject({ status: 410 })
  })

  test('that is transferred gets a number of its own, and its old place leads there', async () => {
    const { github, ada, bob, org, repository, pull, octokit, at } = await begin()
    const to = github.addRepository(org, 'payments', { roles: { ada: 'write' } })
    const issue = github.openIssue(repository, { author: bob, title: 'Down', labels: ['incident'] })
    github.comment(issue, bob, 'hello')
    expect(() => github.transferIssue(issue, bob, to)).toThrow('bob has none')
    expect(() => github.transferIssue(pull, ada, to)).toThrow('is a pull request')
    const { issue: moved, deliveries } = github.transferIssue(issue, ada, to)
    expect(deliveries.map(({ body }) => parsed(body))).toMatchObject([
      {
        action: 'transferred',
        issue: { number: 2, labels: [{ name: 'incident' }] },
        repository: { name: 'orders' },
        changes: { new_issue: { number: 1 }, new_repository: { id: to.id } },
      },
      {
        action: 'opened',
        issue: { number: 1, title: 'Down', labels: [] },
        repository: { name: 'payments' },
        changes: { old_issue: { number: 2 }, old_repository: { id: repository.id } },
      },
    ])
    expect(github.comments(moved).map(({ body }) => body)).toEqual(['hello'])
    const { data } = await octokit.rest.issues.get({ ...at, issue_number: 2 })
    expect(data).toMatchObject({ id: moved.id, number: 1, user: { login: 'bob' } })
  })

  test('is made by the App, in its name, and is found by its creator', async () => {
    const { github, ada, octokit, repository, at } = await begin()
    github.openIssue(repository, { author: ada })
    const { data, status } = await octokit.rest.issues.create({
      ...at,
      title: 'Review what was given',
      body: 'why',
      labels: ['review'],
      assignees: ['ada', 'nobody-at-all'],
    })
    expect(status).toBe(201)
    expect(data).toMatchObject({
      number: 3,
      user: { login: 'hallpass[bot]' },
      assignees: [{ login: 'ada' }],
      performed_via_github_app: { id: github.appId },
    })
    expect(told(github)).toEqual(['issues.opened', 'issues.labeled', 'issues.assigned'])
    expect(parsed(github.lastDelivery().body)).toMatchObject({ sender: { type: 'Bot' } })
    const numbers = async (query: object) =>
      (await octokit.rest.issues.listForRepo({ ...at, ...query })).data.map(({ number }) => number)
    expect(await numbers({ creator: 'hallpass[bot]' })).toEqual([3])
    expect(await numbers({ labels: 'Review' })).toEqual([3])
    expect(await numbers({})).toEqual([3, 2, 1])
    github.closeIssue(repository.issues.get(2) ?? expect.fail(), ada)
    expect(await numbers({})).toEqual([3, 1])
    expect(await numbers({ state: 'closed' })).toEqual([2])
    expect(await numbers({ state: 'all', per_page: 2, page: 2 })).toEqual([1])
  })

  test.each([
    ['no title', {}, 422],
    ['an empty title', { title: ' ' }, 422],
    ['a long title', { title: 'x'.repeat(257) }, 422],
    ['a long body', { title: 'x', body: 'x'.repeat(65_537) }, 422],
  ])('is not made with %s', async (_, wrong, status) => {
    const { octokit, repository } = await begin()
    const made = octokit.request('POST /repos/shop/orders/issues', wrong)
    expect(await failure(made)).toMatchObject({ status })
    expect(repository.issues.size).toBe(1)
  })

  test('is not made without issues: write', async () => {
    const { octokit, at } = await begin({ permissions: { pull_requests: 'write' } })
    const made = octokit.rest.issues.create({ ...at, title: 'x' })
    expect(await failure(made)).toMatchObject({ status: 403 })
  })
})

describe('a comment', () => {
  test('says what its author is to the repository, as far as everybody may know', async () => {
    const { github, ada, bob, eve, org } = await begin()
    const site = github.addRepository(org, 'site', { visibility: 'public', roles: { bob: 'read' } })
    const issue = github.openIssue(site, { author: eve })
    const zoe = github.addUser('zoe')
    github.putFile(site, 'x', '1', { author: zoe })
    const association = (who: typeof ada) => {
      github.comment(issue, who, 'hello')
      const { comment } = parsed(github.lastDelivery('issue_comment').body) as {
        comment: { author_association: string }
      }
      return comment.author_association
    }
    expect([eve, bob, zoe, ada].map(association)).toEqual([
      'NONE',
      'COLLABORATOR',
      'CONTRIBUTOR',
      'NONE',
    ])
    github.setMembership(org, ada, 'member', 'active', { publicly: true })
    expect(association(ada)).toBe('MEMBER')
  })

  test('says through which App it was written', async () => {
    const { github, bob, pull } = await begin()
    const via = (body: string) =>
      (parsed(body)['comment'] as { performed_via_github_app: { id: number } | null })
        .performed_via_github_app
    github.comment(pull, bob, '/access')
    expect(via(github.lastDelivery().body)).toBeNull()
    github.comment(pull, bob, '/access', { viaApp: true })
    expect(via(github.lastDelivery().body)?.id).not.toBe(github.appId)
    const renovate = github.addBot('renovate[bot]')
    github.comment(pull, renovate, '/access')
    expect(via(github.lastDelivery().body)).toMatchObject({ slug: 'renovate' })
  })

  test('is changed by its author and by writers only', async () => {
    const { github, ada, bob, eve, repository, pull } = await begin()
    expect(() => github.comment(pull, eve, 'x')).toThrow('takes read')
    github.setRole(repository, eve, 'read')
    const comment = github.comment(pull, bob, '/access request db')
    expect(() => github.editComment(comment, eve, '/access approve')).toThrow('takes write')
    expect(() => github.deleteComment(comment, eve)).toThrow('takes write')
    github.editComment(comment, ada, '/access approve')
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'edited',
      changes: { body: { from: '/access request db' } },
      comment: { body: '/access approve', user: { login: 'bob' } },
      sender: { login: 'ada' },
    })
    github.editComment(github.comment(pull, eve, 'a'), eve, 'b')
    pull.locked = true
    expect(() => github.comment(pull, eve, 'c')).toThrow('takes write')
  })

  test('is hidden, and takes people’s reactions, without a webhook', async () => {
    const { github, ada, bob, pull, octokit, at } = await begin()
    const comment = github.comment(pull, bob, 'x')
    const before = github.deliveries.length
    github.hideComment(comment, ada)
    github.react(comment, ada, '+1')
    github.react(comment, ada, '+1')
    expect(github.deliveries).toHaveLength(before)
    const { data } = await octokit.rest.issues.getComment({ ...at, comment_id: comment.id })
    expect(data).toMatchObject({ minimized: { reason: 'outdated' }, reactions: { '+1': 1 } })
    expect(github.reactions(comment)).toEqual(['+1'])
  })
})

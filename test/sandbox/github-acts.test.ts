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

describe('acts on a pull request', () => {
  test('a review request names exactly one of a person and a team, at the sandbox’s time', async () => {
    let now = Date.UTC(2030, 0, 1)
    const { github, ada, bob, org, pull, octokit, at } = await begin({ now: () => now })
    now += 60_000
    github.requestReview(pull, ada, bob)
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'review_requested',
      number: 1,
      requested_reviewer: { login: 'bob', id: bob.id },
      sender: { login: 'ada' },
      organization: { login: 'shop' },
      repository: { full_name: 'shop/orders' },
      installation: { id: expect.any(Number) },
      pull_request: { updated_at: '2030-01-01T00:01:00Z', requested_reviewers: [{ login: 'bob' }] },
    })
    expect(parsed(github.lastDelivery().body)).not.toHaveProperty('requested_team')
    const { data } = await octokit.rest.pulls.get({ ...at, pull_number: 1 })
    expect(data.updated_at).toBe('2030-01-01T00:01:00Z')

    github.requestTeamReview(pull, ada, github.addTeam(org, 'Backend'))
    const team = parsed(github.lastDelivery().body)
    expect(team).toMatchObject({ requested_team: { slug: 'backend' } })
    expect(team).not.toHaveProperty('requested_reviewer')
  })

  test('a withdrawn request, a review, a closing and a reopening say so', async () => {
    const { github, ada, bob, org, pull } = await begin()
    const team = github.addTeam(org, 'Backend')
    github.requestReview(pull, ada, bob)
    github.requestTeamReview(pull, ada, team)
    github.removeReviewRequest(pull, ada, bob)
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      requested_reviewer: { login: 'bob' },
      pull_request: { requested_reviewers: [] },
    })
    github.removeReviewRequest(pull, ada, team)
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      requested_team: { slug: 'backend' },
      pull_request: { requested_teams: [] },
    })
    github.submitReview(pull, bob, 'approved')
    expect(parsed(github.lastDelivery('pull_request_review').body)).toMatchObject({
      action: 'submitted',
      review: { state: 'approved', user: { login: 'bob' } },
    })
    github.closePullRequest(pull, bob)
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'closed',
      pull_request: { state: 'closed', merged: false },
    })
    github.reopenPullRequest(pull, bob)
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'reopened',
      pull_request: { state: 'open' },
    })
  })

  test('a new base, a draft and a dismissal say so', async () => {
    const { github, ada, bob, pull, repository, octokit, at } = await begin()
    github.push({ repository, branch: 'release' }, ada, { r: '1' })
    const from = pull.pull.baseSha
    github.retarget(pull, bob, 'release')
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'edited',
      changes: { base: { ref: { from: 'main' }, sha: { from } } },
      pull_request: { base: { ref: 'release', sha: repository.branches.get('release') } },
    })
    github.convertToDraft(pull, ada)
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'converted_to_draft',
      pull_request: { draft: true },
    })
    github.markReady(pull, ada)
    expect(parsed(github.lastDelivery().body)).toMatchObject({
      action: 'ready_for_review',
      pull_request: { draft: false },
    })
    github.submitReview(pull, bob, 'approved')
    github.dismissReview(pull, ada, bob)
    expect(parsed(github.lastDelivery('pull_request_review').body)).toMatchObject({
      action: 'dismissed',
      review: { state: 'dismissed', user: { login: 'bob' } },
      sender: { login: 'ada' },
    })
    const { data } = await octokit.rest.pulls.listReviews({ ...at, pull_number: 1 })
    expect(data).toMatchObject([{ state: 'DISMISSED' }])
  })

  test('a push is told as a push and as a synchronize', async () => {
    const { github, bob, pull } = await begin()
    const before = pull.pull.headSha
    github.push(pull, bob, { x: '1' })
    const after = pull.pull.headSha
    expect(after).not.toBe(before)
    expect(parsed(github.lastDelivery('push').body)).toMatchObject({
      ref: 'refs/heads/count',
      before,
      after,
      pusher: { name: 'bob' },
      head_commit: { added: ['x'] },
    })
    expect(parsed(github.lastDelivery('pull_request', 'synchronize').body)).toMatchObject({
      before,
      after,
      pull_request: { head: { sha: after } },
      sender: { login: 'bob' },
    })
    github.closePullRequest(pull, bob)
    github.push(pull, bob, { x: '2' })
    expect(github.deliveries.filter(({ action }) => action === 'synchronize')).toHaveLength(1)
  })

  test('a push to another repository’s branch of the same name moves nothing here', async () => {
    const { github, eve, pull, repository } = await begin()
    const before = pull.pull.headSha
    const fork = github.fork(repository, eve)
    github.push({ repository: fork, branch: 'count' }, eve, { x: '1' })
    expect(pull.pull.headSha).toBe(before)
    expect(github.deliveries).toEqual([])
  })

  test('labels, assignees and comments come as what they are on', async () => {
    const { github, ada, bob, repository, pull } = await begin()
    const issue = github.openIssue(repository, {
      author: ada,
      labels: ['incident'],
      announced: true,
    })
    github.addLabel(pull, bob, 'urgent')
    github.assign(issue, bob, ada)
    github.unassign(issue, bob, ada)
    github.removeLabel(pull, bob, 'urgent')
    const comment = github.comment(pull, bob, '/access')
    github.editComment(comment, ada, '/access db')
    github.deleteComment(comment, ada)
    expect(github.deliveries.map(({ event, action }) => `${event}.${action}`)).toEqual([
      'issues.opened',
      'issues.labeled',
      'pull_request.labeled',
      'issues.assigned',
      'issues.unassigned',
      'pull_request.unlabeled',
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.deleted',
    ])
    const [, labeled] = github.deliveries
    expect(parsed(labeled?.body ?? '')).toMatchObject({
      label: { name: 'incident' },
      sender: { login: 'ada' },
    })
    expect(parsed(github.lastDelivery('issue_comment', 'created').body)).toMatchObject({
      comment: { body: '/access', user: { login: 'bob' } },
      issue: { number: 1, pull_request: { url: expect.any(String) } },
    })
  })
})

test('losing ground is told: teams, organization, collaborators, repository', async () => {
  const { github, ada, bob, org, repository, octokit } = await begin()
  const team = github.addTeam(org, 'Backend', { members: [bob] })
  github.leaveTeam(team, ada, bob)
  github.joinTeam(team, ada, bob)
  github.leaveOrganization(org, ada, bob)
  github.setRole(repository, bob, 'write')
  github.changeCollaborator(repository, ada, bob, 'read')
  github.removeCollaborator(repository, ada, bob)
  github.setVisibility(repository, ada, 'public')
  github.archive(repository, ada)
  github.deleteRepository(repository, ada)
  expect(github.deliveries.map(({ event, action }) => `${event}.${action}`)).toEqual([
    'membership.removed',
    'membership.added',
    'membership.removed',
    'organization.member_removed',
    'member.edited',
    'member.removed',
    'repository.publicized',
    'repository.archived',
    'repository.deleted',
  ])
  const membership = octokit.rest.orgs.getMembershipForUser({ org: 'shop', username: 'bob' })
  expect(await failure(membership)).toMatchObject({ status: 404 })
})

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterEach, describe, expect, test } from 'vitest'
import type { RecordedPullRequestEvent } from '../../sandbox/github/index.ts'
import { startGitHub } from '../../sandbox/github/index.ts'
import { failure, probotOf, receiver, scene, secret } from './github-clients.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
async function begin(options: Parameters<typeof scene>[0] = {}) {
  const begun = await scene(options)
  const hooks = await receiver()
  closing.push(begun.github.close, hooks.close)
  begun.github.webhookUrl = hooks.url
  return { ...begun, hooks }
}
const parsed = (body: string) => JSON.parse(body) as Record<string, unknown>

describe('a delivery', () => {
  test('carries GitHub’s headers and a signature that verifies', async () => {
    const { github, ada, bob, pull, hooks } = await begin()
    github.requestReview(pull, ada, bob)
    await github.deliveriesSettled()
    expect(hooks.received).toHaveLength(1)
    expect(hooks.received[0]).toMatchObject({
      verified: true,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'pull_request',
        'x-github-hook-installation-target-id': String(github.appId),
        'x-github-hook-installation-target-type': 'integration',
        'x-github-hook-id': expect.stringMatching(/^\d+$/),
        'x-github-delivery': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-/),
        'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
      },
    })
    const delivery = github.lastDelivery()
    expect(delivery).toMatchObject({ state: 'delivered', attempts: [{ statusCode: 202 }] })
    expect(hooks.received[0]?.body).toBe(delivery.body)
  })

  test('fails once and is not tried again', async () => {
    const { github, ada, bob, pull, hooks } = await begin()
    hooks.state.status = 500
    github.requestReview(pull, ada, bob)
    await github.deliveriesSettled()
    expect(hooks.received).toHaveLength(1)
    expect(github.lastDelivery()).toMatchObject({
      state: 'failed',
      attempts: [{ statusCode: 500 }],
    })
  })

  test('to nobody is recorded as failed', async () => {
    const { github, ada, bob, pull, hooks } = await begin()
    await hooks.close()
    github.requestReview(pull, ada, bob)
    await github.deliveriesSettled()
    expect(github.lastDelivery()).toMatchObject({
      state: 'failed',
      attempts: [{ statusCode: 502 }],
    })
  })

  test('is redelivered under its id, and replayed under another', async () => {
    const { github, ada, bob, pull, hooks } = await begin()
    github.requestReview(pull, ada, bob)
    const { id, body } = github.lastDelivery()
    github.redeliver(id)
    const replayed = github.replay(id)
    await github.deliveriesSettled()
    expect(hooks.received.map(({ headers }) => headers['x-github-delivery'])).toEqual([
      id,
      id,
      replayed.id,
    ])
    expect(replayed.id).not.toBe(id)
    expect(hooks.received.every((one) => one.verified && one.body === body)).toBe(true)
  })

  test('is held back, and released in the order chosen', async () => {
    const { github, ada, bob, pull, hooks } = await begin()
    github.deliveryMode = 'hold'
    github.requestReview(pull, ada, bob)
    github.removeReviewRequest(pull, ada, bob)
    await github.deliveriesSettled()
    expect(hooks.received).toEqual([])
    github.release(github.deliveries.toReversed())
    await github.deliveriesSettled()
    expect(hooks.received.map(({ body }) => parsed(body)['action'])).toEqual([
      'review_request_removed',
      'review_requested',
    ])
    github.release()
    await github.deliveriesSettled()
    expect(hooks.received).toHaveLength(2)
  })

  test('is lost when dropped, and found and redelivered by the App', async () => {
    const { github, ada, bob, pull, hooks } = await begin()
    github.deliveryMode = 'drop'
    github.requestReview(pull, ada, bob)
    await github.deliveriesSettled()
    expect(hooks.received).toEqual([])
    const app = await probotOf(github).auth()
    const { data } = await app.rest.apps.listWebhookDeliveries()
    expect(data).toMatchObject([
      {
        guid: github.lastDelivery().id,
        event: 'pull_request',
        action: 'review_requested',
        status_code: 504,
        redelivery: false,
      },
    ])
    const delivery_id = Number(data[0]?.id)
    expect((await app.rest.apps.redeliverWebhookDelivery({ delivery_id })).status).toBe(202)
    await github.deliveriesSettled()
    expect(hooks.received[0]?.headers['x-github-delivery']).toBe(data[0]?.guid)
    const after = await app.rest.apps.listWebhookDeliveries()
    expect(after.data).toMatchObject([
      { redelivery: true, status_code: 202 },
      { redelivery: false },
    ])
    expect(await failure(app.rest.apps.redeliverWebhookDelivery({ delivery_id: 1 }))).toMatchObject(
      { status: 404 },
    )
  })

  test('is listed to the App in pages by cursor', async () => {
    const { github, ada, bob, pull } = await begin()
    for (let n = 0; n < 3; n += 1) github.requestReview(pull, ada, bob)
    await github.deliveriesSettled()
    const app = await probotOf(github).auth()
    const all = await app.paginate(app.rest.apps.listWebhookDeliveries, { per_page: 2 })
    expect(all.map(({ guid }) => guid)).toEqual(github.deliveries.map(({ id }) => id).toReversed())
  })

  test('signed with another secret does not verify', async () => {
    const { github, ada, bob, pull, hooks } = await begin()
    github.webhookSecret = 'guessed'
    github.requestReview(pull, ada, bob)
    await github.deliveriesSettled()
    expect(hooks.received[0]?.verified).toBe(false)
  })

  test('comes only where an installation covers the place and subscribed', async () => {
    const { github, ada, bob, pull, installation } = await begin({ events: ['issues'] })
    expect(github.requestReview(pull, ada, bob)).toEqual([])
    github.uninstall(installation, ada)
    expect(github.deliveries.map(({ event, action }) => [event, action])).toEqual([
      ['installation', 'deleted'],
    ])
    github.addLabel(pull, ada, 'x')
    expect(github.deliveries).toHaveLength(1)
  })
})

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

test('what the App does resolves who waits for it, and interceptors see every call', async () => {
  const { github, pull, octokit, at } = await begin()
  const waited = github.waitFor(() =>
    github.comments(pull).find(({ body }) => body.includes('ready')),
  )
  const operation = 'POST /repos/:owner/:repo/issues/:issue_number/comments'
  const seen: string[] = []
  const stop = github.intercept((call, phase) => {
    seen.push(`${phase} ${call.operation}`)
    const first = seen.filter((line) => line === `before ${operation}`).length === 1
    const fails = phase === 'before' && call.operation === operation && first
    return fails ? new Response('{}', { status: 502 }) : undefined
  })
  const write = () => octokit.rest.issues.createComment({ ...at, issue_number: 1, body: 'ready' })
  expect(await failure(write())).toMatchObject({ status: 502 })
  expect(github.comments(pull)).toEqual([])
  await write()
  stop()
  expect((await waited).body).toBe('ready')
  expect(seen.filter((line) => line.endsWith(operation))).toEqual([
    `before ${operation}`,
    `before ${operation}`,
    `after ${operation}`,
  ])
})

test('waiting ends when its signal does', async () => {
  const { github } = await begin()
  const abort = new AbortController()
  const waited = github.waitFor(() => false, abort.signal)
  abort.abort(new Error('enough'))
  await expect(waited).rejects.toThrow('enough')
})

interface Example {
  readonly name: string
  readonly examples: readonly (RecordedPullRequestEvent & { readonly action: string })[]
}
const examples = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('@octokit/webhooks-examples'), 'utf8'),
) as readonly Example[]
const recorded = examples
  .find(({ name }) => name === 'pull_request')
  ?.examples.find(({ action }) => action === 'review_requested')

test('a recorded payload is set up with its ids, and delivered as it was recorded', async () => {
  if (!recorded) throw new Error('no recording')
  const github = await startGitHub({ webhookSecret: secret })
  const hooks = await receiver()
  closing.push(github.close, hooks.close)
  github.webhookUrl = hooks.url
  const { installation, pullRequest, reviewer } = github.seedFromPayload(recorded)
  const sent = github.send('pull_request', recorded)
  await github.deliveriesSettled()
  expect(hooks.received).toMatchObject([{ verified: true, body: JSON.stringify(recorded) }])
  expect(sent).toMatchObject({
    state: 'delivered',
    action: 'review_requested',
    repositoryId: recorded.repository.id,
  })

  const octokit = await probotOf(github).auth(installation.id)
  const [owner = '', repo = ''] = github.world
    .fullName(github.world.repositoryOf(pullRequest))
    .split('/')
  const { data } = await octokit.rest.pulls.get({
    owner,
    repo,
    pull_number: recorded.pull_request.number,
  })
  expect(data).toMatchObject({
    id: recorded.pull_request.id,
    updated_at: recorded.pull_request.updated_at,
    head: { sha: recorded.pull_request.head.sha, ref: recorded.pull_request.head.ref },
    base: { sha: recorded.pull_request.base.sha, repo: { id: recorded.repository.id } },
    requested_reviewers: [{ id: recorded.requested_reviewer?.id }],
  })
  expect(reviewer?.login).toBe(recorded.requested_reviewer?.login)
})

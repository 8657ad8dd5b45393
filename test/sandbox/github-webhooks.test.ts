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
    expect(github.deliveries.map(({ state }) => state)).toEqual(['held', 'held'])
    github.release(github.deliveries.toReversed())
    await github.deliveriesSettled()
    expect(hooks.received.map(({ body }) => parsed(body)['action'])).toEqual([
      'review_request_removed',
      'review_requested',
    ])
    github.release()
    await github.deliveriesSettled()
    expect(hooks.received).toHaveLength(2)
    github.requestReview(pull, ada, bob)
    github.release()
    await github.deliveriesSettled()
    expect(hooks.received).toHaveLength(3)
  })

  test('is sent beside others when they are released together', async () => {
    const { github, ada, bob, pull, hooks } = await begin()
    github.deliveryMode = 'hold'
    github.requestReview(pull, ada, bob)
    github.removeReviewRequest(pull, ada, bob)
    const bothCame = Promise.withResolvers<void>()
    hooks.state.answerOnce = bothCame.promise
    hooks.state.onReceived = () => hooks.received.length === 2 && bothCame.resolve()
    github.release(undefined, { together: true })
    await github.deliveriesSettled()
    expect(github.deliveries.map(({ state }) => state)).toEqual(['delivered', 'delivered'])
  })

  test('is lost when dropped, and found and redelivered by the App', async () => {
    const { github, ada, bob, pull, hooks } = await begin()
    github.deliveryMode = 'drop'
    github.requestReview(pull, ada, bob)
    expect(github.lastDelivery().state).toBe('dropped')
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

test('a reaction and a check run resolve who waits for them', async () => {
  const { github, pull, octokit, at } = await begin({ events: [] })
  const reacted = github.waitFor(() => github.reactions(pull).includes('eyes'))
  await octokit.rest.reactions.createForIssue({ ...at, issue_number: 1, content: 'eyes' })
  await reacted
  const completed = github.waitFor(() =>
    github.checks(pull.pull.headSha).find(({ status }) => status === 'completed'),
  )
  const run = { ...at, name: 'x', head_sha: pull.pull.headSha }
  const { data } = await octokit.rest.checks.create(run)
  await octokit.rest.checks.update({ ...at, check_run_id: data.id, conclusion: 'success' })
  expect((await completed).conclusion).toBe('success')
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

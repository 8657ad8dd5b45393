// What a whole life leaves behind for auditors and for operators, and what it must not.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { webhookSecret } from '../../sandbox/scene.ts'
import { verifyChain } from '../../src/domain/log/verify.ts'
import { begin, type Journey } from '../support/journey.ts'
import { check, ended, given, line, openPull, refused } from '../support/seen.ts'

let on: Journey
let grant: string
beforeAll(async () => {
  on = await begin()
  const { aws, github, people } = on
  const pull = openPull(on)
  grant = await given(on, pull, people.octocat)
  await refused(on, github.requestReview(openPull(on), people.tom, people.octocat))
  // Failures are where secrets are quoted: by GitHub's client, by AWS's, by whatever wraps them.
  aws.fail(3, 'ServiceFailure', 'DeleteUserPolicy')
  const off = github.intercept((_call, phase) =>
    phase === 'before' ? new Response('down', { status: 500 }) : undefined,
  )
  github.submitReview(pull, people.octocat, 'approved')
  await line(on, 'report.failed')
  off()
  await line(on, 'lane.failed')
  await ended(on, grant)
  await check(on, pull, { conclusion: 'success' })
})
afterAll(() => on.end())

test('the log is one chain, and tells the whole life', async () => {
  const lines = await on.hallpass.composition.deps.ledger.log(0, 1_000)
  expect(verifyChain(lines)).toMatchObject({ ok: true, count: lines.length })
  const events = lines.map(
    ({ canonical }) => JSON.parse(canonical) as { type: string; stream: string },
  )
  const told = events
    .filter(({ stream }) => stream === `grant:${grant}`)
    .map(({ type }) => type)
    .filter((type) => !/stuck/.test(type))
  expect(told).toEqual([
    'grant.requested',
    'grant.approved',
    'grant.binding-present',
    'grant.activated',
    'grant.ending',
    'grant.binding-gone',
    'grant.ended',
  ])
  const types = new Set(events.map(({ type }) => type))
  for (const type of ['policy.loaded', 'request.refused', 'binding.intended', 'binding.changed'])
    expect(types).toContain(type)
})

test('a line that is changed or left out breaks the chain', async () => {
  const lines = await on.hallpass.composition.deps.ledger.log(0, 1_000)
  expect(verifyChain(lines.toSpliced(3, 1))).toMatchObject({ ok: false, position: 4 })
  const forged = lines.map((each, index) =>
    index === 3 ? { ...each, canonical: each.canonical.replace(/"type":"/, '"type":"x') } : each,
  )
  expect(verifyChain(forged)).toMatchObject({ ok: false, position: 4 })
})

test('names nobody: no login, no IAM user', async () => {
  const lines = await on.hallpass.composition.deps.ledger.log(0, 1_000)
  const text = lines.map(({ canonical }) => canonical).join('\n')
  expect(text).not.toMatch(/octocat|alice|mona|\btom\b|renovate/)
  for (const { id } of Object.values(on.people)) expect(text).not.toMatch(new RegExp(`\\b${id}\\b`))
})

test('the app’s own log holds no token, no key, no secret and no payload', () => {
  const text = on.hallpass.written.join('')
  expect(text).not.toMatch(/gh[a-z]_|eyJ[\w-]+\.|BEGIN|Authorization|AWS4-HMAC/i)
  for (const secret of secrets()) expect(text).not.toContain(secret)
  for (const { body } of on.github.deliveries) expect(text).not.toContain(body.slice(0, 60))
  expect(text).not.toMatch(/pull_request":|PolicyDocument|"Statement|requested_reviewer/)
  // One line a transition, each with its name.
  for (const each of on.hallpass.written) expect(JSON.parse(each)).toHaveProperty('id')
})

const secrets = (): readonly string[] => [
  webhookSecret,
  on.credentials.secretAccessKey,
  on.credentials.accessKeyId,
  ...[...on.github.world.tokens.keys()],
  ...on.github.privateKey.split('\n').filter((part) => part.length > 20),
]

import { describe, expect, it } from 'vitest'
import { CloudError, GitHubError } from '../../src/domain/errors.ts'
import type { ReviewRequested } from '../../src/domain/signals.ts'
import { handleDelivery } from '../../src/workflows/handle-delivery.ts'
import { askOf } from '../../src/domain/policy/ask-of.ts'
import { requestAccess } from '../../src/workflows/request-access.ts'
import { octocat, principal, start, subject } from '../domain/grants.fixtures.ts'
import { policyOf } from '../domain/policy.world.ts'
import { fakeDeps } from '../support/fakes.ts'

const signal: ReviewRequested = {
  type: 'ReviewRequested',
  delivery: 'd-1',
  subject,
  actor: { id: 77, login: 'alice', type: 'User' },
  at: start,
  reviewer: octocat,
  cause: 'c-1',
}

const role = (name: string, eligible: string) => `
  ${name}:
    description: Read it
    bindings: [{ aws: { account: "${principal.account}", allow: [{ actions: [logs:${name}], resources: ["*"] }] } }]
    repositories: [shop]
    eligible: ${eligible}
    lease: { default: 1h, max: 4h }
    approval: none`
const policyOfRoles = (...roles: readonly string[]) =>
  policyOf(`
version: 1
roles:${roles.join('')}
rules:
  - { name: first, when: { review_requested: {} }, give: first }
  - { name: second, when: { review_requested: {} }, give: second }
`)
const everybody = `["user:${octocat.id}"]`
const both = policyOfRoles(role('first', everybody), role('second', everybody))

function world(more: Partial<ReviewRequested> = {}, attempts = 11) {
  const made = fakeDeps()
  made.policy.reading = { kind: 'policy', policy: both }
  made.cloud.resolved = { ok: true, principal }
  made.ledger.addDelivery('d-1', { attempts })
  const work = () =>
    handleDelivery(
      made.deps,
      // As the router of deliveries rejects: with all that its handlers threw.
      async (_, held) => {
        await requestAccess(made.deps, askOf({ ...signal, ...more }), held).catch(
          (error: unknown) => {
            throw new AggregateError([error])
          },
        )
      },
      'd-1',
    )
  const away = () => {
    made.cloud.before = () => {
      throw new CloudError('transient', 'AWS: GetUser for octo failed (503)')
    }
  }
  const refusals = () =>
    made.ledger.commits
      .flatMap(({ events = [] }) => events)
      .flatMap(({ event }) => (event.type === 'request.refused' ? [event.refusal] : []))
  return { ...made, work, away, refusals }
}

describe('a request that is given up', () => {
  it('is told to people with what stood in the way, and logged', async () => {
    const { work, away, ledger, nudges, refusals, log } = world()
    away()
    await work()
    expect(ledger.deliveries.get('d-1')).toMatchObject({
      state: 'failed',
      attempts: 12,
      error: 'AWS: GetUser for octo failed (503)',
    })
    expect(refusals()).toMatchObject([{ code: 'undecided', audience: 'people' }])
    const [commit] = ledger.commits
    expect(commit?.claim?.key).toBe('delivery:d-1')
    expect(commit?.dirtySubjects).toEqual([subject])
    expect(commit?.notices).toMatchObject([
      {
        key: `${octocat.id}/`,
        notice: {
          kind: 'refused',
          recipient: octocat,
          text: expect.stringMatching(
            /`AWS: GetUser for octo failed \(503\)`.*Request the review again/,
          ),
        },
      },
    ])
    expect(nudges).toContainEqual({
      kind: 'report',
      id: `${subject.repositoryId}#${subject.number}`,
    })
    expect(log.lines.map(({ id }) => id)).toEqual(['delivery.failed', 'request.undecided'])
  })

  it('is told also when GitHub said nothing at all', async () => {
    const { work, github, refusals } = world()
    github.before = () => {
      throw new GitHubError('transient', 'GitHub did not answer')
    }
    await work()
    expect(refusals()).toMatchObject([{ reason: expect.stringContaining('GitHub did not answer') }])
  })

  it('keeps to itself what is not worded for people', async () => {
    const { work, policy, refusals } = world()
    policy.reading = new Error('connect ECONNREFUSED postgres://user:secret@db')
    await work()
    expect(refusals()).toMatchObject([{ reason: expect.stringContaining('of delivery d-1') }])
    expect(JSON.stringify(refusals())).not.toContain('secret')
  })

  it.each<[string, Partial<ReviewRequested>]>([
    ['a bot', { actor: { id: 8, login: 'a[bot]', type: 'Bot' } }],
    ['an account that is not served', { subject: { ...subject, accountId: 4040 } }],
  ])('by %s is logged, and nothing is written', async (_, more) => {
    const { work, github, ledger, refusals, nudges } = world(more)
    github.before = () => {
      throw new GitHubError('transient', 'GitHub did not answer')
    }
    await work()
    expect(refusals()).toMatchObject([{ code: 'undecided', audience: 'log' }])
    expect(ledger.commits[0]).toMatchObject({ notices: [], dirtySubjects: [] })
    expect(nudges).toEqual([])
  })

  it('says nothing while it is still tried', async () => {
    const { work, away, ledger } = world({}, 10)
    away()
    await work()
    expect(ledger.deliveries.get('d-1')).toMatchObject({ state: 'pending', attempts: 11 })
    expect(ledger.commits).toEqual([])
  })
})

it('a cloud is not asked about a role that the person may not hold', async () => {
  const { work, cloud, policy, ledger, refusals } = world({}, 0)
  policy.reading = {
    kind: 'policy',
    policy: policyOfRoles(role('first', '[]'), role('second', everybody)),
  }
  const asked: string[] = []
  cloud.before = (call) => void asked.push(call)
  await work()
  expect(asked).toEqual(['resolve'])
  expect(refusals()).toMatchObject([{ code: 'not-eligible', role: 'first' }])
  expect([...ledger.grants.values()]).toHaveLength(1)
})

import { describe, expect, it } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import type { Notice } from '../../src/domain/messages/types.ts'
import type { RoleName } from '../../src/domain/subjects.ts'
import type { ReviewRequested } from '../../src/domain/signals.ts'
import { askOf } from '../../src/domain/policy/ask-of.ts'
import { requestAccess } from '../../src/workflows/request-access.ts'
import { underClaim } from '../../src/workflows/under-claim.ts'
import { octocat, principal, start, subject } from '../domain/grants.fixtures.ts'
import { policyOf } from '../domain/policy.world.ts'
import { aPull, fakeDeps } from '../support/fakes.ts'

const signal: ReviewRequested = {
  type: 'ReviewRequested',
  delivery: 'd-1',
  subject,
  actor: { id: 77, login: 'alice', type: 'User' },
  at: start,
  reviewer: octocat,
  cause: 'c-1',
}

const role = (name: string, eligible: string, more = '') => `
  ${name}:
    description: Read it
    bindings: [{ aws: { account: "${principal.account}", allow: [{ actions: [logs:GetLogEvents], resources: ["*"] }] } }]
    repositories: [shop]
    eligible: ${eligible}
    lease: { default: 1h, max: 4h }
    approval: none
    ${more}`
const everybody = `["user:${octocat.id}"]`
const rule = (name: string) =>
  `\n  - { name: ${name}, when: { review_requested: {} }, give: ${name} }`

const policyWith = (roles: readonly string[], names: readonly string[]) =>
  policyOf(`
version: 1
roles:${roles.join('')}
rules:${names.map(rule).join('')}
identities:
  - { github: ${octocat.id}, aws: [{ account: "${principal.account}", user: octo }] }
`)
/** `open` may be given on forks, `inside` may not. */
const mixed = (eligible: string) =>
  policyWith([role('open', eligible, 'forks: true'), role('inside', eligible)], ['open', 'inside'])

const broken: Notice = {
  key: 'policy',
  kind: 'policy-broken',
  text: 'The policy has mistakes',
  recipient: undefined,
  role: undefined,
  at: start,
}

function world(policy = mixed('[]')) {
  const made = fakeDeps()
  made.policy.reading = { kind: 'policy', policy }
  made.cloud.resolved = { ok: true, principal }
  const fromFork = () => {
    made.github.facts = { ...made.github.facts, pull: { ...aPull, headRepositoryId: 999 } }
  }
  const ask = async (more: Partial<ReviewRequested> = {}) => {
    await underClaim(made.deps, 'delivery:d-1', (held) =>
      requestAccess(made.deps, askOf({ ...signal, ...more }), held),
    )
    const commit = made.ledger.commits.at(-1)
    if (commit === undefined) throw new Error('nothing was committed')
    const codes = (commit.events ?? []).flatMap(({ event }) =>
      event.type === 'request.refused' ? [`${event.refusal.role} ${event.refusal.code}`] : [],
    )
    return { commit, codes }
  }
  return { ...made, fromFork, ask }
}

describe('a refusal for people beside one for the log alone', () => {
  it('is put where people look, and the other one is not', async () => {
    const { ask, fromFork, nudges } = world()
    fromFork()
    const { commit, codes } = await ask()
    expect(codes).toEqual(['open not-eligible', 'inside from-fork'])
    expect(commit.dirtySubjects).toEqual([subject])
    expect(nudges).toContainEqual({
      kind: 'report',
      id: `${subject.repositoryId}#${subject.number}`,
    })
    const told = commit.notices?.flatMap(({ notice }) => (notice === null ? [] : [notice]))
    expect(told).toMatchObject([{ key: `${octocat.id}/open`, kind: 'refused', role: 'open' }])
  })

  it('takes back that the policy could not be read', async () => {
    const { ask, fromFork } = world()
    fromFork()
    const { commit } = await ask()
    expect(commit.notices).toContainEqual({ subject, key: 'policy', notice: null })
  })
})

it('an offer beside a refusal for the log alone takes back that the policy could not be read', async () => {
  const { ask, fromFork, ledger } = world(mixed(everybody))
  fromFork()
  const { commit, codes } = await ask()
  expect(codes).toEqual(['inside from-fork'])
  expect([...ledger.grants.values()]).toHaveLength(1)
  expect(commit.dirtySubjects).toEqual([subject])
  expect(commit.notices).toContainEqual({ subject, key: 'policy', notice: null })
  expect(commit.notices?.every(({ notice }) => notice === null)).toBe(true)
})

describe('refusals for the log alone', () => {
  const inside = policyWith([role('inside', everybody)], ['inside'])

  it('make Hallpass write nothing', async () => {
    const { ask, fromFork, nudges } = world(inside)
    fromFork()
    const { commit, codes } = await ask()
    expect(codes).toEqual(['inside from-fork'])
    expect(commit.notices ?? []).toEqual([])
    expect(commit.dirtySubjects ?? []).toEqual([])
    expect(nudges).toEqual([])
  })

  it('take back that the policy could not be read, where that was told', async () => {
    const { ask, fromFork, ledger } = world(inside)
    fromFork()
    ledger.addSubject(subject, { notices: [broken] })
    const { commit } = await ask()
    expect(commit.notices).toContainEqual({ subject, key: 'policy', notice: null })
    expect(commit.dirtySubjects).toEqual([subject])
  })
})

it('a cloud that is down keeps nobody waiting for what the act does not start', async () => {
  const { ask, fromFork, cloud } = world(policyWith([role('inside', everybody)], ['inside']))
  fromFork()
  cloud.before = () => {
    throw new CloudError('transient', 'AWS: GetUser for octo failed (503)')
  }
  expect((await ask()).codes).toEqual(['inside from-fork'])
})

describe('a cause without standing', () => {
  it.each<[string, RoleName, Partial<ReviewRequested>]>([
    ['a bot', 'write', { actor: { id: 8, login: 'bot[bot]', type: 'Bot' } }],
    ['one who may triage', 'triage', {}],
  ])('of %s writes nothing, and takes nothing back', async (_, has, more) => {
    const { ask, github, ledger, nudges } = world()
    ledger.addSubject(subject, { notices: [broken] })
    github.role = has
    const { commit, codes } = await ask(more)
    expect(codes).toHaveLength(1)
    expect(commit.notices ?? []).toEqual([])
    expect(commit.dirtySubjects ?? []).toEqual([])
    expect(nudges).toEqual([])
  })
})

it('a request that became too old meanwhile is told so', async () => {
  const { ask, turn } = world(mixed(everybody))
  turn(16 * 60_000)
  const { commit, codes } = await ask()
  expect(codes).toEqual(['undefined too-old'])
  expect(commit.dirtySubjects).toEqual([subject])
  expect(commit.notices).toContainEqual(
    expect.objectContaining({
      key: `${octocat.id}/`,
      notice: expect.objectContaining({ kind: 'refused' }),
    }),
  )
})

describe('a policy that is held back', () => {
  const document = { where: 'acme/access:policy.yml', commit: 'c2', blob: 'b2' }
  const heldBack = {
    document,
    accepted: { ...document, blob: 'b1' },
    needs: { by: [{ kind: 'team', slug: 'security' }], count: 1 },
    because: 'pull request 7 has 0 of 1',
    widened: ['admin'],
  } as const

  it('is told beside what came of the request, and taken back once it is accepted', async () => {
    const { ask, policy, ledger } = world(mixed(everybody))
    const { reading } = policy
    if (reading instanceof Error || reading.kind !== 'policy') throw new Error('no policy')
    policy.reading = { ...reading, heldBack }
    expect((await ask()).commit.notices).toContainEqual({
      subject,
      key: 'policy-held-back',
      notice: expect.objectContaining({
        kind: 'policy-held-back',
        text: expect.stringContaining('pull request 7 has 0 of 1') as string,
      }) as Notice,
    })
    policy.reading = reading
    ledger.grants.clear()
    const { commit } = await ask({ cause: 'c-2' })
    expect(commit.notices).toContainEqual({ subject, key: 'policy-held-back', notice: null })
    expect(commit.notices?.every(({ notice }) => notice === null)).toBe(true)
  })

  it('makes Hallpass write nothing where all else is for the log', async () => {
    const { ask, fromFork, policy } = world(mixed('[]'))
    const { reading } = policy
    if (reading instanceof Error || reading.kind !== 'policy') throw new Error('no policy')
    policy.reading = {
      ...reading,
      policy: policyWith([role('inside', everybody)], ['inside']),
      heldBack,
    }
    fromFork()
    const { commit, codes } = await ask()
    expect(codes).toEqual(['inside from-fork'])
    expect(commit.notices ?? []).toEqual([])
  })
})

it('one act that two processes carry out at once gives once', async () => {
  const { deps, ledger } = world(policyWith([role('open', everybody)], ['open']))
  const ids = ['one', 'other', 'third']
  const each = { ...deps, random: { ...deps.random, grantId: () => ids.shift() ?? 'more' } }
  const commit = ledger.commit.bind(ledger)
  const decided = Promise.withResolvers<void>()
  let offers = 0
  // Neither records before both have decided.
  ledger.commit = async (change) => {
    if ((change.grants ?? []).length > 0 && ++offers === 2) decided.resolve()
    if ((change.grants ?? []).length > 0) await decided.promise
    return commit(change)
  }
  const carryOut = (delivery: string) =>
    underClaim(each, `delivery:${delivery}`, (held) =>
      requestAccess(each, askOf({ ...signal, delivery }), held),
    )
  const [first, second] = await Promise.allSettled([carryOut('d-1'), carryOut('d-2')])
  expect(first).toMatchObject({ status: 'fulfilled' })
  expect(second).toMatchObject({ status: 'rejected', reason: { name: 'ActRepeated' } })
  expect(ledger.grants.size).toBe(1)
})

import { describe, expect, it } from 'vitest'
import { evaluate, factsNeeded, standingRefusal } from '../../src/domain/policy/evaluate.ts'
import type { Facts, Policy, Refusal } from '../../src/domain/policy/types.ts'
import type { ReviewRequested } from '../../src/domain/signals.ts'
import {
  goodFacts,
  now,
  organizationText,
  policyOf,
  principal,
  reviewer,
  served,
  signal,
  source,
} from './policy.world.ts'

const policy = policyOf()
const paths = (rule: string, give = 'logs-read') =>
  `  - { name: ${rule}, when: { review_requested: { paths: ["services/**"] } }, give: ${give} }\n`
const withRules = (rules: string) =>
  organizationText.replace(/^rules:\n[^]*?(?=^identities)/m, `rules:\n${rules}`)

function run(
  facts: Partial<Facts> = {},
  { of = policy, asked = {} }: { of?: Policy; asked?: Partial<ReviewRequested> } = {},
) {
  return evaluate({ ...signal, ...asked }, of, { ...goodFacts(of), ...facts }, served)
}
const codesOf = (refusals: readonly Refusal[]) =>
  refusals.map(({ code, audience }) => [code, audience])
const good = goodFacts(policy)

describe('an offer', () => {
  it('carries who, what, for how long and why', () => {
    expect(run()).toEqual({
      refusals: [],
      offers: [
        {
          cause: signal.cause,
          askedAt: signal.at,
          rule: 'see the logs',
          role: 'logs-read',
          description: 'Read the logs',
          subject: signal.subject,
          recipient: { id: 2, login: 'rania' },
          requester: { id: 1, login: 'olivia' },
          bindings: [
            {
              role: {
                cloud: 'aws',
                mode: 'inline-permissions',
                account: '111122223333',
                allow: [{ actions: ['logs:GetLogEvents'], resources: ['*'] }],
              },
              principal,
            },
          ],
          leaseSeconds: 3600,
          residualSeconds: 0,
          selfExpiring: true,
          approval: 'none',
          separated: [1, 2, 3],
          until: ['reviewed', 'unrequested', 'closed'],
          boundHead: undefined,
          policy: source,
          because:
            '`olivia` asked `rania` for a review, and the rule `see the logs` gives `logs-read`',
        },
      ],
    })
  })

  it('uses the login that the recipient has now', () => {
    const { offers } = run({ recipient: { ...reviewer, login: 'rania-renamed' } })
    expect(offers[0]?.recipient).toEqual({ id: 2, login: 'rania-renamed' })
  })

  it('counts each separated person once', () => {
    const { offers } = run({ pull: { ...good.pull, author: signal.actor } })
    expect(offers[0]?.separated).toEqual([1, 2])
  })

  it("takes the role's default lease, approval and residual when the rule says nothing", () => {
    const of = policyOf(
      withRules('  - { name: r, when: { review_requested: {} }, give: db-read }\n'),
    )
    const [offer] = run({}, { of }).offers
    expect(offer).toMatchObject({
      leaseSeconds: 3600,
      residualSeconds: 3600,
      approval: { by: [{ kind: 'team', slug: 'sre' }], count: 1 },
    })
  })

  it("never lasts longer than the role's maximum, even if a rule got past the checks", () => {
    const rules = policy.rules.map((rule) => ({ ...rule, forSeconds: 999_999 }))
    expect(run({}, { of: { ...policy, rules } }).offers[0]?.leaseSeconds).toBe(7200)
  })

  it('goes to a person whom the catalog names by id', () => {
    const person = { id: 77, login: 'una', type: 'User' } as const
    const { offers } = run(
      {
        recipient: person,
        teams: new Map([['backend', 'not-member']]),
        pull: { ...good.pull, requestedReviewers: [person] },
      },
      { asked: { reviewer: person } },
    )
    expect(offers).toHaveLength(1)
  })

  it('is made for a fork or a public repository when the role says so', () => {
    const of = policyOf(
      organizationText.replaceAll(
        '    approval: none',
        '    approval: none\n    forks: true\n    public: true',
      ),
    )
    const { offers } = run(
      {
        pull: { ...good.pull, headRepositoryId: null },
        repository: { ...good.repository, visibility: 'public' },
      },
      { of },
    )
    expect(offers).toHaveLength(1)
  })
})

describe('rules', () => {
  it('say nothing when none applies', () => {
    expect(run({}, { of: { ...policy, rules: [] } })).toEqual({ offers: [], refusals: [] })
  })

  it('of the organization say nothing where their role is not offered', () => {
    const repository = { ...good.repository, name: 'website' }
    expect(run({ repository })).toEqual({ offers: [], refusals: [] })
    const of = { ...policy, enrolled: new Set([1]) }
    expect(run({}, { of })).toEqual({ offers: [], refusals: [] })
  })

  it('match repository names whatever their case', () => {
    expect(run({ repository: { ...good.repository, name: 'Shop-Orders' } }).offers).toHaveLength(1)
  })

  it('on changed paths bind the head, and say nothing when none matches', () => {
    const of = policyOf(withRules(paths('orders')))
    const changed = (list: readonly string[]) => ({
      changedPaths: { paths: list, truncated: false },
    })
    const { offers } = run(changed(['docs/a.md', 'services/orders/main.go']), { of })
    expect(offers[0]?.boundHead).toBe(good.pull.headSha)
    expect(run(changed(['docs/services/a.md']), { of })).toEqual({ offers: [], refusals: [] })
  })

  it('that give the same role offer it once: the first that can', () => {
    const any = '  - { name: second, when: { review_requested: {} }, give: logs-read }\n'
    const of = policyOf(withRules(paths('first') + any))
    const list = { paths: ['services/a'], truncated: false }
    expect(run({ changedPaths: list }, { of }).offers.map(({ rule }) => rule)).toEqual(['first'])
    const truncated = run({ changedPaths: { ...list, truncated: true } }, { of })
    expect(truncated.offers.map(({ rule }) => rule)).toEqual(['second'])
    expect(truncated.refusals).toEqual([])
  })

  it('that refuse the same role for the same reason say it once', () => {
    const of = policyOf(
      withRules(
        '  - { name: a, when: { review_requested: {} }, give: logs-read }\n  - { name: b, when: { review_requested: {} }, give: logs-read }\n',
      ),
    )
    expect(run({ teams: new Map() }, { of }).refusals).toHaveLength(1)
  })
})

describe('who has no standing', () => {
  const closedFork: Facts['pull'] = { ...good.pull, state: 'closed', headRepositoryId: 7 }

  it('is answered in the log alone, whatever else is wrong', () => {
    expect(codesOf(run({ actorRole: 'triage', pull: closedFork }).refusals)).toEqual([
      ['actor-without-standing', 'log'],
    ])
    expect(codesOf(run({ pull: closedFork }).refusals)).toEqual([['from-fork', 'log']])
  })

  it('is found before a policy is read', () => {
    expect(standingRefusal(signal, good, served)).toBeUndefined()
    expect(standingRefusal(signal, good, new Set())?.code).toBe('account-not-served')
  })
})

describe('facts needed', () => {
  it('are those of the roles that some rule gives here', () => {
    const needed = factsNeeded(policy, signal, 'shop-orders')
    expect(needed.roles.map(({ name }) => name)).toEqual(['logs-read'])
    expect(needed).toMatchObject({ teams: ['backend'], changedPaths: false })
  })

  it('include changed paths only when such a rule is about this repository', () => {
    const of = policyOf(withRules(paths('db', 'db-read')))
    expect(factsNeeded(of, signal, 'shop-orders').changedPaths).toBe(true)
    expect(factsNeeded(of, signal, 'shop-web')).toEqual({
      teams: [],
      changedPaths: false,
      roles: [],
    })
  })

  it('are none where the repository is not enrolled', () => {
    const of = { ...policy, enrolled: new Set([901]) }
    expect(factsNeeded(of, signal, 'shop-orders').roles).toEqual([])
  })
})

describe('time', () => {
  it.each([
    ['15 minutes old', now - 15 * 60_000, 1],
    ['a millisecond older', now - 15 * 60_000 - 1, 0],
    ['a minute ahead', now + 60_000, 1],
    ['further ahead', now + 60_001, 0],
    ['no number', Number.NaN, 0],
  ])('%s', (_, at, offers) => {
    expect(run({}, { asked: { at } }).offers).toHaveLength(offers)
  })
})

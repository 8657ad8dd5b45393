import { describe, expect, it } from 'vitest'
import { standingRefusal } from '../../src/domain/policy/act-steps.ts'
import { factsNeeded } from '../../src/domain/policy/facts-needed.ts'
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import { isStartedBy } from '../../src/domain/policy/rule-steps.ts'
import type { Ask, Facts, Policy, Refusal, Rule } from '../../src/domain/policy/types.ts'
import {
  ask,
  goodFacts,
  goodPull,
  judged,
  now,
  organizationText,
  personOf,
  policyOf,
  principal,
  principalFor,
  resolvedFor,
  reviewer,
  served,
  source,
} from './policy.world.ts'

const policy = policyOf()
const paths = (rule: string, give = 'logs-read') =>
  `  - { name: ${rule}, when: { review_requested: { paths: ["services/**"] } }, give: ${give} }\n`
const withRules = (rules: string) =>
  organizationText.replace(/^rules:\n[^]*?(?=^identities)/m, `rules:\n${rules}`)

const run = (
  facts: Partial<Facts> = {},
  { of = policy, asked = {} }: { of?: Policy; asked?: Partial<Ask> } = {},
) => judged({ policy: of, ask: asked, facts })
const dbRule = '  - { name: r, when: { review_requested: {} }, give: db-read }\n'
const codesOf = (refusals: readonly Refusal[]) =>
  refusals.map(({ code, audience }) => [code, audience])
const good = goodFacts(policy)

describe('what two bindings of a role turn out to be one in the cloud', () => {
  it('is given once', () => {
    const scope = '/subscriptions/0a0a0a0a-0000-4000-8000-000000000001'
    const roleId = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
    const twice = policyOf(
      organizationText.replace(
        /bindings:[^]*?(?=repositories)/,
        `bindings: [{ azure: { scope: ${scope}, role: Reader, via: pim } }, { azure: { scope: ${scope}, role: ${roleId}, via: pim } }]
    `,
      ),
    )
    const [role] = twice.roles.values()
    const resolved = (role?.bindings ?? []).map((binding) => ({
      ...resolvedFor(binding),
      principal: principalFor(binding),
      given: { ...binding, role: 'Reader', roleId } as CloudRole,
    }))
    expect(resolved).toHaveLength(2)
    expect(run({ resolved }, { of: twice }).offers).toMatchObject([
      { bindings: [{ role: { roleId } }] },
    ])
  })
})

describe('an offer', () => {
  it('carries who, what, for how long and why', () => {
    expect(run()).toEqual({
      refusals: [],
      offers: [
        {
          cause: ask.cause,
          askedAt: ask.at,
          trigger: 'review_requested',
          rule: 'see the logs',
          role: 'logs-read',
          description: 'Read the logs',
          subject: ask.subject,
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
          separated: [],
          separationUnproven: false,
          team: undefined,
          label: undefined,
          parameters: {},
          reason: undefined,
          breakGlass: undefined,
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
    const { offers } = run({
      recipient: { ...good.recipient, account: { ...reviewer, login: 'rania-renamed' } },
    })
    expect(offers[0]?.recipient).toEqual({ id: 2, login: 'rania-renamed' })
  })

  it('separates who receives, who asks, who wrote it and who pushed, each once', () => {
    const of = policyOf(withRules(dbRule))
    const separation = { people: [9, 3], unproven: true }
    const [offer] = run({ separation }, { of }).offers
    expect(offer).toMatchObject({ separated: [1, 2, 3, 9], separationUnproven: true })
  })

  it('separates nobody where the policy does not', () => {
    const of = policyOf(withRules(dbRule).replace('count: 1 }', 'count: 1, separate: false }'))
    const separation = { people: [9], unproven: true }
    const [offer] = run({ separation }, { of }).offers
    expect(offer).toMatchObject({ separated: [], separationUnproven: false })
  })

  it("takes the role's default lease, approval and residual when the rule says nothing", () => {
    const of = policyOf(withRules(dbRule))
    const [offer] = run({}, { of }).offers
    expect(offer).toMatchObject({
      leaseSeconds: 3600,
      residualSeconds: 3600,
      approval: {
        stages: [{ by: [{ kind: 'team', slug: 'sre' }], count: 1 }],
        separate: true,
        lapseSeconds: 86_400,
      },
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
        recipient: personOf(person, { teams: new Map([['backend', 'not-member']]) }),
        current: { ...goodPull, requestedReviewers: [person] },
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
        current: { ...goodPull, headRepositoryId: null },
        repository: { ...good.repository, visibility: 'public' },
      },
      { of },
    )
    expect(offers).toHaveLength(1)
  })
})

describe('rules', () => {
  it('say nothing of what this very act has given', () => {
    expect(run().offers).not.toEqual([])
    expect(run({ used: run().offers.map(({ role }) => role) })).toEqual({
      offers: [],
      refusals: [],
    })
  })

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
    expect(offers[0]?.boundHead).toBe(goodPull.headSha)
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
    expect(run({ recipient: personOf(reviewer) }, { of }).refusals).toHaveLength(1)
  })
})

it('rules that break the glass start from a request that says so alone', () => {
  const [rule] = policy.rules
  if (rule === undefined) throw new Error('no rule')
  const glass: Rule = { ...rule, when: { ...rule.when, trigger: 'requested' }, breakGlass: true }
  const wanted = { role: rule.give, leaseSeconds: undefined, reason: 'it burns' }
  const starts = (breakGlass: boolean) =>
    isStartedBy(glass, { ...ask, trigger: 'requested', wanted: { ...wanted, breakGlass } })
  expect([starts(true), starts(false)]).toEqual([true, false])
})

describe('who has no standing', () => {
  const closedFork: Facts['current'] = { ...goodPull, state: 'closed', headRepositoryId: 7 }

  it('is answered in the log alone, whatever else is wrong', () => {
    expect(
      codesOf(run({ actor: { ...good.actor, role: 'triage' }, current: closedFork }).refusals),
    ).toEqual([['actor-without-standing', 'log']])
    expect(codesOf(run({ current: closedFork }).refusals)).toEqual([['from-fork', 'log']])
  })

  it('is found before a policy is read', () => {
    const ground = { repository: good.repository, actorRole: good.actor.role }
    expect(standingRefusal(ask, ground, served)).toBeUndefined()
    expect(standingRefusal(ask, ground, new Set())?.code).toBe('account-not-served')
  })
})

describe('facts needed', () => {
  const here = { id: 900, name: 'shop-orders' }

  it('are those of the roles that some rule gives here', () => {
    const needed = factsNeeded(policy, ask, here, undefined)
    expect(needed.roles.map(({ name }) => name)).toEqual(['logs-read'])
    expect(needed).toMatchObject({
      teams: { actor: [], author: [], recipient: ['backend'] },
      changedPaths: false,
      separation: false,
    })
  })

  it('include changed paths and separation only when such a rule is about this repository', () => {
    const of = policyOf(withRules(paths('db', 'db-read')))
    expect(factsNeeded(of, ask, here, undefined)).toMatchObject({
      changedPaths: true,
      separation: true,
    })
    expect(factsNeeded(of, ask, { ...here, name: 'shop-web' }, undefined)).toMatchObject({
      teams: { recipient: [] },
      changedPaths: false,
      separation: false,
      roles: [],
    })
  })

  it('are none where the repository is not enrolled', () => {
    const of = { ...policy, enrolled: new Set([901]) }
    expect(factsNeeded(of, ask, here, undefined).roles).toEqual([])
  })

  it('are none of rules that another act starts', () => {
    expect(factsNeeded(policy, { ...ask, trigger: 'assigned' }, here, undefined).rules).toEqual([])
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

import { describe, expect, it, test } from 'vitest'
import {
  policyBroken,
  policyMissing,
  teamTooLarge,
  undecided,
} from '../../src/domain/policy/refuse.ts'
import type {
  Ask,
  Facts,
  PersonFacts,
  PullRequestFacts,
  Refusal,
  RefusalCode,
  ResolvedBinding,
} from '../../src/domain/policy/types.ts'
import type { Usage } from '../../src/domain/policy/usage.ts'
import {
  ask,
  goodFacts,
  goodPull,
  judged,
  noUsage,
  organizationText,
  policyOf,
  principal,
  resolvedFor,
  reviewer,
  type Given,
} from './policy.world.ts'

const policy = policyOf()
const good = goodFacts(policy)
const [binding] = policy.roles.get('logs-read')?.bindings ?? []
if (binding === undefined) throw new Error('The sample role has no binding.')

const refuse = (given: Given): readonly Refusal[] => {
  const result = judged({ policy, ...given })
  expect(result.offers).toEqual([])
  return result.refusals
}

const pull = (change: Partial<PullRequestFacts>) => ({
  facts: { current: { ...goodPull, ...change } },
})
const recipient = (change: Partial<PersonFacts>) => ({
  facts: { recipient: { ...good.recipient, ...change } },
})
const actor = (change: Partial<PersonFacts>) => ({
  facts: { actor: { ...good.actor, ...change } },
})
const repository = (change: Partial<Facts['repository']>) => ({
  facts: { repository: { ...good.repository, ...change } },
})
const resolved = (...bindings: readonly ResolvedBinding[]) => ({ facts: { resolved: bindings } })
const problem = (what: 'missing' | 'ambiguous' | 'changed' | 'refused', why: string) =>
  resolved({ ok: false, role: binding, why, problem: what })
const used = (usage: Partial<Usage>) => ({
  facts: { usage: [{ role: 'logs-read', usage: { ...noUsage, ...usage } }] },
})
const wanted = (more: Partial<NonNullable<Ask['wanted']>> = {}): Partial<Ask> => ({
  trigger: 'requested',
  reviewer: undefined,
  wanted: {
    role: 'logs-read',
    leaseSeconds: undefined,
    reason: 'the shop is down',
    breakGlass: false,
    ...more,
  },
})
const requestable = policyOf(
  organizationText.replace('review_requested: {}', 'requested: {}').replace(
    '    approval: none',
    `    approval: none
    limits: { at_once: 3, cooldown: 10m, daily: 2h }
    break_glass: { eligible: [user:1], notify: [team:security], reviewers: [team:security], lease: 30m }`,
  ),
)
/** `olivia` asks, and receives. */
const asksHerself = {
  recipient: { ...good.actor, teams: new Map([['backend', 'member' as const]]) },
}
const rule = (give: string, paths = '') => `version: 1
rules:
  - { name: ours, when: { review_requested: {${paths}} }, give: ${give} }`
const organizationAlone = organizationText.replace(/^rules:\n[^]*?(?=^identities)/m, '')

/** What the change touches; `services/orders` alone is on the base branch. */
function touching(services: readonly string[]): Given {
  const of = policyOf(
    organizationText
      .replace('resources: ["*"]', 'resources: ["arn:aws:s3:::shop-{service}/*"]')
      .replace('logs:GetLogEvents', 's3:GetObject')
      .replace(
        'approval: none',
        'approval: none\n    parameters: { service: { exists: "services/{service}" } }',
      )
      .replace('review_requested: {}', 'review_requested: { paths: ["services/{service}/**"] }'),
  )
  const paths = services.map((service) => `services/${service}/main.go`)
  return {
    policy: of,
    facts: { changedPaths: { paths, truncated: false }, onBase: ['services/orders'] },
  }
}

const cases: Record<RefusalCode, () => readonly Refusal[]> = {
  'account-not-served': () => refuse({ accounts: new Set([501]) }),
  'actor-is-bot': () => refuse({ ask: { actor: { id: 9, login: 'renovate[bot]', type: 'Bot' } } }),
  'actor-without-standing': () => refuse(actor({ role: 'triage' })),
  'from-fork': () => refuse(pull({ headRepositoryId: 901 })),
  'repository-public': () => refuse(repository({ visibility: 'public' })),
  'too-old': () => refuse({ ask: { at: ask.at - 15 * 60_000 } }),
  'subject-closed': () => refuse(pull({ state: 'closed', merged: true })),
  'repository-archived': () => refuse(repository({ archived: true })),
  'not-requested-any-more': () => refuse(pull({ requestedReviewers: [{ id: 4, login: 'rania' }] })),
  'recipient-is-bot': () => refuse(recipient({ account: { ...reviewer, type: 'Bot' } })),
  'recipient-without-standing': () => refuse(recipient({ role: 'none' })),
  'not-eligible': () => refuse(recipient({ teams: new Map([['backend', 'not-member']]) })),
  'repository-not-enrolled': () => {
    const of = policyOf(
      organizationAlone.replace('enrolled: [900]', 'enrolled: [901]'),
      rule('logs-read'),
    )
    return refuse({ policy: of })
  },
  'role-not-offered-here': () => {
    const of = policyOf(organizationAlone, rule('db-read'))
    return refuse({ policy: of, ...repository({ name: 'shop-web' }) })
  },
  'paths-truncated': () => {
    const of = policyOf(organizationAlone, rule('logs-read', ' paths: ["services/**"] '))
    return refuse({
      policy: of,
      facts: { changedPaths: { paths: ['services/a'], truncated: true } },
    })
  },
  'identity-missing': () =>
    refuse({ policy: { ...policy, identities: [] }, ...problem('missing', 'Nobody is mapped.') }),
  'identity-ambiguous': () => refuse(problem('ambiguous', 'the sources lead to several IAM users')),
  'identity-changed': () =>
    refuse(problem('changed', 'they were AIDAOLD before, and are AIDANEW now')),
  'no-such-rule': () => refuse({ policy: requestable, ask: wanted({ role: 'logs-reed' }) }),
  'lease-too-long': () =>
    refuse({ policy: requestable, ask: wanted({ leaseSeconds: 7201 }), facts: asksHerself }),
  'limit-reached': () => refuse({ ...used({ role: { ...noUsage.role, atOnce: 20 } }) }),
  cooldown: () =>
    refuse({
      policy: requestable,
      ask: wanted(),
      facts: {
        ...asksHerself,
        ...used({ role: { ...noUsage.role, lastEndedAt: good.now - 599_999 } }).facts,
      },
    }),
  'daily-limit': () => refuse(used({ person: { ...noUsage.person, secondsInDay: 82_801 } })),
  frozen: () =>
    refuse({
      facts: {
        freezes: [
          {
            id: 'f1',
            scope: { kind: 'person', personId: reviewer.id },
            by: { kind: 'operator', name: 'ops' },
            at: 0,
            because: 'a laptop was stolen',
          },
        ],
      },
    }),
  'break-glass-not-allowed': () =>
    refuse({
      policy: requestable,
      ask: { ...wanted({ breakGlass: true }), actor: reviewer },
      facts: { actor: { ...good.recipient, role: 'write' } },
    }),
  'debt-open': () =>
    refuse({
      policy: requestable,
      ask: wanted({ breakGlass: true }),
      facts: { ...asksHerself, debtors: [1] },
    }),
  'too-many-values': () => refuse(touching(['a', 'b', 'c', 'd'])),
  'value-malformed': () => refuse(touching(['order s'])),
  'value-not-on-base': () => refuse(touching(['orders', 'new'])),
  'team-too-large': () => [teamTooLarge({ id: 1, slug: 'backend' }, 12, 10)],
  'cloud-refused': () => refuse(problem('refused', 'AWS: GetUser failed (403).')),
  'already-standing': () => refuse(resolved(resolvedFor(binding, true))),
  'already-held': () => refuse({ facts: { held: ['logs-read'] } }),
  'policy-missing': () => [policyMissing('acme/access:policy.yml', 'The file is not there.')],
  undecided: () => [undecided('GitHub is away', 'review_requested')],
  'policy-broken': () => [
    policyBroken([{ file: 'policy.yml', line: 3, column: 5, message: '`give` is missing' }]),
  ],
}

const logOnly: readonly RefusalCode[] = [
  'account-not-served',
  'actor-is-bot',
  'actor-without-standing',
  'from-fork',
  'repository-public',
]

describe('every code', () => {
  test.each(Object.entries(cases))('%s', (code, produce) => {
    const refusals = produce()
    expect(refusals.map((refusal) => refusal.code)).toEqual([code])
    const audience = logOnly.includes(code as RefusalCode) ? 'log' : 'people'
    expect(refusals[0]?.audience).toBe(audience)
  })

  it('speaks to the person who can mend it', () => {
    const said = Object.values(cases).map((produce) => {
      const [refusal] = produce()
      return `${refusal?.code}: ${refusal?.reason}`
    })
    expect(said.join('\n')).toMatchInlineSnapshot(`
      "account-not-served: This Hallpass does not serve \`acme\` (account 500). Its operator can add the account's numeric id to those it serves.
      actor-is-bot: \`renovate[bot]\` asked, which is no person: a person has to ask.
      actor-without-standing: \`olivia\` has the role \`triage\` on this repository; asking for access needs \`write\` or more.
      from-fork: The pull request comes from a fork, and \`logs-read\` is not given there. The organization's policy can allow it with \`forks: true\`.
      repository-public: The repository is public, and \`logs-read\` is not given there. The organization's policy can allow it with \`public: true\`.
      too-old: This was not asked in the last 15 minutes. Request the review again to ask for access.
      subject-closed: The pull request is merged. Access is given for open ones only.
      repository-archived: The repository is archived. An administrator has to unarchive it before access can be given.
      not-requested-any-more: A review by \`rania\` is not requested any more. Request the review again to ask for access.
      recipient-is-bot: \`rania\` is not a person's account, or is gone. Only people receive access: ask for a person.
      recipient-without-standing: \`rania\` has no access to this repository. An administrator of the repository can give them at least \`read\`.
      not-eligible: \`rania\` may not hold \`logs-read\`. An owner of the organization's policy decides who may, in the role's \`eligible\`; or it can be asked for somebody who already may.
      repository-not-enrolled: The rule \`ours\` gives \`logs-read\`, but this repository is not enrolled. An owner of the organization's policy can add its id, 900, to \`enrolled\`.
      role-not-offered-here: The rule \`ours\` gives \`db-read\`, but the catalog does not offer that role to this repository. An owner of the organization's policy can add \`shop-web\` to the role's \`repositories\`; or the rule can give another role.
      paths-truncated: The rule \`ours\` gives \`logs-read\` for changes of certain paths, but this pull request changes more files than GitHub lists. Split it, or ask an owner of the policy for a rule without \`paths\`.
      identity-missing: \`rania\` (GitHub id 2) has no identity in AWS account 111122223333. An owner of the organization's policy can add \`- { github: 2, aws: [{ account: "111122223333", user: <IAM user name> }] }\` to \`identities\`.
      identity-ambiguous: Who \`rania\` (GitHub id 2) is in AWS account 111122223333 is not sure: \`the sources lead to several IAM users\`. An owner of the organization's policy can say so by adding \`- { github: 2, aws: [{ account: "111122223333", user: <IAM user name>, id: <AIDA…> }] }\` to \`identities\`.
      identity-changed: Who \`rania\` (GitHub id 2) is in AWS account 111122223333 is not sure: \`they were AIDAOLD before, and are AIDANEW now\`. An owner of the organization's policy can say so by adding \`- { github: 2, aws: [{ account: "111122223333", user: <IAM user name>, id: <AIDA…> }] }\` to \`identities\`.
      no-such-rule: No rule gives \`logs-reed\` here to who asks for it. Did you mean \`logs-read\`? \`/access roles\` lists what can be asked for.
      lease-too-long: \`logs-read\` lasts at most 2h, and 2h1s were asked for. Ask for less.
      limit-reached: The policy limits \`logs-read\` to 20 at once, and so many are held or asked for. One of them has to end first (\`/access done\`); then ask again.
      cooldown: The policy lets 10m pass before \`logs-read\` is given again. Ask after 2026-11-22T17:00:00.001Z.
      daily-limit: The policy limits what \`rania\` holds to 1d within 24 hours, and this would be more. Ask for less, or later.
      frozen: Access is frozen (\`a laptop was stolen\`). Its operator can end that with \`hallpass unfreeze\`; then ask again.
      break-glass-not-allowed: \`rania\` may not break the glass for \`logs-read\`. An owner of the organization's policy decides who may, in the role's \`break_glass\`; access that needs approval can be asked for instead.
      debt-open: \`olivia\` broke the glass before, and nobody has reviewed that yet. One of its reviewers has to acknowledge it first; access that needs approval can be asked for meanwhile.
      too-many-values: The rule \`see the logs\` gives \`logs-read\` for what the change touches, and it touches 4 different \`{service}\`. \`logs-read\` is given for at most 3 at once: split the pull request.
      value-malformed: The rule \`see the logs\` gives \`logs-read\` for what the change touches, and \`order s\` cannot be a \`{service}\`: it may hold up to 64 letters, digits, \`_\` and \`-\`. Rename it, or leave it out of this pull request.
      value-not-on-base: The rule \`see the logs\` gives \`logs-read\` for what the change touches, and \`services/new\` is not on the base branch yet. Merge it first, or leave it out of this pull request.
      team-too-large: 12 members of the team \`backend\` may receive, and the policy limits that to 10 at once, so nobody does. Ask some of them by name.
      cloud-refused: The rule \`see the logs\` gives \`logs-read\`, but the cloud does not tell whether it can be given. AWS: GetUser failed (403). When that is mended, ask again.
      already-standing: \`rania\` already has what \`logs-read\` gives in AWS account 111122223333, without Hallpass. Use that; or have an administrator there remove it, and ask again.
      already-held: \`rania\` already holds \`logs-read\` for this pull request, or has asked for it. Nothing is to be done; ask again when it has ended.
      policy-missing: There is no policy at \`acme/access:policy.yml\`: The file is not there. Without one nothing is granted.
      undecided: This request could not be decided, and nothing was granted: \`GitHub is away\`. Request the review again to ask for access.
      policy-broken: The policy has mistakes, and until they are mended nothing is granted:
      - policy.yml:3:5 \`give\` is missing"
    `)
  })
})

describe('the same code for another reason', () => {
  test.each<[string, RefusalCode, Given]>([
    ['the repository changed hands', 'account-not-served', repository({ accountId: 501 })],
    [
      'the repository moved between two accounts that are served',
      'account-not-served',
      { ...repository({ accountId: 501 }), accounts: new Set([500, 501]) },
    ],
    ['another repository has the name', 'account-not-served', repository({ id: 901 })],
    [
      'the actor is an organization',
      'actor-is-bot',
      { ask: { actor: { id: 9, login: 'acme', type: 'Organization' } } },
    ],
    ['the actor may only read', 'actor-without-standing', actor({ role: 'read' })],
    ['the actor has nothing', 'actor-without-standing', actor({ role: 'none' })],
    ['the fork was deleted', 'from-fork', pull({ headRepositoryId: null })],
    ['the request comes from the future', 'too-old', { ask: { at: good.now + 60_001 } }],
    [
      'the recipient is gone',
      'recipient-is-bot',
      recipient({ account: { ...reviewer, type: 'Mannequin' } }),
    ],
    ['the reviewer wrote it', 'not-eligible', pull({ author: reviewer })],
    [
      'the team is not found',
      'not-eligible',
      recipient({ teams: new Map([['backend', 'unknown']]) }),
    ],
    ['nobody asked about the team', 'not-eligible', recipient({ teams: new Map() })],
    ['nobody counted what is used', 'limit-reached', { facts: { usage: [] } }],
    ['nothing was resolved', 'identity-missing', resolved()],
    [
      'the principal is of another account',
      'identity-missing',
      resolved({
        ok: true,
        role: binding,
        standing: false,
        principal: { ...principal, account: '999999999999' },
      }),
    ],
    [
      'another role was resolved',
      'identity-missing',
      resolved(
        resolvedFor({ cloud: 'aws', mode: 'assume-role', account: '111122223333', roleArn: 'x' }),
      ),
    ],
  ])('%s', (_, code, given) => {
    expect(refuse(given).map((refusal) => refusal.code)).toEqual([code])
  })

  it('refuses everybody when the role is eligible to nobody', () => {
    const of = policyOf(organizationText.replace('[team:backend, user:77]', '[]'))
    expect(refuse({ policy: of })[0]?.code).toBe('not-eligible')
  })

  it('names a team that was not found, and never one that was', () => {
    const [unknown] = refuse(recipient({ teams: new Map([['backend', 'unknown']]) }))
    expect(unknown?.reason).toContain(
      'The policy names `backend`, which is not a team that was found.',
    )
    const [known] = refuse(recipient({ teams: new Map([['backend', 'not-member']]) }))
    expect(known?.reason).not.toContain('backend')
  })

  it('says why an identity that is mapped could not be used', () => {
    const [refusal] = refuse(problem('missing', 'IAM has no user rania. @everyone\n# x'))
    expect(refusal?.reason).toMatchInlineSnapshot(
      `"\`rania\` (GitHub id 2) is \`rania\` in AWS account 111122223333, but that identity could not be used (\`IAM has no user rania. @everyone # x\`). An owner of the organization's policy can correct their entry in \`identities\`."`,
    )
  })
})

describe("somebody else's text", () => {
  const hostile = '`@everyone`\n# Heading <img src=x> \u202E'

  it('stays inside its quotes and on its line', () => {
    const account = { ...reviewer, login: hostile }
    const [refusal] = refuse(recipient({ account, teams: new Map() }))
    expect(refusal?.reason).not.toMatch(/[\n\u202E]/)
    const outside = refusal?.reason.replaceAll(/`[^`]*`/g, '')
    expect(outside).not.toMatch(/[@<#`]/)
  })

  it('stays so in the reason of an offer', () => {
    const { offers } = judged({
      ask: { actor: { ...ask.actor, login: hostile } },
      ...recipient({ account: { ...reviewer, login: hostile } }),
    })
    expect(offers[0]?.because).not.toMatch(/[\n\u202E]/)
    expect(offers[0]?.because.replaceAll(/`[^`]*`/g, '')).not.toMatch(/[@<#`]/)
  })
})

// What a change of the organization's document gives more of, and what is left while it waits for approval.
import { describe, expect, test } from 'vitest'
import { accessDiff, narrower, widens } from '../../src/domain/access-diff/policies.ts'
import { identityOf } from '../../src/domain/policy/identity-of.ts'
import { policyOf } from './policy.world.ts'

const text = `
version: 1
roles:
  logs-read:
    description: Read the logs
    bindings:
      - aws: { account: "111122223333", allow: [{ actions: [logs:GetLogEvents, logs:FilterLogEvents], resources: ["*"] }] }
    repositories: [shop-*]
    eligible: [team:backend, user:77]
    lease: { default: 30m, max: 2h }
    approval: { by: [team:sre, user:9], count: 2, lapses: 12h }
    limits: { at_once: 10, cooldown: 10m, daily: 8h }
rules:
  - name: see the logs
    when: { review_requested: { paths: { include: [services/**], exclude: [docs/**] }, base: [main], author: [team:backend] } }
    give: logs-read
    for: 1h
    until: [reviewed, unrequested, closed]
identities:
  - { github: 2, aws: [{ account: "111122223333", user: rania }] }
enrolled: [900, 901]
policy_changes: { widening: { by: [team:security], count: 1 } }
`
const before = policyOf(text)
const changed = (from: string | RegExp, to: string) => {
  const next = text.replace(from, to)
  if (next === text) throw new Error(`nothing to replace: ${String(from)}`)
  return policyOf(next)
}

const cases: readonly (readonly [string, string | RegExp, string, string])[] = [
  ['nothing', 'Read the logs', 'Read all logs', 'same'],
  ['an action more', 'logs:GetLogEvents,', 'logs:GetLogEvents, logs:StartQuery,', 'wider'],
  ['an action less', 'logs:GetLogEvents,', '', 'narrower'],
  ['another action', 'logs:GetLogEvents,', 'logs:StartQuery,', 'other'],
  ['another resource', '["*"]', '["arn:aws:logs:::x"]', 'other'],
  ['a glob of repositories more', '[shop-*]', '[shop-*, pay-*]', 'wider'],
  ['a person more', 'user:77]', 'user:77, user:78]', 'wider'],
  ['a team less', 'team:backend, user:77]', 'user:77]', 'narrower'],
  ['a longer lease', 'max: 2h', 'max: 3h', 'wider'],
  ['a shorter lease', 'default: 30m', 'default: 20m', 'narrower'],
  ['no approval', /approval: .*/, 'approval: none', 'wider'],
  ['fewer approvals', 'count: 2, lapses', 'count: 1, lapses', 'wider'],
  ['more who approve', 'user:9]', 'user:9, user:10]', 'wider'],
  [
    'fewer who approve, and fewer needed',
    'team:sre, user:9], count: 2',
    'team:sre], count: 1',
    'other',
  ],
  ['no separation', 'lapses: 12h', 'separate: false', 'wider'],
  [
    'another stage',
    /approval: .*/,
    'approval: { stages: [{ by: [team:sre, user:9], count: 2 }, { by: [team:lead], count: 1 }], lapses: 12h }',
    'narrower',
  ],
  ['more at once', 'at_once: 10', 'at_once: 11', 'wider'],
  ['a shorter cooldown', 'cooldown: 10m', 'cooldown: 5m', 'wider'],
  ['less in a day', 'daily: 8h', 'daily: 7h', 'narrower'],
  [
    'public repositories',
    'repositories: [shop-*]',
    'repositories: [shop-*]\n    public: true',
    'wider',
  ],
  ['more paths', 'include: [services/**]', 'include: [services/**, infra/**]', 'wider'],
  ['more paths left out', 'exclude: [docs/**]', 'exclude: [docs/**, "*.md"]', 'narrower'],
  ['no condition on the base', 'base: [main], ', '', 'wider'],
  ['a condition on drafts', 'base: [main], ', 'base: [main], draft: false, ', 'narrower'],
  ['a longer time of the rule', 'for: 1h', 'for: 90m', 'wider'],
  ['fewer ends', '[reviewed, unrequested, closed]', '[closed]', 'wider'],
  [
    'a rule more',
    'identities:',
    '  - { name: other, when: { assigned: {} }, give: logs-read }\nidentities:',
    'wider',
  ],
  ['a rule under another name', 'name: see the logs', 'name: look at the logs', 'same'],
  ['a rule less', /rules:[\s\S]*identities:/, 'identities:', 'narrower'],
  ['another identity', 'user: rania', 'user: root', 'other'],
  [
    'an identity more',
    'user: rania }] }',
    'user: rania }] }\n  - { github: 3, aws: [{ account: "111122223333", user: arthur }] }',
    'wider',
  ],
  ['a repository enrolled', '[900, 901]', '[900, 901, 902]', 'wider'],
  ['nobody who guards', /policy_changes: .*/, '', 'wider'],
  [
    'identities by template',
    'enrolled:',
    'identity_sources: { template: { aws: [{ account: "111122223333", user: "{login}" }] } }\nenrolled:',
    'wider',
  ],
]

describe.each(cases)('%s', (_, from, to, order) => {
  const after = changed(from, to)

  test(`gives ${order === 'same' ? 'the same' : order}`, () => {
    expect(accessDiff(before, after).order).toBe(order)
  })

  test('the narrower of both gives no more than either', () => {
    const both = narrower(before, after)
    expect(widens(accessDiff(before, both))).toBe(false)
    // What guards the document stays as it was, which is no more than it would be.
    expect(widens(accessDiff({ ...after, widening: before.widening }, both))).toBe(false)
  })
})

test('to enrol no list any more gives more, where names alone decide', () => {
  const named = changed(/repositories: \[shop-\*\]/g, 'repositories: [shop-orders]')
  const after = { ...named, enrolled: undefined }
  expect(accessDiff(named, after).order).toBe('wider')
  expect(narrower(named, after).enrolled).toEqual(named.enrolled)
})

test('what is only narrower holds as it is', () => {
  const after = changed('max: 2h', 'max: 1h')
  const { source: _, ...rest } = after
  expect(narrower(before, after)).toEqual({ ...rest, roles: after.roles })
})

test('a new role waits, and one that went is gone', () => {
  const after = changed(/logs-read/g, 'logs-look')
  expect(accessDiff(before, after).roles).toMatchObject([
    { role: 'logs-look', change: 'added', order: 'wider' },
    { role: 'logs-read', change: 'removed', order: 'narrower' },
  ])
  const both = narrower(before, after)
  expect(both.roles.size).toBe(0)
  expect(both.rules).toEqual([])
})

describe('where names lead to somebody whom the map does not hold', () => {
  const account = '111122223333'
  const saml = `saml: { aws: [{ account: "${account}", user: "{name_id_local}" }] }`
  const template = `template: { aws: [{ account: "${account}", user: "{login}" }] }`
  const identities = (map: string, sources: string) =>
    policyOf(
      text
        .replace(/identities:\n.*\n/, map === '' ? '' : `identities:\n${map}\n`)
        .replace('enrolled:', `identity_sources: { ${sources} }\nenrolled:`),
    )
  const rania = (user: string) =>
    `  - { github: 2, aws: [{ account: "${account}", user: ${user} }] }`
  const who = (
    policy: Parameters<typeof narrower>[0],
    id: number,
    login: string,
    ...names: string[]
  ) => {
    const found = identityOf(policy, { id, login }, { cloud: 'aws', key: account }, names)
    return 'identity' in found ? found.identity.aws[0]?.user : found.kind
  }

  test.each([
    ['somebody whom the map names no more', rania('rania'), template, '', template],
    ['somebody whom the map names otherwise', rania('rania'), saml, rania('root'), saml],
    [
      'those whom SAML names no more',
      rania('rania'),
      `${saml}, ${template}`,
      rania('rania'),
      template,
    ],
  ])('%s may get more', (_, map, sources, nextMap, nextSources) => {
    const [old, now] = [identities(map, sources), identities(nextMap, nextSources)]
    expect(accessDiff(old, now).order).toBe('other')
  })

  test.each([
    ['named no more', ''],
    ['named otherwise', rania('root')],
  ])('whoever is %s is nobody while that waits, and nobody else is who they were', (_, next) => {
    const both = narrower(identities(rania('rania'), template), identities(next, template))
    expect(who(both, 2, 'rania-login')).toBe('ambiguous')
    expect(who(both, 3, 'rania')).toBe('ambiguous')
    expect(who(both, 3, 'arthur')).toBe('arthur')
  })

  test('whoever is named alike stays who they are', () => {
    const map = rania('rania')
    const both = narrower(identities(map, template), identities(map, `${saml}, ${template}`))
    expect(who(both, 2, 'anybody')).toBe('rania')
  })

  test('a template stands in for no SAML that is not the same', () => {
    const both = narrower(
      identities('', `${saml}, ${template}`),
      identities('', `${saml.replace('{name_id_local}', '{name_id}')}, ${template}`),
    )
    expect(who(both, 3, 'arthur', 'art@acme.example')).toBe('none')
  })

  test('what goes where nothing is derived is only less', () => {
    expect(accessDiff(before, identities('', '')).order).toBe('narrower')
  })
})

describe('what is given in the clouds', () => {
  const account = 'account: "111122223333"'
  const arn = 'arn:aws:iam::111122223333'
  const scope = 'scope: /subscriptions/0a0a0a0a-0000-4000-8000-000000000001, role: Reader'
  const made = (more: string) => `aws: { ${account}, role_with: { policies: [${more} } }`
  /** Residual is needed beside the first of them, so it always is there. */
  const giving = (binding: string) =>
    policyOf(
      text.replace(
        '    repositories',
        `      - ${binding}\n${assumed}    residual: 1h\n    repositories`,
      ),
    )
  const assumed = `      - aws: { ${account}, assume: "${arn}:role/any" }\n`

  test.each<[string, string, string, string]>([
    [
      'sessions that an early end ends no more',
      `aws: { ${account}, assume: "${arn}:role/x", end_sessions: true }`,
      `aws: { ${account}, assume: "${arn}:role/x" }`,
      'wider',
    ],
    [
      'a boundary that goes',
      made(`"${arn}:policy/x"], boundary: "${arn}:policy/b"`),
      made(`"${arn}:policy/x"]`),
      'other',
    ],
    [
      'a policy that goes',
      made(`"${arn}:policy/x", "${arn}:policy/y"]`),
      made(`"${arn}:policy/x"]`),
      'other',
    ],
    [
      'another group',
      `aws: { ${account}, group: x, exclusive: true }`,
      `aws: { ${account}, group: y, exclusive: true }`,
      'other',
    ],
    [
      'a name that narrows it no more',
      'gcp: { project: shop-prod, role: roles/storage.objectViewer, only: projects/_/buckets/x }',
      'gcp: { project: shop-prod, role: roles/storage.objectViewer }',
      'other',
    ],
    [
      'an assignment for a schedule',
      `azure: { ${scope}, via: pim }`,
      `azure: { ${scope}, via: assignment, exclusive: true }`,
      'wider',
    ],
    [
      'what the licence allows for a schedule',
      `azure: { ${scope}, via: pim }`,
      `azure: { ${scope}, exclusive: true }`,
      'wider',
    ],
    [
      'a schedule for an assignment',
      `azure: { ${scope}, via: assignment, exclusive: true }`,
      `azure: { ${scope}, via: pim }`,
      'narrower',
    ],
    [
      'a scope in other letters',
      `azure: { ${scope}, via: pim }`,
      `azure: { ${scope.replace('/subscriptions', '/Subscriptions')}, via: pim }`,
      'same',
    ],
  ])('%s is seen', (_, from, to, order) => {
    const [old, now] = [giving(from), giving(to)]
    expect(accessDiff(old, now).order).toBe(order)
    const both = narrower(old, now)
    expect(widens(accessDiff(old, both))).toBe(false)
    expect(widens(accessDiff(now, both))).toBe(false)
  })
})

describe('who is who in other clouds', () => {
  const objectId = '0a0a0a0a-0000-4000-8000-00000000000'
  const known = (more: string, sources = '') =>
    policyOf(
      text
        .replace(/identities:\n.*\n/, `identities:\n  - { github: 2, ${more} }\n`)
        .replace(
          'enrolled:',
          `${sources === '' ? '' : `identity_sources: { ${sources} }\n`}enrolled:`,
        ),
    )
  const alice = 'identity_center: { user: alice }, gcp: { email: alice@example.com }'
  const azure = (n: number, name = 'Alice') =>
    `azure: { object_id: ${objectId}${n}, name: ${name} }`

  test.each<[string, string, string, string]>([
    ['one more', alice, `${alice}, ${azure(1)}`, 'wider'],
    ['one less', `${alice}, ${azure(1)}`, alice, 'narrower'],
    ['another in Identity Center', alice, alice.replace('user: alice', 'user: bob'), 'other'],
    ['another in Google Cloud', alice, alice.replace('alice@', 'bob@'), 'other'],
    ['another in Azure', azure(1), azure(2), 'other'],
    ['another name alone', azure(1), azure(1, 'Bob'), 'same'],
  ])('%s is seen', (_, from, to, order) => {
    const [old, now] = [known(from), known(to)]
    expect(accessDiff(old, now).order).toBe(order)
    const both = narrower(old, now)
    expect(widens(accessDiff(old, both))).toBe(false)
    expect(widens(accessDiff(now, both))).toBe(false)
  })

  const whoIn = (
    policy: Parameters<typeof narrower>[0],
    cloud: 'identity-center' | 'gcp',
    id: number,
  ) => {
    const login = id === 2 ? 'rania-login' : 'alice'
    return identityOf(policy, { id, login }, { cloud, key: cloud }, []).kind
  }
  const template = 'template: { identity_center: "{login}", gcp: "{login}@example.com" }'

  test.each(['identity-center', 'gcp'] as const)(
    'whoever %s names otherwise is nobody while that waits, and nobody else is who they were',
    (cloud) => {
      const next = alice.replace('user: alice', 'user: bob').replace('alice@', 'bob@')
      const both = narrower(known(alice, template), known(next, template))
      expect([whoIn(both, cloud, 2), whoIn(both, cloud, 3)]).toEqual(['ambiguous', 'ambiguous'])
    },
  )

  test('what both name stays, with what it is called now', () => {
    const both = narrower(known(`${alice}, ${azure(1)}`), known(`${alice}, ${azure(1, 'Bob')}`))
    expect(both.identities).toEqual([
      {
        github: 2,
        aws: [],
        identityCenter: { user: 'alice', id: undefined },
        gcp: { email: 'alice@example.com' },
        azure: { objectId: `${objectId}1`, name: 'Bob' },
      },
    ])
  })

  test('names that lead to somebody are more', () => {
    expect(accessDiff(known(alice), known(alice, template)).order).toBe('wider')
  })
})

describe('a rule that comes first and gives less', () => {
  const base = text.replace(/rules:[\s\S]*identities:/, 'RULES\nidentities:')
  const rules = (...all: readonly string[]) =>
    policyOf(base.replace('RULES', `rules:\n${all.map((each) => `  - ${each}`).join('\n')}`))
  const when = (hours = '') => `when: { labeled: { names: [incident]${hours} } }, to: assignees`
  const office = ', hours: [{ zone: Europe/Berlin, from: "09:00", until: "18:00" }]'
  const asks = `{ name: ask, ${when()}, give: logs-read, for: 30m }`
  const more = `{ name: more, ${when()}, give: logs-read, for: 2h }`
  const before = rules(asks, more)

  test.each([
    ['goes', rules(more)],
    ['comes later', rules(more, asks)],
    ['applies less often', rules(asks.replace(when(), when(office)), more)],
    ['is for others', rules(asks.replace('assignees', 'author'), more)],
  ])('uncovers what gives more when it %s', (_, after) => {
    expect(accessDiff(before, after).order).toBe('other')
    const both = narrower(before, after)
    expect(widens(accessDiff(before, both))).toBe(false)
    expect(both.rules.map(({ name }) => name)).not.toContain('more')
  })

  test.each([
    ['stays under another name', rules(asks.replace('name: ask', 'name: first'), more), 'same'],
    [
      'stays, and what comes after is for another label',
      rules(asks, more.replace('incident', 'outage')),
      'other',
    ],
    ['stays, and what comes after goes', rules(asks), 'narrower'],
    [
      'and comes first',
      rules(`{ name: less, ${when()}, give: logs-read, for: 10m }`, asks, more),
      'same',
    ],
  ])('uncovers nothing when it %s', (_, after, order) => {
    expect(accessDiff(before, after).order).toBe(order)
  })

  test('uncovers nothing where nothing after it gives more', () => {
    expect(accessDiff(rules(more, asks), rules(asks)).order).toBe('narrower')
    expect(accessDiff(rules(asks, asks.replace('ask', 'too')), rules(asks)).order).toBe('same')
  })
})

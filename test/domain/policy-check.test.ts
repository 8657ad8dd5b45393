// What the check run `hallpass/policy` says of a change, and how it concludes.
import { describe, expect, test } from 'vitest'
import { renderPolicyCheck, type DocumentChange } from '../../src/domain/messages/policy-check.ts'
import type { PolicyProblem } from '../../src/domain/policy/types.ts'
import { subject } from './grants.fixtures.ts'
import { policyOf } from './policy.world.ts'

const text = `
version: 1
enrolled: [900, 901]
roles:
  logs-read:
    description: Read the logs
    bindings:
      - aws: { account: "111122223333", allow: [{ actions: [logs:GetLogEvents], resources: ["*"] }] }
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 30m, max: 2h }
    approval: none
  db-read:
    description: Read the database
    bindings:
      - aws: { account: "111122223333", assume: "arn:aws:iam::111122223333:role/orders-read" }
    repositories: [shop-orders]
    eligible: [team:backend, user:77]
    lease: { default: 1h, max: 4h }
    residual: 1h
    approval: { by: [team:sre, user:9], count: 2 }
rules:
  - { name: see the logs, when: { review_requested: { paths: ["services/**"] } }, give: logs-read, for: 1h }
  - { name: read it, when: { labeled: [db] }, to: assignees, give: db-read }
identities:
  - { github: 2, aws: [{ account: "111122223333", user: rania }] }
`
const change = (after: string, more: Partial<DocumentChange> = {}): DocumentChange => ({
  path: 'policy.yml',
  problems: [],
  warnings: [],
  versions: { before: policyOf(text), after: policyOf(after) },
  notes: [],
  guard: undefined,
  ...more,
})
const view = { instance: 'i7', subject, public: false }
const headSha = 'f'.repeat(40)
const rendered = (...changes: readonly DocumentChange[]) =>
  renderPolicyCheck(view, headSha, changes)

const wider = text.replace('max: 2h', 'max: 3h')
const narrower = text.replace(', user:77', '')
const problem = (line: number, message = 'is not known'): PolicyProblem => ({
  file: 'policy.yml',
  line,
  column: 3,
  message,
})
const guard = (given: number, setAside = 0, unproven = false) => {
  const needs = { by: [{ kind: 'team', slug: 'security' }], count: 2 } as const
  return { needs, given, setAside, unproven }
}

describe('it concludes', () => {
  test.each<[string, string, readonly DocumentChange[]]>([
    ['success', 'Changes no policy here', []],
    ['success', 'Widens nothing', [change(text)]],
    ['success', 'Widens nothing: 1 narrowed', [change(narrower)]],
    ['neutral', 'Widens access: 1 widened', [change(wider)]],
    [
      'action_required',
      'Widens access and waits for approval: 1 widened',
      [change(wider, { guard: guard(1) })],
    ],
    [
      'action_required',
      'Widens access and waits for approval: 1 widened',
      [change(wider, { guard: guard(0, 0, true) })],
    ],
    ['success', 'Widens access, approved: 1 widened', [change(wider, { guard: guard(2) })]],
    ['failure', '1 mistake in the policy', [change(wider, { problems: [problem(4)] })]],
    ['neutral', 'Look at what this changes', [change(text, { versions: undefined })]],
    ['neutral', 'Look at what this changes', [change(narrower, { warnings: [problem(4)] })]],
    // The worst of both documents.
    [
      'action_required',
      'Widens access and waits for approval: 1 widened; 1 widened',
      [change(wider, { guard: guard(0) }), change(wider)],
    ],
    [
      'neutral',
      'Widens access: 1 widened; 1 widened',
      [change(wider, { guard: guard(2) }), change(wider)],
    ],
    [
      'failure',
      '2 mistakes in the policy',
      [change(wider, { guard: guard(0) }), change(text, { problems: [problem(1), problem(2)] })],
    ],
  ])('%s: %s', (conclusion, title, changes) => {
    expect(rendered(...changes)).toMatchObject({
      name: 'hallpass/policy',
      headSha,
      status: 'completed',
      conclusion,
      title,
    })
  })
})

test.each([
  [
    'who had a hand in it',
    guard(1, 2),
    '1 of 2 have approved this commit, without 2 who had a hand',
  ],
  [
    'that this is not certain',
    guard(0, 0, true),
    'does not tell for certain who had a hand in this',
  ],
])('it tells of approvals that do not count %s', (_, given, said) => {
  expect(rendered(change(wider, { guard: given })).summary).toContain(said)
})

test('it tells who could obtain what, how, for how long and with whose approval', () => {
  const after = text
    .replace('max: 2h', 'max: 3h')
    .replace('[logs:GetLogEvents]', '[logs:GetLogEvents, logs:StartQuery]')
    .replace(', user:77', '')
    .replace('user: rania', 'user: root')
    .replace(
      '- { name: read it',
      '- { name: on call, when: { assigned: {} }, give: logs-read }\n  - { name: read it',
    )
  expect(rendered(change(after, { guard: guard(1) })).summary).toMatchInlineSnapshot(`
    "### \`policy.yml\`

    **It gives more, which takes the approval of 2 of team \`security\`** (not of its author, nor of anybody else who had a hand in its commits or its branch). 1 of 2 have approved this commit. Merged without them, it would be held back: only what both versions give would be given.

    | role | against before | who | how | for how long | whose approval |
    |---|---|---|---|---|---|
    | \`logs-read\` | **widened** | team \`backend\` | \`see the logs\`: by a review request, to the reviewer, for 1h, if changed paths fit<br>\`on call\`: by an assignment, to the assignees (**new**) | 30m, at most 3h | none |
    | \`db-read\` | narrowed | team \`backend\` | \`read it\`: by the label \`db\`, to the assignees | 1h, at most 4h; sessions 1h longer at most | 2 of team \`sre\`, user 9 |

    **What changes**

    - \`logs-read\`
      - permissions: now also \`logs:StartQuery\` on \`*\` in account \`111122223333\`
      - how long: 30m, at most 3h, before 30m, at most 2h
    - \`db-read\`
      - who: no more user 77

    **For all roles**

    - Who is who in the clouds, **widened in part**: now also user 2 as \`root\` in \`111122223333\`; no more user 2 as \`rania\` in \`111122223333\`

    Nothing of this counts before it is merged: until then the document on the base branch decides."
  `)
})

test('a new role and one that is gone are told', () => {
  const { summary } = rendered(change(text.replaceAll('logs-read', 'logs-look')))
  expect(summary).toMatchInlineSnapshot(`
    "### \`policy.yml\`

    | role | against before | who | how | for how long | whose approval |
    |---|---|---|---|---|---|
    | \`logs-look\` | **widened**: new | team \`backend\` | \`see the logs\`: by a review request, to the reviewer, for 1h, if changed paths fit (**widened**) | 30m, at most 2h | none |
    | \`logs-read\` | narrowed: gone | nobody | no rule of this document | 30m, at most 2h | none |

    **What changes**

    - \`logs-look\` is new and gives \`logs:GetLogEvents\` on \`*\` in account \`111122223333\`, in \`shop-*\`

    1 role unchanged.

    Nothing of this counts before it is merged: until then the document on the base branch decides."
  `)
})

test.each([
  ['a limit', 'identities:', 'limits: { person: { at_once: 9 } }\nidentities:', '9 at once'],
  [
    'a guard',
    'identities:',
    'policy_changes: { widening: { by: [user:3], count: 1 } }\nidentities:',
    'now also 1 of user 3',
  ],
  [
    'who is on call',
    'identities:',
    'on_call: { sre: { people: [5] } }\nidentities:',
    '`sre` (user 5)',
  ],
  ['enrolment', '[900, 901]', '[900]', '901'],
  [
    'identities by template',
    'identities:',
    'identity_sources: { template: { aws: [{ account: "111122223333", user: "{login}" }] } }\nidentities:',
    '`{login}` in `111122223333` by template',
  ],
  [
    'break-glass',
    'approval: none',
    'approval: none\n    break_glass: { eligible: [team:sre], notify: [team:sec], reviewers: [team:sec], lease: 30m }',
    'team `sre` for 30m',
  ],
  ['forks', 'approval: none', 'approval: none\n    forks: true', 'forks: yes, before no'],
  [
    'limits of a role',
    'approval: none',
    'approval: none\n    limits: { at_once: 2 }',
    '2 at once, before 20 at once',
  ],
  ['separation', 'count: 2 }', 'count: 2, separate: false }', 'who may be the recipient'],
])('what changes about %s is told', (_, from, to, said) => {
  expect(rendered(change(text.replace(from, to))).summary).toContain(said)
})

describe('mistakes', () => {
  test('stand on their lines', () => {
    const { annotations, summary } = rendered(change(text, { problems: [problem(4), problem(9)] }))
    expect(annotations).toEqual([
      {
        path: 'policy.yml',
        startLine: 4,
        endLine: 4,
        level: 'failure',
        message: 'Column 3: is not known',
      },
      {
        path: 'policy.yml',
        startLine: 9,
        endLine: 9,
        level: 'failure',
        message: 'Column 3: is not known',
      },
    ])
    expect(summary).toContain('- line 4, column 3: is not known')
  })

  test('beyond fifty are counted', () => {
    const many = Array.from({ length: 50 }, (_, index) => problem(index + 1))
    const { annotations, summary } = rendered(
      change(text, { problems: many }),
      change(text, { path: 'b.yml', problems: many }),
    )
    expect(annotations).toHaveLength(50)
    expect(summary).toContain('GitHub shows 50 of 100 remarks')
  })

  test('other ones are another run', () => {
    const one = rendered(change(text, { versions: undefined, problems: [problem(4)] }))
    const other = rendered(change(text, { versions: undefined, problems: [problem(4, 'x')] }))
    expect(one.fingerprint).not.toBe(other.fingerprint)
    expect(one.externalId).not.toBe(other.externalId)
  })
})

describe('whatever stands in a document', () => {
  const hostile = '@acme/all | <img src=x onerror=1> [a](javascript:b)'

  test('mentions nobody, ends no table and is no link', () => {
    const after = text
      .replace('name: see the logs', `name: ${JSON.stringify(hostile)}`)
      .replace('resources: ["*"]', 'resources: ["arn:aws:s3:::a|b`@x"]')
    const { summary } = rendered(change(after))
    const outside = summary.replaceAll('<br>', '').replaceAll(/`[^`\n]*`/g, '')
    expect(outside).not.toMatch(/[@<>]|javascript/)
    for (const row of summary.split('\n').filter((each) => each.startsWith('| `')))
      expect(row.match(/\|/g)).toHaveLength(7)
  })

  test('of mistakes too', () => {
    const { summary, annotations } = rendered(
      change(text, { problems: [problem(1, `is @acme/all\u202e <b>\n## x`)] }),
    )
    expect(summary).not.toMatch(/@acme|<b>|\n## x/)
    expect(annotations[0]?.message).not.toMatch(/\n|\u202e/)
  })

  test('fits', () => {
    const role = (n: number) => `  role-${n}:
    description: x
    bindings: [{ aws: { account: "111122223333", allow: [{ actions: [logs:GetLogEvents], resources: ["arn:aws:s3:::${'x'.repeat(200)}${n}"] }] } }]
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 30m, max: 2h }
    approval: none
`
    const all = Array.from({ length: 400 }, (_, n) => role(n)).join('')
    const identities = Array.from(
      { length: 900 },
      (_, n) => `  - { github: ${n + 10}, aws: [{ account: "111122223333", user: user-${n} }] }\n`,
    ).join('')
    const { summary } = rendered(change(text.replace('rules:', `${all}rules:`) + identities))
    expect(summary.length).toBeLessThanOrEqual(60_000)
    expect(summary).toMatch(/And \d+ roles more\./)
    expect(summary).toContain('and 888 more')
    expect(summary).toContain('until then the document on the base branch decides')
  })
})

test('a public repository is told counts alone', () => {
  const { summary, title } = renderPolicyCheck({ ...view, public: true }, headSha, [
    change(wider, { guard: guard(1) }),
  ])
  expect(title).toContain('waits for approval')
  expect(summary).not.toMatch(/backend|security|logs-read|3h/)
  expect(summary).toContain('1 widened')
})

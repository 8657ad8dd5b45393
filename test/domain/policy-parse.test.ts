import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { formatProblem } from '../../src/domain/policy/format-problem.ts'
import { mergePolicy } from '../../src/domain/policy/merge.ts'
import {
  documentLengthMax,
  parseOrganizationPolicy,
  parseRepositoryPolicy,
} from '../../src/domain/policy/parse.ts'
import { organizationText, policyOf, source } from './policy.world.ts'

const organization = (text: string): string => said(parseOrganizationPolicy(text, 'policy.yml'))
const repository = (text: string): string => said(parseRepositoryPolicy(text, 'hallpass.yml'))
const said = (result: ReturnType<typeof parseOrganizationPolicy | typeof parseRepositoryPolicy>) =>
  result.ok ? 'good' : result.problems.map(formatProblem).join('\n')

/** The sample with one piece replaced. */
function changed(from: string, to: string): string {
  expect(organizationText).toContain(from)
  return organization(organizationText.replace(from, to))
}

describe('a document that is no policy', () => {
  test.each([
    ['nothing', '', '1:1 the document is empty: start with `version: 1`'],
    ['comments alone', '# later', '1:1 the document is empty: start with `version: 1`'],
    ['a list', '- a', '1:1 write a policy: `version: 1`, then `roles` and `rules`'],
    ['a word', 'policy', '1:1 write a policy: `version: 1`, then `roles` and `rules`'],
    [
      'two documents',
      'a: 1\n---\nb: 1',
      '2:1 only one document is read: remove `---` and what follows',
    ],
    [
      'an unfinished list',
      'a: [',
      '1:5 Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a tab', 'a:\n\t- b', '2:1 Tabs are not allowed as indentation'],
    [
      'a key written twice',
      'a: 1\nb: 1\n"a": 2',
      '3:1 `a` is already written above: keep one of them',
    ],
    [
      'a key below written twice',
      'a:\n  1: x\n  "1": y',
      '3:3 `1` is already written above: keep one of them',
    ],
    [
      'a key that reaches prototypes',
      'roles:\n  __proto__: {}',
      '2:3 this key is not allowed: `__proto__`',
    ],
    ['a key that is no text', '? [a]\n: b', '1:3 write plain text as the key'],
    ['a tag', 'a: !!binary aGk=', '1:4 tags (`!name`) are not read: remove it'],
    ['an alias of nothing', 'a: *b', '1:4 `*b` has no `&b` before it'],
    ['old YAML', '%YAML 1.1\n---\na: yes', '1:1 only YAML 1.2 is read: remove the `%YAML` line'],
    [
      'deep nesting',
      '['.repeat(20_000),
      expect.stringMatching(/^1:\d+ the document is nested too deeply to be read$/),
    ],
    ['a megabyte of [', '['.repeat(2 ** 20), '1:1 the document is longer than 524288 characters'],
  ])('%s', (_, text, problem) => {
    expect(organization(text).replace('policy.yml:', '')).toEqual(problem)
  })

  it('is refused when its aliases multiply', () => {
    const layers = Array.from({ length: 9 }, (_, n) => {
      const item = n === 0 ? 'x' : `*a${n - 1}`
      return `a${n}: &a${n} [${Array.from({ length: 9 }, () => item).join(', ')}]`
    })
    expect(organization(layers.join('\n'))).toBe(
      'policy.yml:1:1 this cannot be read as YAML: Excessive alias count indicates a resource exhaustion attack',
    )
    const many = `a: &a 1\nb: [${Array.from({ length: 101 }, () => '*a').join(', ')}]`
    expect(organization(many)).toBe('policy.yml:1:1 write at most 100 aliases (`*name`)')
  })

  it("is refused when a repository's is longer than that of a repository may be", () => {
    const padded = `version: 1\nrules: []\n${'#'.repeat(documentLengthMax.repository)}`
    expect(repository(padded)).toMatch(/longer than 65536 characters/)
  })

  it('never mentions anybody', () => {
    expect(organization('a: "x" @octocat <b>')).not.toMatch(/[@<]/)
  })
})

describe('mistakes in shape', () => {
  it('are told where they stand, with what to write instead', () => {
    const text = `version: 2
rolez: 1
roles:
  Bad_Name: {}
  orders:
    description: a\`b
    bindings:
      - aws: { account: 111122223333, assume: orders-read }
      - gcp: { project: shop-prod }
      - azure: { scope: / }
      - aws:
          account: "111122223333"
          allow:
            - actions: ["*", "iam:*", "sts:AssumeRole", "organizations:List*", "s3:*"]
              resources: [bucket]
              NotAction: [s3:Get*]
    repositories: ["(a+)+", "a**"]
    eligible: [user:octocat, team:acme/sre, sre, 3]
    lease: { default: 60, max: 1 hour }
    residual: 0s
    approval: { by: [], cout: 1 }
    forks: yes
  bare:
    description: leaves out what must be written
rules:
  - name: a
    when: { labeled: [x] }
    giv: orders
    to: assignees
    until: [never]
  - name: b
    when: { review_requested: }
    give: orders
identities:
  - github: octocat
    aws: [{ account: "1", user: "arn:aws:iam::1:user/x", id: AROA1 }]
enrolled: [shop-orders]
`
    expect(organization(text)).toMatchInlineSnapshot(`
      "policy.yml:1:10 \`version\`: write \`version: 1\`
      policy.yml:2:1 \`rolez\`: is not known; did you mean \`roles\`?
      policy.yml:4:3 \`Bad_Name\`: write a role name of lower-case letters, digits and single dashes
      policy.yml:6:18 \`description\`: write in one line what this role is for
      policy.yml:8:25 \`account\`: write the 12 digits of the AWS account in quotes
      policy.yml:8:47 \`assume\`: write the role's ARN, without wildcards: \`arn:aws:iam::<account>:role/<name>\`
      policy.yml:9:9 \`role\` is missing: write the role as \`roles/<name>\`, or your own as \`projects/<id>/roles/<name>\`
      policy.yml:10:9 \`role\` is missing: write the role's name, such as \`Reader\`, or its id
      policy.yml:10:25 \`scope\`: write the scope from its start, such as \`/subscriptions/<id>/resourceGroups/<name>\` or \`/providers/Microsoft.Management/managementGroups/<name>\`
      policy.yml:14:25 \`actions[0]\`: write one service and its action, such as \`s3:GetObject\` or \`logs:Get*\`
      policy.yml:14:30 \`actions[1]\`: \`iam\` gives access to itself and to others: use \`assume\` with a role that was made for it
      policy.yml:14:39 \`actions[2]\`: \`sts\` gives access to itself and to others: use \`assume\` with a role that was made for it
      policy.yml:14:57 \`actions[3]\`: \`organizations\` gives access to itself and to others: use \`assume\` with a role that was made for it
      policy.yml:15:27 \`resources[0]\`: write an ARN such as \`arn:aws:s3:::bucket/*\`, or \`*\`
      policy.yml:16:15 \`NotAction\`: is not allowed: list the \`actions\` themselves
      policy.yml:17:20 \`repositories[0]\`: write a glob of names, \`*\`, \`**\`, \`?\`, \`[a-z]\` and \`{a,b}\`
      policy.yml:17:29 \`repositories[1]\`: write \`**\` alone between slashes: \`services/**/api\`
      policy.yml:18:16 \`eligible[0]\`: write the numeric id, because logins change hands: \`gh api users/octocat --jq .id\`
      policy.yml:18:30 \`eligible[1]\`: write the team's slug alone: teams are those of the organization that owns the repository
      policy.yml:18:45 \`eligible[2]\`: write \`team:<slug>\` or \`user:<numeric id>\`
      policy.yml:18:50 \`eligible[3]\`: write \`team:<slug>\` or \`user:<numeric id>\`
      policy.yml:19:23 \`default\`: write a duration such as \`90s\`, \`30m\`, \`1h\`, \`1h30m\` or \`1d\`
      policy.yml:19:32 \`max\`: write a duration such as \`90s\`, \`30m\`, \`1h\`, \`1h30m\` or \`1d\`
      policy.yml:20:15 \`residual\`: write a duration longer than nothing
      policy.yml:21:21 \`by\`: write who may approve, such as \`[team:sre]\`
      policy.yml:21:25 \`cout\`: is not known; did you mean \`count\`?
      policy.yml:22:12 \`forks\`: write \`true\` or \`false\`
      policy.yml:23:3 \`bindings\` is missing: write a list of what the role gives in which cloud
      policy.yml:23:3 \`repositories\` is missing: write a list of globs over repository names, such as \`[shop-*]\`
      policy.yml:23:3 \`eligible\` is missing: write who may hold it, such as \`[team:backend]\`; \`[]\` means nobody
      policy.yml:23:3 \`lease\` is missing: write how long it lasts: \`{ default: 1h, max: 4h }\`
      policy.yml:23:3 \`approval\` is missing: write \`approval: none\`, or who approves: \`approval: { by: [team:sre], count: 1 }\`
      policy.yml:28:5 \`giv\`: is not known; did you mean \`give\`?
      policy.yml:30:13 \`until[0]\`: write some of \`reviewed\`, \`unrequested\`, \`unlabeled\`, \`unassigned\`, \`closed\`, \`merged\`, \`pushed\`, or leave it out
      policy.yml:32:13 \`review_requested\`: write \`{}\` for any change, or \`{ paths: [...] }\`
      policy.yml:35:13 \`github\`: write GitHub's numeric user id: \`gh api users/LOGIN --jq .id\`
      policy.yml:36:22 \`account\`: write the 12 digits of the AWS account in quotes
      policy.yml:36:33 \`user\`: write the IAM user's name, without path or ARN
      policy.yml:36:62 \`id\`: write the IAM user's unique id: \`AIDA…\`
      policy.yml:37:12 \`enrolled[0]\`: write the repository's numeric id: \`gh api repos/OWNER/NAME --jq .id\`"
    `)
  })

  it('in a repository’s document include what belongs to the organization', () => {
    expect(repository('version: 1\nrules: []\nroles: {}\nidentities: []\nenrolled: []'))
      .toMatchInlineSnapshot(`
      "hallpass.yml:3:1 \`roles\`: belongs in the organization's policy: a repository's document holds \`version\` and \`rules\`
      hallpass.yml:4:1 \`identities\`: belongs in the organization's policy: a repository's document holds \`version\` and \`rules\`
      hallpass.yml:5:1 \`enrolled\`: belongs in the organization's policy: a repository's document holds \`version\` and \`rules\`"
    `)
  })

  it('of many are told up to 50', () => {
    const many = Array.from({ length: 500 }, (_, n) => `k${n}: 1`).join('\n')
    expect(organization(`version: 1\nroles: {}\n${many}`).split('\n')).toHaveLength(50)
  })

  it('behind an alias are told once, where they stand', () => {
    const text = organizationText.replace(
      'eligible: [team:backend, user:77]',
      'eligible: &who [sre]',
    )
    const again = text.replace('eligible: [team:backend]', 'eligible: *who')
    expect(organization(again)).toMatchInlineSnapshot(
      `"policy.yml:9:21 \`eligible[0]\`: write \`team:<slug>\` or \`user:<numeric id>\`"`,
    )
  })
})

describe('what does not fit together', () => {
  const assume = 'assume: arn:aws:iam::111122223333:role/orders-read }'
  test.each([
    [
      "a role's ARN of another account",
      assume,
      assume.replace('iam::1', 'iam::2'),
      '`assume`: the role is not in account 111122223333',
    ],
    [
      'assume and allow',
      assume,
      `${assume.slice(0, -2)}, allow: [{ actions: [s3:GetObject], resources: ["*"] }] }`,
      '`aws`: write one of `assume`, `allow`',
    ],
    [
      'a binding twice',
      `      - aws: { account: "111122223333", ${assume}`,
      `      - aws: { account: "111122223333", ${assume}\n`.repeat(2).trimEnd(),
      '`bindings[1]`: the role already has this binding',
    ],
    ['neither of them', `, ${assume}`, ' }', '`aws`: write one of `assume`, `allow`'],
    [
      'more permissions than fit',
      '["*"]',
      `["*", "arn:aws:s3:::${'x'.repeat(900)}", "arn:aws:s3:::${'y'.repeat(900)}"]`,
      '`allow`: write at most 1800 characters',
    ],
    [
      'a default above the maximum',
      'default: 1h, max: 4h',
      'default: 5h, max: 4h',
      "`default`: write at most the role's `max`, 4h",
    ],
    ['a maximum above a day', 'max: 4h', 'max: 1d1s', '`max`: write at most 1d'],
    [
      'an assumed role without residual',
      '    residual: 1h\n',
      '',
      '`residual` is missing: write how long',
    ],
    [
      'a residual shorter than AWS has',
      'residual: 1h',
      'residual: 899s',
      '`residual`: write between 15m and 12h',
    ],
    [
      'a residual longer than AWS has',
      'residual: 1h',
      'residual: 12h1s',
      '`residual`: write between 15m and 12h',
    ],
    [
      'a residual where nothing is assumed',
      'approval: none',
      'approval: none\n    residual: 1h',
      '`residual`: leave it out',
    ],
    [
      'more approvals than approvers',
      'by: [team:sre], count: 1',
      'by: [user:1, user:1], count: 2',
      '`count`: write at most 1',
    ],
    [
      'no word on approval',
      '    approval: none\n',
      '',
      '`approval` is missing: write `approval: none`',
    ],
    [
      'no word on who is eligible',
      '    eligible: [team:backend]\n',
      '',
      '`eligible` is missing: write who may hold it',
    ],
    [
      'a role that is not there',
      'give: logs-read',
      'give: logs-raed',
      '`give`: the catalog has no role `logs-raed`; did you mean `logs-read`?',
    ],
    [
      'a rule that outlasts its role',
      'for: 1h',
      'for: 2h1s',
      '`for`: write at most 2h, the longest lease of `logs-read`',
    ],
    [
      'a person twice',
      'identities:',
      'identities:\n  - github: 2',
      '`github`: this person is already listed above',
    ],
    [
      'an account twice',
      'user: rania }',
      'user: rania }, { account: "111122223333", user: r2 }',
      '`account`: this account is already listed',
    ],
    [
      'an IAM user of two people',
      'user: rania }] }',
      'user: rania }] }\n  - { github: 3, aws: [{ account: "111122223333", user: Rania }] }',
      '25:57 `user`: this IAM user is already another person',
    ],
    [
      'the id of an IAM user of two people',
      'user: rania }] }',
      'user: rania, id: AIDARANIA0000 }] }\n  - { github: 3, aws: [{ account: "111122223333", user: r2, id: AIDARANIA0000 }] }',
      '25:65 `id`: this IAM user is already another person',
    ],
    [
      'a repository twice',
      'enrolled: [900]',
      'enrolled: [900, 900]',
      '`enrolled[1]`: is already in this list',
    ],
    [
      'a wildcard over repositories that nobody enrolled',
      'enrolled: [900]',
      '',
      '8:20 `repositories[0]`: it covers repositories that somebody may yet make',
    ],
    [
      'two rules of one name',
      'rules:',
      'rules:\n  - { name: see the logs, when: { review_requested: {} }, give: db-read }',
      '`name`: another rule of this document has this name',
    ],
  ])('%s', (_, from, to, problem) => {
    const lines = changed(from, to).split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^policy\.yml:\d+:\d+ /)
    expect(lines[0]).toContain(problem)
  })

  test.each([
    ['nobody is eligible', '[team:backend]', '[]'],
    ['a lease of a day', 'max: 4h', 'max: 1d'],
    ['a lease of seconds', 'default: 30m', 'default: 4s'],
    ['the shortest residual', 'residual: 1h', 'residual: 15m'],
    ['the longest residual', 'residual: 1h', 'residual: 12h'],
    ['a list of enrolled repositories', 'enrolled: [900]', 'enrolled: [900, 901]'],
  ])('is not: %s', (_, from, to) => {
    expect(changed(from, to)).toBe('good')
  })

  it('across the two documents is told at the repository’s line', () => {
    const parsed = parseOrganizationPolicy(organizationText, 'policy.yml')
    const rules = parseRepositoryPolicy(
      `version: 1
rules:
  - { name: a, when: { review_requested: {} }, give: db-raed }
  - name: b
    when: { review_requested: {} }
    give: db-read
    for: 5h
`,
      '.github/hallpass.yml',
    )
    if (!parsed.ok || !rules.ok) throw new Error('The samples do not parse.')
    const merged = mergePolicy(parsed.value, rules.value, source)
    expect(merged.ok ? 'good' : merged.problems.map(formatProblem).join('\n'))
      .toMatchInlineSnapshot(`
      ".github/hallpass.yml:3:54 \`give\`: the catalog has no role \`db-raed\`; did you mean \`db-read\`?
      .github/hallpass.yml:7:10 \`for\`: write at most 4h, the longest lease of \`db-read\`"
    `)
  })
})

describe('a good policy', () => {
  it('keeps the rules of both documents, the organization’s first', () => {
    const policy = policyOf(
      organizationText,
      'version: 1\nrules: [{ name: see the logs, when: { review_requested: {} }, give: db-read, until: [closed] }]',
    )
    expect(policy.rules.map(({ from, give, until }) => [from, give, until])).toEqual([
      ['organization', 'logs-read', ['reviewed', 'unrequested', 'closed']],
      ['repository', 'db-read', ['closed']],
    ])
    expect(policy.source).toBe(source)
    expect(policy.enrolled).toEqual(new Set([900]))
  })

  test.each([
    ['90s', 90],
    ['30m', 1800],
    ['1h', 3600],
    ['1h30m', 5400],
    ['1d', 86_400],
  ])('reads %s as %i seconds', (text, seconds) => {
    const policy = policyOf(
      organizationText.replace('default: 1h, max: 4h', `default: ${text}, max: 1d`),
    )
    expect(policy.roles.get('db-read')?.lease.defaultSeconds).toBe(seconds)
  })

  test.each(['0s', '30', '1h ', 'h', '-1h', '30m1h', '1.5h', '1H', '9999999999s'])(
    'takes no lease of %j',
    (text) => {
      expect(changed('default: 1h', `default: "${text}"`)).toContain('`default`: write a duration')
    },
  )

  it('may use names that objects have anyway', () => {
    const policy = policyOf(organizationText.replace('db-read:', 'constructor:'))
    expect(policy.roles.get('constructor')?.name).toBe('constructor')
    expect(policy.roles.get('tostring')).toBeUndefined()
  })
})

describe('whatever is written', () => {
  const parse = (text: string) => {
    for (const result of [parseOrganizationPolicy(text, 'p'), parseRepositoryPolicy(text, 'p')])
      if (!result.ok) {
        expect(result.problems.length).toBeGreaterThan(0)
        for (const { line, column } of result.problems) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(column).toBeGreaterThanOrEqual(1)
        }
      }
  }

  it('is read or refused, never thrown', () => {
    const yamlish = fc.string({
      unit: fc.constantFrom(
        ...'abc:-[]{}&*!?|>%@`\'"#,~ \n\t\u0000'.split(''),
        'version',
        'roles',
        '  ',
      ),
      maxLength: 200,
    })
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), yamlish), parse), {
      numRuns: 500,
    })
  })

  it('is read or refused when it is JSON', () => {
    fc.assert(fc.property(fc.json(), parse), { numRuns: 300 })
  })

  it('is read or refused when any value of a policy is any other', () => {
    const tree = JSON.parse(JSON.stringify(jsonPolicy)) as unknown
    expect(organization(JSON.stringify(tree))).toBe('good')
    const places = pathsOf(tree)
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (path, value) => {
        parse(JSON.stringify(replaced(tree, path, value)))
      }),
      { numRuns: 500 },
    )
  })
})

const jsonPolicy = {
  version: 1,
  roles: {
    a: {
      description: 'x',
      bindings: [
        { aws: { account: '111122223333', allow: [{ actions: ['s3:Get*'], resources: ['*'] }] } },
      ],
      repositories: ['*'],
      eligible: ['team:a'],
      lease: { default: '1h', max: '2h' },
      approval: { by: ['user:1'], count: 1 },
    },
    b: {
      description: 'x',
      bindings: [
        {
          aws: {
            account: '111122223333',
            allow: [{ actions: ['s3:Get*'], resources: ['arn:aws:s3:::{p}/*'] }],
          },
        },
      ],
      parameters: { p: { exists: 'a/{p}', max: 2 } },
      repositories: ['*'],
      eligible: [],
      lease: { default: '1h', max: '2h' },
      approval: {
        stages: [{ by: ['on-call:p'], count: 1 }],
        separate: true,
        lapses: '1h',
      },
      limits: { at_once: 1, cooldown: '1m', daily: '1d' },
      break_glass: { eligible: ['user:1'], notify: ['team:a'], reviewers: ['user:2'], lease: '1h' },
    },
  },
  limits: { person: { at_once: 1 }, repository: { daily: '1d' }, team: 3 },
  on_call: {
    p: { people: [1] },
    q: { url: 'https://x.example', select: 'a.*', people: { a: 1 }, fallback: [] },
  },
  identity_sources: { saml: { aws: [{ account: '111122223333', user: '{name_id}' }] } },
  policy_changes: { widening: { by: ['team:a'], count: 1 } },
  rules: [
    {
      name: 'r',
      when: { review_requested: { paths: ['**'] } },
      give: 'a',
      for: '1h',
      until: ['closed'],
    },
    {
      name: 's',
      when: {
        labeled: {
          names: ['x'],
          paths: { include: ['a/{p}/**'], exclude: ['b'] },
          base: ['main'],
          labels: ['y'],
          author: ['role:read'],
          actor: ['team:a'],
          draft: true,
          hours: [{ zone: 'UTC', days: ['mon'], from: '00:00', until: '24:00' }],
        },
      },
      to: 'sender',
      give: 'b',
      break_glass: true,
    },
  ],
  identities: [{ github: 1, aws: [{ account: '111122223333', user: 'a' }] }],
  enrolled: [1],
}

function pathsOf(node: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof node !== 'object' || node === null) return [path]
  return [path, ...Object.entries(node).flatMap(([key, child]) => pathsOf(child, [...path, key]))]
}

function replaced(node: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(node))
    return node.map((item: unknown, n) => (String(n) === key ? replaced(item, rest, value) : item))
  const entries = Object.entries(node as object)
  return Object.fromEntries(
    entries.map(([name, child]) => [
      name,
      name === key ? replaced(child, rest, value) : (child as unknown),
    ]),
  )
}

it('lets two people have users of one name in two accounts', () => {
  expect(
    changed(
      'user: rania }] }',
      'user: rania }] }\n  - { github: 3, aws: [{ account: "444455556666", user: rania }] }',
    ),
  ).toBe('good')
})

describe('more globs than can be held against a pull request', () => {
  const globs = (count: number) => Array.from({ length: count }, (_, n) => `a${n}`).join(', ')
  const rule = (name: string, count: number) =>
    `\n  - { name: ${name}, give: logs-read, when: { review_requested: { paths: [${globs(count)}] } } }`
  const rules = (...counts: readonly number[]) =>
    `version: 1\nrules:${counts.map((count, n) => rule(`r${n}`, count)).join('')}\n`

  it('are refused in one rule', () => {
    expect(repository(rules(50))).toBe('good')
    expect(repository(rules(51))).toBe('hallpass.yml:3:69 `paths`: write at most 50 globs')
    expect(changed('[shop-*]', `[${globs(51)}]`)).toContain('write at most 50 globs')
  })

  it('are refused in all rules together, where the first one too many stands', () => {
    expect(repository(rules(50, 50, 50, 50))).toBe('good')
    const said = repository(rules(50, 50, 50, 50, 2, 1))
    expect(said).toMatch(
      /^hallpass\.yml:7:70 .*write at most 200 globs over paths in all rules together$/,
    )
    const own = rules(50, 50, 50, 50, 1).replace('version: 1\nrules:', '')
    expect(organization(organizationText.replace('rules:', `rules:${own}`))).toMatch(
      /write at most 200 globs over paths in all rules together$/,
    )
  })
})

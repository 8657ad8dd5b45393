import { describe, expect, it, test } from 'vitest'
import { formatProblem } from '../../src/domain/policy/format-problem.ts'
import { mergePolicy } from '../../src/domain/policy/merge.ts'
import { parseOrganizationPolicy, parseRepositoryPolicy } from '../../src/domain/policy/parse.ts'
import type { Policy, RoleDefinition } from '../../src/domain/policy/types.ts'
import { fullOrganization, fullRepository } from './policy-parse.samples.ts'
import { organizationText, policyOf, source } from './policy.world.ts'

describe('everything that a document can say', () => {
  const policy = policyOf(fullOrganization, fullRepository)
  const ruleOf = (name: string) => policy.rules.find((rule) => rule.name === name)

  it('is read of roles', () => {
    expect(policy.roles.get('orders-deploy')).toEqual({
      name: 'orders-deploy',
      description: "Deploy one of the shop's services",
      bindings: [
        {
          cloud: 'aws',
          mode: 'inline-permissions',
          account: '111122223333',
          allow: [{ actions: ['s3:PutObject'], resources: ['arn:aws:s3:::shop-{service}/*'] }],
        },
      ],
      repositories: ['shop-*'],
      eligible: [{ kind: 'team', slug: 'backend' }],
      lease: { defaultSeconds: 3_600, maxSeconds: 14_400 },
      residualSeconds: 0,
      approval: {
        stages: [
          { by: [{ kind: 'team', slug: 'backend' }], count: 1 },
          {
            by: [
              { kind: 'team', slug: 'sre' },
              { kind: 'on-call', name: 'primary' },
              { kind: 'user', id: 7 },
            ],
            count: 2,
          },
        ],
        separate: false,
        lapseSeconds: 43_200,
      },
      parameters: [{ name: 'service', exists: 'services/{service}', max: 2 }],
      limits: { atOnce: 3, cooldownSeconds: 600, dailySeconds: 43_200 },
      breakGlass: {
        eligible: [
          { kind: 'team', slug: 'sre' },
          { kind: 'user', id: 7 },
        ],
        notify: [{ kind: 'team', slug: 'security' }],
        reviewers: [{ kind: 'team', slug: 'security' }],
        leaseSeconds: 1_800,
      },
      forks: false,
      publicRepositories: false,
    })
  })

  it('is read of the rest of the catalog', () => {
    const { limits, onCall, identitySources, widening, enrolled, enrolledBy } = policy
    expect(limits).toEqual({
      person: { atOnce: 4, cooldownSeconds: 300, dailySeconds: 86_400 },
      repository: { atOnce: 50, cooldownSeconds: undefined, dailySeconds: 172_800 },
      teamMembersMax: 12,
    })
    expect([...onCall]).toEqual([
      ['primary', { kind: 'list', people: [583_231, 7] }],
      [
        'secondary',
        {
          kind: 'http',
          url: 'https://on-call.example/who?team=a',
          tokenFrom: 'HALLPASS_ON_CALL_TOKEN_X',
          select: 'oncalls.*.user.id',
          people: { PABC: 583_231 },
          fallback: [{ kind: 'team', slug: 'sre' }],
        },
      ],
    ])
    expect(identitySources).toEqual({
      saml: [
        { account: '111122223333', user: '{name_id_local}' },
        { account: 'identity-center', user: '{name_id}' },
        { account: 'gcp', user: '{name_id}' },
      ],
      template: [
        { account: '444455556666', user: 'gh-{login}' },
        { account: 'identity-center', user: '{login}' },
        { account: 'gcp', user: '{login}@example.com' },
      ],
    })
    expect(widening).toEqual({ by: [{ kind: 'team', slug: 'security' }], count: 2 })
    // Nothing is enrolled by globs alone beside a property.
    expect(enrolled).toEqual(new Set())
    expect(enrolledBy).toEqual({ property: 'hallpass', value: 'yes' })
  })

  it('is read of rules', () => {
    expect(ruleOf('deploy what changes')).toEqual({
      name: 'deploy what changes',
      from: 'organization',
      when: {
        trigger: 'review_requested',
        added: undefined,
        paths: { include: ['services/{service}/**'], exclude: ['**/*.md'] },
        base: ['main', 'release/*'],
        labels: ['ready', 'size/?'],
        author: [
          { kind: 'team', slug: 'x' },
          { kind: 'user', id: 1 },
          { kind: 'role', atLeast: 'write' },
        ],
        actor: [{ kind: 'role', atLeast: 'maintain' }],
        draft: false,
        hours: [
          { zone: 'Europe/Berlin', days: [1, 2, 3, 4, 5, 7], from: 540, until: 1_110 },
          { zone: 'UTC', days: [1, 2, 3, 4, 5, 6, 7], from: 1_320, until: 360 },
        ],
      },
      to: 'reviewer',
      give: 'orders-deploy',
      forSeconds: 7_200,
      until: ['reviewed', 'pushed', 'merged'],
      breakGlass: false,
    })
    expect(ruleOf('labels and more')?.when).toMatchObject({
      trigger: 'labeled',
      added: ['incident'],
      base: ['main'],
    })
    expect(ruleOf('our own')).toMatchObject({
      from: 'repository',
      when: { added: ['incident/*'], hours: [{ days: [1, 5, 6, 7], from: 0, until: 1_440 }] },
    })
  })

  test.each([
    ['whoever labels', 'assignees', ['unlabeled', 'unassigned', 'closed'], true],
    ['labels and more', 'sender', ['unlabeled', 'closed'], false],
    ['assigned people', 'assignees', ['unassigned', 'closed'], false],
    ['asked for', 'commenter', ['closed'], false],
    ['authors', 'author', ['closed'], false],
    ['our own', 'author', ['unlabeled', 'closed'], false],
    ['what changed', 'commenter', ['closed'], false],
  ])('means by what is left out: %s', (name, to, until, breakGlass) => {
    expect(ruleOf(name)).toMatchObject({ to, until, breakGlass })
  })

  it('means limits and separation where none are written', () => {
    const { roles, limits, onCall, enrolledBy, widening, identitySources } = policyOf()
    expect(roles.get('db-read')).toMatchObject({
      approval: { separate: true, lapseSeconds: 86_400 },
      limits: { atOnce: 20, cooldownSeconds: undefined, dailySeconds: undefined },
      parameters: [],
      breakGlass: undefined,
    })
    expect(limits).toEqual({
      person: { atOnce: 5, cooldownSeconds: undefined, dailySeconds: 86_400 },
      repository: { atOnce: 50, cooldownSeconds: undefined, dailySeconds: undefined },
      teamMembersMax: 10,
    } satisfies Policy['limits'])
    expect([onCall.size, enrolledBy, widening]).toEqual([0, undefined, undefined])
    expect(identitySources).toEqual({ saml: [], template: [] })
    const more = fullOrganization.replace(', max: 2', '')
    expect(policyOf(more).roles.get('orders-deploy')?.parameters[0]?.max).toBe(3)
    expect(policyOf(more).roles.get('orders-read')?.breakGlass?.leaseSeconds).toBe(7_200)
  })
})

/** The problem with one piece of a good document replaced, without the file's name. */
function changed(text: string, from: string, to: string): string {
  expect(text.split(from).length, `the sample holds ${from} once`).toBe(2)
  const parsed = parseOrganizationPolicy(
    text.replace(from, () => to),
    'f',
  )
  return parsed.ok
    ? 'good'
    : parsed.problems.map((problem) => formatProblem(problem).slice(2)).join('\n')
}

describe('mistakes in the catalog', () => {
  test.each([
    // Approval
    ['by: [on-call:secondary], count: 1', '', '22:15 `approval`: write who approves'],
    [
      'by: [on-call:secondary], count: 1',
      'by: [team:a]',
      '22:5 `count` is missing: write how many',
    ],
    [
      'by: [on-call:secondary], count: 1',
      'count: 1',
      '22:5 `by` is missing: write who may approve',
    ],
    ['by: [on-call:secondary], count: 1', 'by: [team:a], count: 0', '`count`: write at least 1'],
    [
      'by: [on-call:secondary]',
      'by: [on-call:secundary]',
      '22:22 `by[0]`: `on_call` has no `secundary`; did you mean `on-call:secondary`?',
    ],
    [
      'by: [on-call:secondary]',
      'by: [on-call:x]',
      '`by[0]`: `on_call` has no `x`; write it to `on_call`',
    ],
    [
      'by: [on-call:secondary]',
      'by: [on-call]',
      '`by[0]`: write `team:<slug>`, `user:<numeric id>` or `on-call:<name>`',
    ],
    [
      'by: [on-call:secondary]',
      'by: [role:write]',
      '`by[0]`: `role:` stands in `author` and `actor` alone',
    ],
    [
      'separate: false, lapses',
      'by: [team:a], lapses',
      '11:116 `by`: write it in one of the `stages`',
    ],
    ['separate: false', 'separate: no', '`separate`: write `true` or `false`'],
    ['lapses: 12h', 'lapses: later', '`lapses`: write a duration'],
    ['lapses: 12h', 'lapse: 12h', '`lapse`: is not known; did you mean `lapses`?'],
    [
      '[{ by: [team:Backend], count: 1 }, { by: [team:sre, on-call:primary, user:7], count: 2 }]',
      '[]',
      '`stages`: write a list of `{ by: [team:sre], count: 1 }`',
    ],
    [
      '[{ by: [team:Backend], count: 1 }, { by: [team:sre, on-call:primary, user:7], count: 2 }]',
      `[${'{ by: [team:a], count: 1 },'.repeat(6)}]`,
      '`stages`: write at most 5 stages',
    ],
    [
      '[{ by: [team:Backend], count: 1 }, { by: [team:sre, on-call:primary, user:7], count: 2 }]',
      '[{ by: [user:1], count: 1 }, { by: [user:1, user:2], count: 2 }]',
      '`stages`: 3 must approve, and each of 2 counts once: name more people',
    ],
    [
      'on-call:primary, user:7], count: 2',
      'on-call:nobody, user:7], count: 2',
      '11:77 `by[1]`: `on_call` has no `nobody`',
    ],
    // Limits
    ['at_once: 3', 'at_once: 0', '`at_once`: write at least 1'],
    ['at_once: 3', 'at-once: 3', '`at-once`: is not known; did you mean `at_once`?'],
    ['cooldown: 10m', 'cooldown: 0s', '`cooldown`: write a duration longer than nothing'],
    ['daily: 12h', 'daily: 59m', "`daily`: write at least the role's default lease, 1h"],
    ['at_once: 4', 'at_once: many', '`at_once`: write how many may be held'],
    ['team: 12', 'team: 101', '45:9 `team`: write at most 100'],
    ['person: {', 'people: {', '`people`: is not known; known here: person, repository, team'],
    // Break-glass
    [
      'eligible: [team:sre, user:7], notify',
      'eligible: [on-call:primary], notify',
      '13:31 `eligible[0]`: `on-call:` stands for approvers alone: write `team:<slug>` or `user:<numeric id>`',
    ],
    [
      'eligible: [team:sre, user:7], notify',
      'eligible: [], notify',
      '`eligible`: write who may break the glass',
    ],
    ['notify: [team:security], ', '', '13:5 `notify` is missing: write who is told'],
    ['reviewers: [team:security], ', '', '`reviewers` is missing: write who reviews it'],
    ['reviewers: [user:8]', 'reviewers: [user:7]', '23:69 `reviewers`: write somebody else too'],
    ['lease: 30m', 'lease: 5h', "13:110 `lease`: write at most the role's `max`, 4h"],
    // Parameters
    [
      'shop-{service}/*',
      'shop-{servise}/*',
      '6:88 `resources[0]`: the role has no parameter `servise`; did you mean `{service}`?\n7:19 `service`: no binding holds it: write `{service}` in one',
    ],
    ['shop-{service}/*', 'shop-${service}/*', '`resources[0]`: write `{service}` without the `$`'],
    [
      'shop-{service}/*',
      'shop-{service}/${aws:username}/{a,b}',
      '`resources[0]`: write `{name}` for a parameter of the role, and `?` for a brace',
    ],
    [
      'shop-{service}/*',
      'shop-{service}*',
      '`resources[0]`: write something between `{name}` and what stands beside it',
    ],
    ['shop-{service}/*', '*{service}/x', '`resources[0]`: write something between `{name}`'],
    [
      'shop-{service}/*',
      '{service}{service}/x',
      '`resources[0]`: write something between `{name}`',
    ],
    [
      'role/orders-read',
      'role/orders-{service}',
      '17:49 `assume`: the role has no parameter `service`; write it to the `parameters` of the role',
    ],
    [
      'exists: "services/{service}"',
      'exists: "services/*"',
      '`exists`: write a path with the name in it',
    ],
    [
      'exists: "services/{service}"',
      'exists: "services"',
      '7:38 `exists`: write a path with `{service}` in it once',
    ],
    [
      'exists: "services/{service}"',
      'exists: "{team}/{service}"',
      '`exists`: write a path with `{service}` in it once',
    ],
    [
      'exists: "services/{service}"',
      'exists: "{service}/{service}"',
      '`exists`: write a path with `{service}` in it once',
    ],
    [
      'exists: "services/{service}"',
      'exists: "a/../{service}"',
      '`exists`: write a path from the root',
    ],
    ['exists: "services/{service}", ', '', '`exists` is missing: write a path'],
    [
      '{ service: { exists',
      '{ Service: { exists',
      '7:19 `Service`: write a name of lower-case letters',
    ],
    [
      '{ service: { exists',
      '{ constructor: { exists: "a/{constructor}" }, service: { exists',
      '`constructor`: no binding holds it',
    ],
    ['max: 2 }', 'max: 21 }', '`max`: write at most 20'],
    ['max: 2 }', 'max: 20 }, env: { exists: "e/{env}", max: 2 }', '`env`: no binding holds it'],
    // On-call
    [
      'people: [583231, 7]',
      'people: [octocat]',
      "47:23 `people[0]`: write GitHub's numeric user id",
    ],
    ['people: [583231, 7]', 'people: []', '`people`: write a list of numeric user ids'],
    [
      'people: [583231, 7]',
      'people: { a: 1 }',
      '`people`: write a list of numeric user ids; names of a source need its `url`',
    ],
    [
      'people: [583231, 7]',
      'people: 7',
      '`people`: write a list of numeric user ids, or with a `url`',
    ],
    ['people: [583231, 7]', 'people: [7], fallback: []', '`fallback`: stands beside a `url` alone'],
    [
      'people: { PABC: 583231 }',
      'people: [583231]',
      "`people`: write GitHub's numeric user ids by the source's names",
    ],
    [
      'people: { PABC: 583231 }',
      'people: { PABC: octocat }',
      "`PABC`: write GitHub's numeric user id",
    ],
    [
      ', fallback: [team:sre]',
      '',
      '`fallback` is missing: write who approves while the source does not answer',
    ],
    ['select: "oncalls.*.user.id", ', '', '`select` is missing: write where the names stand'],
    ['oncalls.*.user.id', '$.oncalls[*]', '`select`: write where the names stand in the answer'],
    ['oncalls.*.user.id', 'a.__proto__.b', '`select`: write where the names stand in the answer'],
    [
      'https://on-call.example',
      'http://on-call.example',
      '48:21 `url`: write an address that begins with `https://`',
    ],
    [
      'https://on-call.example',
      'https://me:secret@on-call.example',
      '`url`: write it without a user',
    ],
    ['https://on-call.example', 'ftp://on-call.example', '`url`: write the address that answers'],
    [
      'token: HALLPASS_ON_CALL_TOKEN_X',
      'token: u+Zkq3sEcrEt',
      '`token`: write the name of the setting that holds the token',
    ],
    ['primary: {', 'Primary: {', '47:3 `Primary`: write a name of lower-case letters'],
    // Identities
    [
      '"{name_id_local}"',
      '"octocat"',
      "52:50 `user`: write the IAM user's name with `{name_id}` or `{name_id_local}` in it",
    ],
    ['"{name_id_local}"', '"{login}"', '`user`: write the IAM user'],
    ['"gh-{login}"', '"gh-{email}"', "`user`: write the IAM user's name with `{login}` in it"],
    [
      '"gh-{login}" }',
      '"gh-{login}" }, { account: "444455556666", user: "{login}" }',
      '53:81 `account`: this account is already listed: keep one way',
    ],
    ['saml: { aws', 'sso: { aws', '`sso`: is not known; known here: saml, template'],
    // Changes, and who is enrolled
    [
      'widening: { by: [team:security], count: 2 }',
      'widening: { by: [on-call:primary], count: 1 }',
      '`by[0]`: `on-call:` stands for approvers alone',
    ],
    [
      'widening: { by: [team:security], count: 2 }',
      'widening: { by: [user:1], count: 2 }',
      '`count`: write at most 1: nobody else may approve',
    ],
    [
      'policy_changes: { widening: { by: [team:security], count: 2 } }',
      'policy_changes: {}',
      '`widening` is missing: write `{ by: [team:security], count: 1 }`',
    ],
    [
      '{ property: hallpass, value: "yes" }',
      '{ property: hallpass, value: true }',
      '55:40 `value`: write in quotes the value',
    ],
    [
      '{ property: hallpass, value: "yes" }',
      '{ property: hallpass }',
      '`value` is missing: write in quotes',
    ],
    [
      '{ property: hallpass, value: "yes" }',
      '{ property: "a b", value: "yes" }',
      '`property`: write the name of a custom property',
    ],
    [
      '{ property: hallpass, value: "yes" }',
      'all',
      '55:11 `enrolled`: write a list of numeric repository ids, or',
    ],
  ])('%s → %s', (from, to, problem) => {
    expect(changed(fullOrganization, from, to)).toContain(problem)
  })
})

describe('mistakes in rules', () => {
  test.each([
    // Triggers
    ['{ assigned: {} }', '{}', '73:11 `when`: write what starts the rule'],
    [
      '{ assigned: {} }',
      '{ assigned: {}, requested: {} }',
      '73:27 `requested`: write one trigger: another one is another rule',
    ],
    [
      '{ assigned: {} }',
      '{ assinged: {} }',
      '73:13 `assinged`: is not known; did you mean `assigned`?',
    ],
    ['{ assigned: {} }', '{ commented: {} }', '`commented`: is written `requested`: people ask by'],
    ['{ assigned: {} }', '{ label: x }', '`label`: is written `labeled`'],
    ['{ assigned: {} }', '{ assigned: }', '`assigned`: write `{}` for anything'],
    ['{ assigned: {} }', '{ requested: [x] }', '`requested`: write `{}` for anything'],
    ['[needs-prod-access, "incident/*"]', 'needs-prod-access', '`labeled`: write a list of labels'],
    [
      '[needs-prod-access, "incident/*"]',
      '[]',
      '`labeled`: write a list of globs over label names',
    ],
    [
      '[needs-prod-access, "incident/*"]',
      '["**x"]',
      '63:23 `labeled[0]`: write `**` alone between slashes',
    ],
    [
      '{ names: [incident], base: [main] }',
      '{ base: [main] }',
      '`names` is missing: write a list of globs over label names',
    ],
    // Conditions
    [
      '"services/{service}/**"], exclude',
      '"services/{servise}/**"], exclude',
      '58:52 `include[0]`: `orders-deploy` has no parameter `servise`; did you mean `{service}`?',
    ],
    [
      '"services/{service}/**"], exclude',
      '"services/{other}/**"], exclude',
      '`include[0]`: `orders-deploy` has no parameter `other`; write `*` instead',
    ],
    [
      '"services/{service}/**"], exclude',
      '"services/**"], exclude',
      '59:11 `give`: `orders-deploy` takes `{service}` from the changed paths: write `paths: ["services/{service}/**"]` in `when`',
    ],
    [
      '"services/{service}/**"], exclude',
      '"**/{service}/**"], exclude',
      '`include[0]`: write `**` after `{name}`, not before it',
    ],
    ['"**/*.md"', '"{service}/*.md"', '`exclude[0]`: write `{a,b}` with a comma'],
    [
      'paths: ["services/{service}/**"]',
      'paths: ["services/{x}/**"]',
      '76:34 `paths[0]`: `orders-deploy` has no parameter `x`',
    ],
    [
      'paths: ["services/{service}/**"]',
      '',
      '77:11 `give`: `orders-deploy` takes `{service}` from the changed paths',
    ],
    [
      'paths: ["services/{service}/**"]',
      'paths: services/**',
      '`paths`: write a list of globs over changed paths, such as `["services/**"]`, or',
    ],
    [
      'paths: ["services/{service}/**"]',
      'paths: { exclude: [a] }',
      '`include` is missing: write a list of globs',
    ],
    ['base: [main, release/*]', 'branches: [main]', '`branches`: is written `base`'],
    [
      'base: [main, release/*]',
      'base: []',
      '`base`: write a list of globs over branch names, such as `[main, release/*]`, or leave it out',
    ],
    ['labels: [ready, "size/?"]', 'labels: ["{x}"]', '`labels[0]`: write `{a,b}` with a comma'],
    [
      'author: [team:x, user:1, role:write]',
      'author: [role:owner]',
      '`author[0]`: write `team:<slug>`, `user:<numeric id>` or `role:<read, triage, write, maintain or admin>`',
    ],
    [
      'author: [team:x, user:1, role:write]',
      'author: []',
      '`author`: write who the author must be',
    ],
    ['actor: [role:maintain]', 'sender: [role:maintain]', '`sender`: is written `actor`'],
    [
      'actor: [role:maintain]',
      'actor: [on-call:primary]',
      '`actor[0]`: `on-call:` stands for approvers alone',
    ],
    ['draft: false', 'draft: never', '`draft`: write `true` or `false`'],
    [
      'zone: Europe/Berlin',
      'zone: Europe/Berln',
      '58:246 `zone`: write a time zone by its IANA name',
    ],
    ['zone: Europe/Berlin', 'zone: "+02:00"', '`zone`: write a time zone by its IANA name'],
    ['zone: Europe/Berlin, ', '', '`zone` is missing: write a time zone'],
    ['days: [mon-fri, sun]', 'days: [mo]', '`days[0]`: write days such as `mon`'],
    ['days: [mon-fri, sun]', 'days: []', '`days`: write days such as `mon`'],
    ['from: "09:00"', 'from: 9', '`from`: write a time of the day such as `"09:00"`'],
    ['until: "18:30"', 'until: "24:30"', '`until`: write a time of the day'],
    ['until: "18:30"', 'until: "09:00"', '58:305 `until`: write another time than `from`'],
    // Recipients
    [
      '    to: assignees\n',
      '',
      '62:5 `to` is missing: write who receives it: `reviewer`, `author`, `assignees` or `sender`',
    ],
    [
      'to: assignees',
      'to: commenter',
      '64:9 `to`: `labeled` has no `commenter`: write `reviewer`,',
    ],
    [
      'to: assignees',
      'to: assignee',
      '64:9 `to`: write one of `reviewer`, `author`, `assignees`, `sender`, `commenter`',
    ],
    // Ends
    [
      'until: [reviewed, pushed, merged]',
      'until: [unlabeled]',
      '61:13 `until[0]`: cannot happen to what `review_requested` gives to `reviewer`: write `reviewed`, `unrequested`, `closed`, `merged` or `pushed`',
    ],
    [
      'to: sender',
      'to: sender\n    until: [reviewed]',
      '`until[0]`: cannot happen to what `labeled` gives to `sender`: write `unlabeled`, `closed`,',
    ],
    [
      'to: sender',
      'to: sender\n    until: [unassigned]',
      '`until[0]`: cannot happen to what `labeled` gives to `sender`',
    ],
    [
      'to: author',
      'to: author\n    until: [closed, unrequested]',
      '`until[1]`: cannot happen to what `review_requested` gives to `author`',
    ],
    ['until: [reviewed, pushed, merged]', 'until: []', '`until`: write some of `reviewed`,'],
    // Break-glass and the catalog
    [
      'for: 2h',
      'break_glass: true',
      '60:18 `break_glass`: leave it out: the glass is broken by `labeled` or `requested` alone',
    ],
    [
      'break_glass: true',
      'break_glass: true\n    for: 1h',
      '67:10 `for`: leave it out: how long is said by the role',
    ],
    ['for: 2h', 'for: 4h1s', '`for`: write at most 4h, the longest lease of `orders-deploy`'],
    [
      '    break_glass: { eligible: [user:7], notify: [user:8], reviewers: [user:8] }\n',
      '',
      '65:18 `break_glass`: leave it out: `orders-read` has no `break_glass`',
    ],
  ])('%s → %s', (from, to, problem) => {
    expect(changed(fullOrganization, from, to)).toContain(problem)
  })

  test.each([
    ['our own', '    to: author\n', '', '3:5 `to` is missing'],
    ['Asia/Tokyo', 'Asia/Tokyo', 'Tokyo', '`zone`: write a time zone'],
    [
      'version',
      'version: 1',
      'version: 1\non_call: {}\npolicy_changes: {}',
      "2:1 `on_call`: belongs in the organization's policy",
    ],
    [
      'limits',
      'version: 1',
      'version: 1\nlimits: {}',
      "`limits`: belongs in the organization's policy",
    ],
    [
      'sources',
      'version: 1',
      'version: 1\nidentity_sources: {}',
      "`identity_sources`: belongs in the organization's policy",
    ],
  ])('of a repository’s document: %s', (_, from, to, problem) => {
    const parsed = parseRepositoryPolicy(fullRepository.replace(from, to), 'f')
    expect(parsed.ok ? 'good' : parsed.problems.map(formatProblem).join('\n')).toContain(problem)
  })

  test.each([
    [
      'include: ["services/{service}/**"]',
      'include: ["services/{servise}/**"]',
      '.github/hallpass.yml:9:45 `include[0]`: `orders-deploy` has no parameter `servise`',
    ],
    [
      'include: ["services/{service}/**"]',
      'include: ["services/**"]',
      '.github/hallpass.yml:10:11 `give`: `orders-deploy` takes `{service}`',
    ],
    ['until: [unlabeled, closed]', 'break_glass: true', 'good'],
    [
      'give: orders-deploy',
      'give: orders-deploi',
      '10:11 `give`: the catalog has no role `orders-deploi`; did you mean `orders-deploy`?',
    ],
  ])('of a repository’s document against the catalog: %s → %s', (from, to, problem) => {
    const organization = parseOrganizationPolicy(fullOrganization, 'policy.yml')
    const text = fullRepository.replace(from, to)
    const repository = parseRepositoryPolicy(text, '.github/hallpass.yml')
    if (!organization.ok || !repository.ok) throw new Error('The samples do not parse.')
    const merged = mergePolicy(organization.value, repository.value, source)
    expect(merged.ok ? 'good' : merged.problems.map(formatProblem).join('\n')).toContain(problem)
  })
})

describe('parameters', () => {
  const assume = 'assume: arn:aws:iam::111122223333:role/orders-read }'
  const withParameter = (role: string) =>
    organizationText
      .replace(assume, `assume: "arn:aws:iam::111122223333:role/${role}" }`)
      .replace('residual: 1h', 'residual: 1h\n    parameters: { env: { exists: "env/{env}.tf" } }')

  test.each([
    ['orders-{env}', ''],
    ['{env}-orders', ''],
    ['env/orders-{env}', ''],
    ['{env}', "write more of the role's name than `{name}`"],
    ['env/{env}', "write more of the role's name than `{name}`"],
    ['orders-{env', 'write `{name}` for a parameter of the role'],
  ])('in the name of a role that is assumed: %s', (role, problem) => {
    const parsed = parseOrganizationPolicy(withParameter(role), 'f')
    const said = parsed.ok ? '' : parsed.problems.map(formatProblem).join('\n')
    if (problem === '') expect(said).toBe('')
    else expect(said).toContain(problem)
  })

  it('may not make more of a role than the cloud takes', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const manyOf = (count: number, max: number) =>
      withParameter(
        names
          .slice(0, count)
          .map((name) => `x{${name}}`)
          .join('/'),
      ).replace(
        /parameters: .*/,
        `parameters: { ${names
          .slice(0, count)
          .map((name) => `${name}: { exists: "${name}/{${name}}", max: ${max} }`)
          .join(', ')} }`,
      )
    const said = (text: string) => {
      const parsed = parseOrganizationPolicy(text, 'f')
      return parsed.ok ? 'good' : parsed.problems.map(({ message }) => message).join('\n')
    }
    expect(said(manyOf(2, 4))).toBe('good')
    expect(said(manyOf(2, 5))).toContain('one request could give 25 bindings: write a lower `max`')
    expect(said(manyOf(6, 1))).toContain('write at most 5 parameters')
  })

  it('count at their longest towards what fits into a policy', () => {
    const problems = (count: number) => {
      const resources = Array.from({ length: count }, (_, n) => `"arn:aws:s3:::${n}-{service}"`)
      const text = fullOrganization.replace('"arn:aws:s3:::shop-{service}/*"', resources.join(', '))
      const parsed = parseOrganizationPolicy(text, 'f')
      return parsed.ok ? [] : parsed.problems.map(({ message }) => message)
    }
    // Some 30 characters each as written, and 85 as filled in.
    expect(problems(21)).toEqual([])
    expect(problems(22)).toEqual([
      expect.stringContaining('`allow`: write at most 1800 characters'),
    ])
  })
})

describe('what a repository’s writers may make slow', () => {
  it('is not: rules that give what a long catalog lacks', () => {
    let asked = 0
    class Roles extends Map<string, RoleDefinition> {
      override keys() {
        asked += 1
        return super.keys()
      }
    }
    const parsed = parseOrganizationPolicy(fullOrganization, 'policy.yml')
    const rules = Array.from(
      { length: 500 },
      (_, n) => `\n  - {name: r${n}, when: {requested: {}}, give: orders-raed}`,
    )
    const repository = parseRepositoryPolicy(`version: 1\nrules:${rules.join('')}`, 'f')
    if (!parsed.ok || !repository.ok) throw new Error('The samples do not parse.')
    const organization = { ...parsed.value, roles: new Roles(parsed.value.roles) }
    const merged = mergePolicy(organization, repository.value, source)
    expect(merged.ok ? [] : merged.problems).toHaveLength(50)
    // Each name is compared with all of the catalog: only for those that are told.
    expect(asked).toBe(50)
  })

  it('is not: more time windows than a rule may have', () => {
    const window = '{zone: Europe/Berlin, from: "00:00", until: "01:00"}'
    const text = (count: number) =>
      `version: 1\nrules: [{name: r, give: a, when: {requested: {hours: [${Array.from({ length: count }, () => window).join(',')}]}}}]`
    expect(parseRepositoryPolicy(text(10), 'f').ok).toBe(true)
    const many = parseRepositoryPolicy(text(11), 'f')
    expect(many.ok ? [] : many.problems.map(({ message }) => message)).toEqual([
      '`hours`: write at most 10 windows',
    ])
  })

  it('is not: globs over labels', () => {
    const labels = Array.from({ length: 50 }, (_, n) => `a${n}`).join(', ')
    const rule = (n: number) =>
      `\n  - { name: r${n}, to: sender, give: a, when: { labeled: { names: [x], labels: [${labels}] } } }`
    const rules = (count: number) =>
      parseRepositoryPolicy(
        `version: 1\nrules:${Array.from({ length: count }, (_, n) => rule(n)).join('')}`,
        'f',
      )
    expect(rules(9).ok).toBe(true)
    const many = rules(10)
    expect(many.ok ? [] : many.problems.map(formatProblem)).toEqual([
      'f:12:268 `labels[40]`: write at most 500 globs over labels and branches in all rules together',
    ])
  })
})

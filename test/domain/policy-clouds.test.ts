// What a policy says of the clouds: how it is read, and what to write instead of what does not hold.
import { describe, expect, it, test } from 'vitest'
import { formatProblem } from '../../src/domain/policy/format-problem.ts'
import { parseOrganizationPolicy } from '../../src/domain/policy/parse.ts'

const account = '111122223333'
const subscription = '/subscriptions/0A0A0A0A-1111-2222-3333-444444444444'
const set = 'arn:aws:sso:::permissionSet/ssoins-7223aaaa1111bbbb/ps-1234aaaa5678bbbb'

/** JSON is YAML, too. */
interface Written {
  readonly bindings?: readonly unknown[]
  readonly other?: readonly unknown[]
  readonly residual?: string
  readonly parameters?: unknown
  readonly identities?: readonly unknown[]
  readonly sources?: unknown
}
const aws = (more: object) => ({ aws: { account, ...more } })
const allow = [{ actions: ['logs:Get*'], resources: ['*'] }]
const logs = aws({ allow })

function document({ bindings = [logs], residual, parameters, ...more }: Written): string {
  const role = {
    description: 'x',
    bindings,
    ...(residual === undefined ? {} : { residual }),
    ...(parameters === undefined ? {} : { parameters }),
    repositories: ['shop'],
    eligible: [],
    lease: { default: '1h', max: '4h' },
    approval: 'none',
  }
  const other = { ...role, bindings: more.other, parameters: undefined }
  return JSON.stringify({
    version: 1,
    roles: { x: role, ...(more.other === undefined ? {} : { other }) },
    ...(more.identities === undefined ? {} : { identities: more.identities }),
    ...(more.sources === undefined ? {} : { identity_sources: more.sources }),
  })
}

function read(written: Written) {
  const parsed = parseOrganizationPolicy(document(written), 'p')
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.value
}

/** Without their places. */
function problemsOf(written: Written): readonly string[] {
  const parsed = parseOrganizationPolicy(document(written), 'p')
  return parsed.ok ? [] : parsed.problems.map(({ message }) => message)
}

describe('what a role gives', () => {
  const managed = `arn:aws:iam::${account}:policy/teams/reads`
  const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  const shop = { project: 'shop-prod', role: 'roles/cloudsql.viewer' }
  test.each<[string, object, object, string?]>([
    [
      'a role that may be assumed, whose sessions an early end ends',
      aws({ assume: `arn:aws:iam::${account}:role/x`, end_sessions: true }),
      { mode: 'assume-role', endSessions: true },
      '1h',
    ],
    [
      'a role for each grant',
      aws({ role_with: { policies: [managed, readOnly] } }),
      { mode: 'role-per-grant', policies: [managed, readOnly], boundary: undefined },
    ],
    [
      'a role for each grant that may do all within a boundary',
      aws({
        role_with: { policies: ['arn:aws:iam::aws:policy/AdministratorAccess'], boundary: managed },
      }),
      { boundary: managed },
    ],
    [
      'membership',
      aws({ group: 'ops', exclusive: true }),
      { cloud: 'aws', mode: 'group', group: 'ops' },
    ],
    [
      'a managed policy',
      aws({ attach: readOnly, exclusive: true }),
      { mode: 'managed-policy', policyArn: readOnly },
    ],
    [
      'a permission set',
      aws({ permission_set: set, exclusive: true }),
      { cloud: 'identity-center', mode: 'account-assignment', account, permissionSet: set },
      '1h',
    ],
    [
      'a role on a project',
      { gcp: shop },
      {
        cloud: 'gcp',
        resource: 'projects/shop-prod',
        role: 'roles/cloudsql.viewer',
        only: undefined,
      },
    ],
    [
      'a role on what begins so',
      { gcp: { ...shop, only: 'projects/_/buckets/shop-*' } },
      { only: 'projects/_/buckets/shop-*' },
    ],
    [
      'a role on a project of a domain',
      { gcp: { ...shop, project: 'example.com:shop-prod' } },
      { resource: 'projects/example.com:shop-prod' },
    ],
    ['a role on a folder', { gcp: { folder: 12, role: shop.role } }, { resource: 'folders/12' }],
    [
      "an organization's own role there",
      { gcp: { organization: '34', role: 'organizations/34/roles/reader_2' } },
      { resource: 'organizations/34', role: 'organizations/34/roles/reader_2' },
    ],
    [
      'a role in a resource group, in any case',
      { azure: { scope: `${subscription}/resourceGroups/Shop-Prod`, role: 'Reader', via: 'pim' } },
      {
        cloud: 'azure',
        mode: 'pim',
        scope: `${subscription.toLowerCase()}/resourcegroups/shop-prod`,
        role: 'Reader',
        roleId: undefined,
      },
    ],
    [
      'a role by its id',
      {
        azure: {
          scope: `${subscription}/resourceGroups/a/providers/Microsoft.KeyVault/vaults/b`,
          role: 'ACDD72A7-3385-48EF-BD42-F606FBA81AE7',
          via: 'assignment',
          exclusive: true,
        },
      },
      { mode: 'assignment', roleId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7' },
    ],
    [
      'a role in a management group, as the licence has it',
      {
        azure: {
          scope: '/providers/Microsoft.Management/managementGroups/Shop',
          role: 'Reader',
          exclusive: true,
        },
      },
      {
        mode: 'by-licence',
        scope: '/providers/microsoft.management/managementgroups/shop',
      },
    ],
  ])('may be %s', (_, binding, expected, residual) => {
    const written = { bindings: [binding], ...(residual === undefined ? {} : { residual }) }
    expect(read(written).roles.get('x')?.bindings).toMatchObject([expected])
  })
})

const way =
  '`aws`: write one of `assume`, `allow`, `role_with`, `group`, `attach` and `permission_set`'
const alone = 'write `exclusive: true`: Hallpass cannot mark there what it made, so nobody else may'
const up = 'gives access to itself and to others'
const itself = 'write a role for the work itself'
const own = (name: string) => `arn:aws:iam::aws:policy/${name}`
const role = (more: object) => ({ gcp: { project: 'shop-prod', ...more } })
const viewer = { role: 'roles/cloudsql.viewer' }
const scoped = (scope: string) => ({ azure: { scope, role: 'Reader', via: 'pim' } })
const parameters = { service: { exists: 'services/{service}' } }

describe('what a role gives wrongly is told', () => {
  test.each<[string, Written, readonly string[]]>([
    ['no cloud', { bindings: [{}] }, ['`bindings[0]`: write one cloud, such as `- aws: { ... }`']],
    [
      'two clouds',
      { bindings: [{ ...logs, ...role(viewer) }] },
      ['`bindings[0]`: write one cloud, such as `- aws: { ... }`'],
    ],
    ['no way', { bindings: [aws({})] }, [way]],
    ['two ways', { bindings: [aws({ group: 'a', attach: own('x'), exclusive: true })] }, [way]],
    [
      'an unknown cloud',
      { bindings: [{ azur: {} }] },
      ['`azur`: is not known; did you mean `azure`?'],
    ],
    [
      'the same in other letters',
      { bindings: [scoped(subscription), scoped(subscription.toLowerCase())] },
      ['`bindings[1]`: the role already has this binding'],
    ],
    [
      'an end of sessions where none are opened',
      { bindings: [aws({ allow, end_sessions: true })] },
      ['`end_sessions`: leave it out: it stands beside `assume` alone'],
    ],
    [
      'a shared group',
      { bindings: [aws({ group: 'ops' })] },
      [`\`exclusive\` is missing: ${alone} put members into that group`],
    ],
    [
      'a shared policy',
      { bindings: [aws({ attach: own('ReadOnlyAccess') })] },
      [`\`exclusive\` is missing: ${alone} attach that policy to users`],
    ],
    [
      'a shared permission set',
      { bindings: [aws({ permission_set: set })], residual: '1h' },
      [`\`exclusive\` is missing: ${alone} assign that permission set to users in that account`],
    ],
    [
      'a shared scope',
      { bindings: [{ azure: { scope: subscription, role: 'Reader' } }] },
      [
        `\`exclusive\` is missing: ${alone} assign that role to users in that scope; or write \`via: pim\``,
      ],
    ],
    [
      'a shared scope for plain assignments',
      { bindings: [{ azure: { scope: subscription, role: 'Reader', via: 'assignment' } }] },
      [`\`exclusive\` is missing: ${alone} assign that role to users in that scope`],
    ],
    [
      'not exclusive',
      { bindings: [aws({ group: 'ops', exclusive: false })] },
      ['`exclusive`: write `true`, or leave it out'],
    ],
    [
      'exclusive where it is marked',
      { bindings: [aws({ allow, exclusive: true })] },
      ["`exclusive`: leave it out: what `allow` gives carries Hallpass's mark"],
    ],
    [
      'an exclusive schedule',
      {
        bindings: [{ azure: { scope: subscription, role: 'Reader', via: 'pim', exclusive: true } }],
      },
      ['`exclusive`: leave it out: what `pim` makes is marked, and others may stand beside it'],
    ],
    [
      "another account's policies",
      {
        bindings: [
          aws({
            role_with: {
              policies: ['arn:aws:iam::444455556666:policy/a'],
              boundary: 'arn:aws:iam::444455556666:policy/b',
            },
          }),
        ],
      },
      [
        `\`policies[0]\`: the policy is not in account ${account}: write a policy of that account`,
        `\`boundary\`: the policy is not in account ${account}: write a policy of that account`,
      ],
    ],
    [
      'a policy twice',
      { bindings: [aws({ role_with: { policies: [own('x'), own('x')] } })] },
      ['`policies[1]`: the role already has this policy'],
    ],
    [
      'more policies than a role takes',
      {
        bindings: [
          aws({ role_with: { policies: Array.from({ length: 11 }, (_, n) => own(`p${n}`)) } }),
        ],
      },
      ['`policies`: write at most 10 managed policies'],
    ],
    [
      'a policy by its name',
      { bindings: [aws({ attach: 'ReadOnlyAccess', exclusive: true })] },
      [
        "`attach`: write the managed policy's ARN: `arn:aws:iam::<account>:policy/<name>`, or `arn:aws:iam::aws:policy/<name>` for AWS's own",
      ],
    ],
    ...['AdministratorAccess', 'IAMFullAccess', 'PowerUserAccess'].map(
      (name): [string, Written, readonly string[]] => [
        `${name} on the user`,
        { bindings: [aws({ attach: own(name), exclusive: true })] },
        [
          `\`attach\`: \`${name}\` ${up}: write a policy for the work itself, or \`role_with\` with a \`boundary\``,
        ],
      ],
    ),
    [
      'IAMFullAccess in another case',
      { bindings: [aws({ attach: own('iamfullaccess'), exclusive: true })] },
      [
        `\`attach\`: \`IAMFullAccess\` ${up}: write a policy for the work itself, or \`role_with\` with a \`boundary\``,
      ],
    ],
    [
      'an unbounded role of an administrator',
      { bindings: [aws({ role_with: { policies: [own('job-function/AdministratorAccess')] } })] },
      [
        `\`policies[0]\`: \`AdministratorAccess\` ${up}: write a \`boundary\` that keeps it from that, or a policy for the work itself`,
      ],
    ],
    [
      'a boundary that bounds nothing',
      {
        bindings: [
          aws({ role_with: { policies: [own('x')], boundary: own('AdministratorAccess') } }),
        ],
      },
      [
        `\`boundary\`: \`AdministratorAccess\` ${up}: write a policy that keeps the role within its work`,
      ],
    ],
    [
      "a group's ARN",
      { bindings: [aws({ group: `arn:aws:iam::${account}:group/ops`, exclusive: true })] },
      ['`group`: write the name of the IAM user group, without path or ARN'],
    ],
    [
      'a group in two spellings',
      {
        bindings: [aws({ group: 'Ops', exclusive: true })],
        other: [aws({ group: 'ops', exclusive: true })],
      },
      ['`group`: to IAM it is the same as `Ops`: write that'],
    ],
    [
      'two instances of Identity Center',
      {
        bindings: [aws({ permission_set: set, exclusive: true })],
        other: [aws({ permission_set: set.replace('7223', '7224'), exclusive: true })],
        residual: '1h',
      },
      [
        '`permission_set`: write permission sets of one instance: others here are of `ssoins-7223aaaa1111bbbb`',
      ],
    ],
    [
      'no residual of a permission set',
      { bindings: [aws({ permission_set: set, exclusive: true })] },
      [
        "`residual` is missing: write how long a session may outlive the lease: the permission set's session duration, such as `1h`",
      ],
    ],
    [
      'a residual where there is none',
      { bindings: [aws({ group: 'ops', exclusive: true }), role(viewer)], residual: '1h' },
      ['`residual`: leave it out: nothing that this role gives outlives the lease'],
    ],
    [
      'the number of a project',
      { bindings: [{ gcp: { project: '123456789012', ...viewer } }] },
      [
        "`project`: write the project's id, not its number: `gcloud projects describe <project> --format='value(projectId)'`",
      ],
    ],
    [
      'a project and a folder',
      { bindings: [role({ ...viewer, folder: 12 })] },
      ['`gcp`: write one of `project`, `folder` and `organization`'],
    ],
    [
      'no place',
      { bindings: [{ gcp: viewer }] },
      ['`gcp`: write one of `project`, `folder` and `organization`'],
    ],
    [
      "a folder's name",
      { bindings: [{ gcp: { folder: 'shops', ...viewer } }] },
      ["`folder`: write the folder's number"],
    ],
    [
      "another project's role",
      { bindings: [role({ role: 'projects/shop-test/roles/reader' })] },
      [
        "`role`: a project's own role is given in that project alone: write `project: shop-test`, or a role of the organization",
      ],
    ],
    [
      "another organization's role",
      { bindings: [{ gcp: { organization: 12, role: 'organizations/13/roles/reader' } }] },
      ["`role`: the role is another organization's: write one of organization 12"],
    ],
    ...['owner', 'editor', 'viewer'].map((name): [string, Written, readonly string[]] => [
      `the basic role ${name}`,
      { bindings: [role({ role: `roles/${name}` })] },
      [`\`role\`: Google Cloud takes no basic role with a condition: ${itself}`],
    ]),
    ...[
      'resourcemanager.projectIamAdmin',
      'resourcemanager.folderAdmin',
      'iam.securityAdmin',
      'iam.serviceAccountKeyAdmin',
      'iam.roleAdmin',
      'privilegedaccessmanager.admin',
    ].map((name): [string, Written, readonly string[]] => [
      name,
      { bindings: [role({ role: `roles/${name}` })] },
      [`\`role\`: it decides about the access of others, and of whoever holds it: ${itself}`],
    ]),
    ...['iam.serviceAccountTokenCreator', 'iam.workloadIdentityUser'].map(
      (name): [string, Written, readonly string[]] => [
        name,
        { bindings: [role({ role: `roles/${name}` })] },
        [`\`role\`: it makes credentials of service accounts, which outlive it: ${itself}`],
      ],
    ),
    ...[
      '//storage.googleapis.com/projects/_/buckets/a',
      'projects/_/buckets/*/a',
      "projects/_/buckets/a') || true || ('",
      'projects/_/buckets/a\\',
      'projects/_/buckets/a"',
    ].map((only): [string, Written, readonly string[]] => [
      `the name ${only}`,
      { bindings: [role({ ...viewer, only })] },
      [
        '`only`: write the name that conditions compare, such as `projects/_/buckets/orders` or `projects/_/buckets/orders/*`: without `//<service>.googleapis.com/`, with `*` at its end alone',
      ],
    ]),
    ...[
      '/',
      'subscriptions/x',
      `${subscription}/`,
      `${subscription}/resourceGroups/..`,
      `${subscription}/resourceGroups/a.`,
      `${subscription}/resourceGroups/a/../b`,
      `${subscription}/resourceGroups/a?b`,
      `${subscription}/resourceGroups/a/providers/Microsoft.KeyVault/vaults`,
      '/providers/Microsoft.Management/managementGroups/a/b',
    ].map((scope): [string, Written, readonly string[]] => [
      `the scope ${scope}`,
      { bindings: [scoped(scope)] },
      [
        '`scope`: write the scope from its start, such as `/subscriptions/<id>/resourceGroups/<name>` or `/providers/Microsoft.Management/managementGroups/<name>`',
      ],
    ]),
    ...[
      'Owner',
      'user access administrator',
      'Role Based Access Control Administrator',
      '8E3AF657-A8FF-443C-A75C-2FE8C4BCB635',
      'Virtual Machine Data Access Administrator (preview)',
      '66f75aeb-eabe-4b70-9f1e-c350c4c9ad04',
    ].map((name): [string, Written, readonly string[]] => [
      `Azure's ${name}`,
      { bindings: [{ azure: { scope: subscription, role: name, via: 'pim' } }] },
      [`\`role\`: it ${up}: ${itself}`],
    ]),
    [
      'a way that Azure has not',
      { bindings: [{ azure: { scope: subscription, role: 'Reader', via: 'PIM' } }] },
      ['`via`: write `pim` or `assignment`; left out, the licence of the tenant decides'],
    ],
    [
      'two ways to give one role in one scope',
      {
        bindings: [scoped(subscription)],
        other: [{ azure: { scope: subscription.toLowerCase(), role: 'reader', exclusive: true } }],
      },
      ['`via` is missing: write `pim`, as for the same role in the same scope above'],
    ],
    [
      'a group that a directory names',
      { bindings: [aws({ group: '{service}', exclusive: true })], parameters },
      ["`group`: write more of the group's name than `{name}`, such as `orders-{name}`"],
    ],
    [
      'a resource group that a directory names',
      { bindings: [scoped(`${subscription}/resourceGroups/{service}`)], parameters },
      [
        '`scope`: write more of the name than `{name}` between slashes, such as `resourceGroups/orders-{name}`',
      ],
    ],
    [
      'a name that begins as a directory is called',
      { bindings: [role({ ...viewer, only: 'projects/_/buckets/{service}*' })], parameters },
      ['`only`: write something between `{name}` and what stands beside it, such as `{name}/*`'],
    ],
    [
      'a parameter that is not there',
      { bindings: [role({ ...viewer, only: 'projects/_/buckets/{servis}/*' })], parameters },
      [
        '`only`: the role has no parameter `servis`; did you mean `{service}`?',
        '`service`: no binding holds it: write `{service}` in one, or remove the parameter',
      ],
    ],
  ])('%s', (_, written, messages) => {
    expect(problemsOf(written).toSorted()).toEqual(messages.toSorted())
  })

  it('not where parameters stand as they should', () => {
    const bindings = [
      aws({ group: 'orders-{service}', exclusive: true }),
      role({ ...viewer, only: 'projects/_/buckets/shop-{service}/*' }),
      scoped(`${subscription}/resourceGroups/shop-{service}/providers/A.B/vaults/{service}-x`),
    ]
    expect(problemsOf({ bindings, parameters })).toEqual([])
  })
})

const person = (github: number, more: object) => ({ github, ...more })
const objectId = '0A0A0A0A-1111-2222-3333-444444444444'
const userId = '0a0a0a0a11-0a0a0a0a-1111-2222-3333-444444444444'

describe('who somebody is', () => {
  it('is known in each cloud, in lower case where case means nothing', () => {
    const written = person(7, {
      aws: [{ account, user: 'alice' }],
      identity_center: { user: 'Alice', id: userId },
      gcp: { email: 'Alice@Example.com' },
      azure: { object_id: objectId, name: 'Alice A.' },
    })
    expect(read({ identities: [written] }).identities).toEqual([
      {
        github: 7,
        aws: [{ account, user: 'alice', id: undefined }],
        identityCenter: { user: 'Alice', id: userId },
        gcp: { email: 'alice@example.com' },
        azure: { objectId: objectId.toLowerCase(), name: 'Alice A.' },
      },
    ])
  })

  it('comes from names in the directories that have them', () => {
    const saml = { identity_center: '{name_id}', gcp: '{name_id}' }
    const template = { gcp: '{login}@example.com', identity_center: 'gh-{login}' }
    expect(read({ sources: { saml, template } }).identitySources).toEqual({
      saml: [
        { account: 'identity-center', user: '{name_id}' },
        { account: 'gcp', user: '{name_id}' },
      ],
      template: [
        { account: 'identity-center', user: 'gh-{login}' },
        { account: 'gcp', user: '{login}@example.com' },
      ],
    })
  })

  const shared = (kind: string) =>
    `this ${kind} is already another person: give each person their own`
  test.each<[string, Written, readonly string[]]>([
    [
      'one user of Identity Center for two',
      {
        identities: [
          person(1, { identity_center: { user: 'Alice', id: userId } }),
          person(2, { identity_center: { user: 'alice', id: userId } }),
        ],
      },
      [`\`user\`: ${shared('Identity Center user')}`, `\`id\`: ${shared('Identity Center user')}`],
    ],
    [
      'one Google account for two',
      {
        identities: [
          person(1, { gcp: { email: 'Alice@example.com' } }),
          person(2, { gcp: { email: 'alice@example.com' } }),
        ],
      },
      [`\`email\`: ${shared('Google account')}`],
    ],
    [
      'one Entra user for two',
      {
        identities: [
          person(1, { azure: { object_id: objectId } }),
          person(2, { azure: { object_id: objectId.toLowerCase() } }),
        ],
      },
      [`\`object_id\`: ${shared('Entra user')}`],
    ],
    [
      'a service account',
      { identities: [person(1, { gcp: { email: 'x@shop.iam.gserviceaccount.com' } })] },
      ["`email`: write the person's own Google account: `alice@example.com`"],
    ],
    [
      'a name for an object id',
      { identities: [person(1, { azure: { object_id: 'alice' } })] },
      ['`object_id`: write the object id in Entra: `az ad user show --id <user> --query id`'],
    ],
    [
      'everybody as the same one',
      { sources: { template: { gcp: 'all@example.com', identity_center: 'all' } } },
      [
        '`gcp`: write an address in lower case with `{login}` before its `@`: `{login}@example.com`',
        "`identity_center`: write the user's name in Identity Center with `{login}` in it",
      ],
    ],
    [
      'everybody at an address that their name chooses',
      { sources: { template: { gcp: 'x@{login}.com' } } },
      [
        '`gcp`: write an address in lower case with `{login}` before its `@`: `{login}@example.com`',
      ],
    ],
    [
      'Entra users by name',
      { sources: { saml: { azure: '{name_id}' } } },
      ['`azure`: is not derived from names: write the object ids into `identities`'],
    ],
    [
      'nothing that names lead to',
      { sources: { saml: {} } },
      ['`saml`: write what it leads to, such as `aws: [...]`'],
    ],
  ])('%s is refused', (_, written, messages) => {
    expect(problemsOf(written).toSorted()).toEqual(messages.toSorted())
  })
})

// What is said of each mode: before approval, while it is held, and when it has to be taken back by hand.
import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { grantSection } from '../../src/domain/messages/grant-section.ts'
import { byHand } from '../../src/domain/messages/by-hand.ts'
import { resourcesOf } from '../../src/domain/messages/cloud-words.ts'
import { howToUse } from '../../src/domain/messages/how-to.ts'
import { promisesOf } from '../../src/domain/messages/promises.ts'
import { bindingsOf, sharedIdOf } from '../../src/domain/lanes/bindings-of.ts'
import { modes, traitsOf } from '../../src/domain/lanes/modes.ts'
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import type { Grant, Offer } from '../../src/domain/grants/types.ts'
import {
  assume,
  byTwo,
  grantAfter,
  hour,
  inline,
  instance,
  grantId,
  offer,
  request,
  revoke,
  start,
} from './grants.fixtures.ts'
import { principalFor } from './policy.world.ts'

const account = '111122223333'
const scope = '/subscriptions/0a0a0a0a-0000-4000-8000-000000000001/resourcegroups/shop'
const azure = {
  cloud: 'azure',
  scope,
  role: 'Reader',
  roleId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
} as const

/** One of each. */
const roles: { readonly [M in keyof typeof modes]: Extract<CloudRole, { mode: M }> | CloudRole } = {
  'assume-role': assume,
  'inline-permissions': inline,
  'role-per-grant': {
    cloud: 'aws',
    mode: 'role-per-grant',
    account,
    policies: ['arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess'],
    boundary: undefined,
  },
  group: { cloud: 'aws', mode: 'group', account, group: 'ops' },
  'managed-policy': {
    cloud: 'aws',
    mode: 'managed-policy',
    account,
    policyArn: `arn:aws:iam::${account}:policy/ops`,
  },
  'account-assignment': {
    cloud: 'identity-center',
    mode: 'account-assignment',
    account,
    permissionSet: 'arn:aws:sso:::permissionSet/ssoins-7223aaaa1111bbbb/ps-1234aaaa5678bbbb',
  },
  'conditional-binding': {
    cloud: 'gcp',
    mode: 'conditional-binding',
    resource: 'projects/shop-prod',
    role: 'roles/storage.objectViewer',
    only: 'projects/_/buckets/orders/*',
  },
  pim: { ...azure, mode: 'pim' },
  assignment: { ...azure, mode: 'assignment' },
}
const all = Object.entries(roles)

const offerOf = (...given: readonly CloudRole[]): Offer => ({
  ...byTwo,
  bindings: given.map((role) => ({ role, principal: principalFor(role) })),
})
const heldBy = (
  ...given: readonly CloudRole[]
): Extract<Grant, { phase: 'active' | 'approved' }> => {
  const grant = grantAfter([request({ ...offerOf(...given), approval: 'none' }), start])
  if (grant.phase !== 'active' && grant.phase !== 'approved') throw new Error(grant.phase)
  return grant
}

describe.each(all)('%s', (_, role) => {
  const traits = traitsOf(role)
  const pending = grantAfter([request(offerOf(role)), start])
  if (pending.phase !== 'requested') throw new Error('it needs approval')

  test.each([
    ['the check', promisesOf(offerOf(role)).join('\n')],
    ['the comment', grantSection(pending, instance)],
  ])('says in %s before approval who ends it, what outlives it and what proves it', (_, text) => {
    expect(text.includes('The cloud itself ends it')).toBe(traits.selfExpiring)
    expect(text.includes('cannot end it by itself')).toBe(!traits.selfExpiring)
    expect(/essions? .*may outlive/.test(text)).toBe(traits.residual === 'sessions')
    expect(text).toContain(traits.proof)
    expect(text.includes("Hallpass's alone")).toBe(traits.exclusive !== undefined)
    expect(text).toContain(traits.exclusive ?? '')
    expect(text).toContain(traits.earlyEnd ?? '')
  })

  it('is not told to be taken by hand from whoever holds it by another grant too', () => {
    const stuck = { type: 'trouble', because: 'Denied' } as const
    const ending = grantAfter(
      [request({ ...offerOf(role), approval: 'none' }), start],
      [revoke, start],
      [stuck, start],
    )
    if (ending.phase !== 'ending') throw new Error(ending.phase)
    const isShared = sharedIdOf(role, principalFor(role)) !== undefined
    const text = grantSection(ending, instance)
    expect(text).toContain('To remove it by hand')
    expect(text.includes('unless another grant of theirs still gives it')).toBe(isShared)
  })

  it('is told of with the names of what is given', () => {
    expect(resourcesOf(role)).not.toMatch(/undefined|\[object/)
  })
})

it('together say which part the cloud cannot end', () => {
  const text = promisesOf(offerOf(roles.group, roles.pim, roles['conditional-binding'])).join('\n')
  expect(text).toContain(
    '**The cloud cannot end a part of it by itself:** leave to do what the group `ops` may do lasts',
  )
  expect(text).not.toContain('The cloud itself ends it')
})

it('together name each part that the cloud cannot end, in one sentence', () => {
  const parts = [roles.group, roles.pim, roles['managed-policy']]
  const text = promisesOf(offerOf(...parts)).filter((it) => it.includes('by itself'))
  expect(text).toHaveLength(1)
  expect(text[0]).toMatch(/leave to do what the group .+, and leave to .+ lasts until/)
})

describe('sessions that an early end ends', () => {
  const ending: CloudRole = {
    ...assume,
    cloud: 'aws',
    mode: 'assume-role',
    roleArn: 'arn:aws:iam::111122223333:role/x',
    account,
    endSessions: true,
  }
  test.each([
    ['all', [ending], '; when it is ended early, sessions are ended too'],
    ['some', [ending, assume], '; when it is ended early, some sessions are ended too'],
    ['none', [assume], ' by 1h'],
  ])('are told of: %s', (_, given, words) => {
    expect(promisesOf(offerOf(...given))[0]?.endsWith(words)).toBe(true)
  })
})

/** By mode, and the first line of each alone. */
const each = (say: (role: CloudRole) => string) =>
  all.map(([mode, role]) => `${mode}: ${say(role)}`).join('\n')

it('is used as it says', () => {
  expect(
    each((role) => howToUse(heldBy(role), instance).join('\n').split('<details>')[0]?.trim() ?? ''),
  ).toMatchInlineSnapshot(`
    "assume-role: With the credentials of IAM user \`rania\` in account \`111122223333\`:

    \`\`\`sh
    aws sts assume-role --role-arn arn:aws:iam::111122223333:role/orders-read --role-session-name hallpass-0123456789ab --duration-seconds 3600
    \`\`\`
    inline-permissions: Just use your own credentials: the permissions are on IAM user \`rania\` in account \`111122223333\`, also in the [AWS console](https://111122223333.signin.aws.amazon.com/console).
    role-per-grant: With the credentials of IAM user \`rania\` in account \`111122223333\`:

    \`\`\`sh
    aws sts assume-role --role-arn arn:aws-us-gov:iam::111122223333:role/hallpass/hallpass-i7-0123456789ab --role-session-name hallpass-0123456789ab
    \`\`\`
    group: Just use your own credentials: IAM user \`rania\` in account \`111122223333\` can do what the group \`ops\` may do.
    managed-policy: Just use your own credentials: IAM user \`rania\` in account \`111122223333\` can do what \`arn:aws:iam::111122223333:policy/ops\` allows.
    account-assignment: In the AWS access portal, or with \`aws sso login\`, Identity Center user \`rania\` finds the account \`111122223333\` with this permission set.
    conditional-binding: Just use Google account \`rania@example.com\`, also in the [Google Cloud console](https://console.cloud.google.com/?project=shop-prod): it can act as \`roles/storage.objectViewer\` on \`projects/shop-prod\`, only on \`projects/_/buckets/orders/*\`. It may take a few minutes until Google Cloud knows everywhere.

    \`\`\`sh
    gcloud config set account rania@example.com
    gcloud config set project shop-prod
    \`\`\`
    pim: Just use Entra user \`Rania\`, also in the [Azure portal](https://portal.azure.com/): it can act as \`Reader\` on \`/subscriptions/0a0a0a0a-0000-4000-8000-000000000001/resourcegroups/shop\`. It may take a few minutes until Azure knows everywhere. Whoever is signed in already may have to sign in anew.

    \`\`\`sh
    az login
    az account set --subscription 0a0a0a0a-0000-4000-8000-000000000001
    \`\`\`
    assignment: Just use Entra user \`Rania\`, also in the [Azure portal](https://portal.azure.com/): it can act as \`Reader\` on \`/subscriptions/0a0a0a0a-0000-4000-8000-000000000001/resourcegroups/shop\`. It may take a few minutes until Azure knows everywhere. Whoever is signed in already may have to sign in anew.

    \`\`\`sh
    az login
    az account set --subscription 0a0a0a0a-0000-4000-8000-000000000001
    \`\`\`"
  `)
})

it('names the role of each binding that it made', () => {
  const made = roles['role-per-grant']
  const [, second] = howToUse(heldBy(inline, made), instance)
  const name = `hallpass-${instance}-${grantId}-2`
  expect(second).toContain(`--role-arn arn:aws-us-gov:iam::${account}:role/hallpass/${name} `)
})

const byHandOf = (role: CloudRole): string => {
  const of = { ...offer, bindings: [{ role, principal: principalFor(role) }] }
  const [binding] = bindingsOf(of, grantId, instance, start, start + hour)
  return binding === undefined ? '' : byHand(binding)
}

it('is taken back by hand as it says', () => {
  expect(each(byHandOf)).toMatchInlineSnapshot(`
    "assume-role: aws iam delete-user-policy --user-name rania --policy-name hallpass-i7-0123456789ab
    inline-permissions: aws iam delete-user-policy --user-name rania --policy-name hallpass-i7-0123456789ab
    role-per-grant: aws iam update-assume-role-policy --role-name hallpass-i7-0123456789ab --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}' && aws iam put-role-policy --role-name hallpass-i7-0123456789ab --policy-name hallpass-end --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
    group: aws iam remove-user-from-group --user-name rania --group-name ops
    managed-policy: aws iam detach-user-policy --user-name rania --policy-arn arn:aws:iam::111122223333:policy/ops
    account-assignment: aws sso-admin delete-account-assignment --instance-arn arn:aws:sso:::instance/ssoins-7223aaaa1111bbbb --permission-set-arn arn:aws:sso:::permissionSet/ssoins-7223aaaa1111bbbb/ps-1234aaaa5678bbbb --target-type AWS_ACCOUNT --target-id 111122223333 --principal-type USER --principal-id r-1
    conditional-binding: gcloud projects get-iam-policy shop-prod --format=json | jq '.bindings|=map(select((.role=="roles/storage.objectViewer" and .condition.title=="hallpass-i7-0123456789ab" and .members==["user:rania@example.com"])|not))' > policy.json && gcloud projects set-iam-policy shop-prod policy.json
    pim: az rest --method put --url /subscriptions/0a0a0a0a-0000-4000-8000-000000000001/resourcegroups/shop/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/"$(uuidgen)"'?api-version=2020-10-01' --body '{"properties":{"principalId":"0a0a0a0a-0000-4000-8000-000000000001","roleDefinitionId":"/subscriptions/0a0a0a0a-0000-4000-8000-000000000001/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7","requestType":"AdminRemove"}}'
    assignment: az role assignment delete --assignee 0a0a0a0a-0000-4000-8000-000000000001 --role acdd72a7-3385-48ef-bd42-f606fba81ae7 --scope /subscriptions/0a0a0a0a-0000-4000-8000-000000000001/resourcegroups/shop"
  `)
})

test.each([
  ['folders/12', 'gcloud resource-manager folders get-iam-policy 12 '],
  ['organizations/34', 'gcloud organizations get-iam-policy 34 '],
])('in Google Cloud, of %s', (resource, command) => {
  expect(byHandOf({ ...roles['conditional-binding'], resource } as CloudRole)).toContain(command)
})

test('above subscriptions, Azure knows its roles by the tenant', () => {
  const group = '/providers/microsoft.management/managementgroups/shop'
  expect(byHandOf({ ...azure, mode: 'pim', scope: group })).toContain(
    '"roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/',
  )
})

describe('hostile names', () => {
  const bad = "x'`\n@octocat <img> $(reboot) | # [a](b) \u202e"
  const hostile: readonly CloudRole[] = [
    { cloud: 'aws', mode: 'role-per-grant', account, policies: [bad], boundary: bad },
    { cloud: 'aws', mode: 'group', account, group: bad },
    { cloud: 'aws', mode: 'managed-policy', account, policyArn: bad },
    { cloud: 'identity-center', mode: 'account-assignment', account, permissionSet: bad },
    {
      cloud: 'gcp',
      mode: 'conditional-binding',
      resource: `projects/${bad}`,
      role: bad,
      only: bad,
    },
    { ...azure, mode: 'pim', scope: `/subscriptions/${bad}`, role: bad },
    { ...azure, mode: 'assignment', scope: bad, role: bad, roleId: undefined },
  ]
  const outsideCode = (markdown: string): string =>
    markdown
      .replaceAll(/```sh\n[^]*?\n```/g, '')
      .replaceAll(/`[^`\n]*`/g, '')
      .replaceAll(/\]\(https:[!&*-~%]*\)/g, ']')

  it.each(hostile.map((role) => [role.mode, role] as const))('of %s stay names', (_, role) => {
    const said = [
      resourcesOf(role),
      ...promisesOf(offerOf(role)),
      ...howToUse(heldBy(role), instance),
    ]
    for (const text of said) expect(outsideCode(text)).not.toMatch(/@octocat|<img|reboot|\u202e/)
    const shells = [byHandOf(role), ...howToUse(heldBy(role), instance)]
    for (const text of shells) {
      expect(text).not.toMatch(/\u202e/)
      // A word of a shell: nothing of it is outside single quotes.
      const commands = text.includes('```sh')
        ? (/```sh\n([^]*?)\n```/.exec(text)?.[1] ?? '')
        : byHandOf(role)
      expect(commands.replaceAll(/'(?:[^']|'\\'')*'/g, '')).not.toMatch(/reboot|octocat/)
      expect(
        commands.split('\n').every((line) => /^(?:aws|az|gcloud) /.test(line) || line === ''),
      ).toBe(true)
    }
  })
})

describe('docs/clouds.md', () => {
  const rows = readFileSync(new URL('../../docs/clouds.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^\| [A-Z]\. /.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )

  it('says of each mode what holds of it', () => {
    const outlives = { none: 'nothing', sessions: "sessions, for up to the role's `residual`" }
    const expected = Object.values(modes).map(
      ({ letter, name, selfExpiring, residual, proof, exclusive = '' }) => [
        `${letter}. ${name}`,
        selfExpiring ? 'yes' : '**no**',
        outlives[residual],
        proof,
        exclusive,
      ],
    )
    expect(rows.map(([mode, , ...cells]) => [mode, ...cells])).toEqual(expected)
  })
})

import { expect, test } from 'vitest'
import type { AwsAssumeRole, CloudRole, Principal } from '../../src/domain/lanes/types.ts'
import { principalUnasked } from '../../src/domain/policy/principal-unasked.ts'
import type { Identity } from '../../src/domain/policy/types.ts'

const account = '111122223333'
const inAws: AwsAssumeRole = {
  cloud: 'aws',
  mode: 'assume-role',
  account,
  roleArn: `arn:aws:iam::${account}:role/orders`,
}
const permissionSet: CloudRole = {
  cloud: 'identity-center',
  mode: 'account-assignment',
  account,
  permissionSet: 'arn:aws:sso:::permissionSet/ssoins-1/ps-1',
}
const inGcp: CloudRole = {
  cloud: 'gcp',
  mode: 'conditional-binding',
  resource: 'projects/shop',
  role: 'roles/logging.viewer',
  only: undefined,
}
const inAzure: CloudRole = {
  cloud: 'azure',
  mode: 'assignment',
  scope: '/subscriptions/one',
  role: 'Reader',
  roleId: 'acdd72a7',
}
const open: CloudRole = { ...inAzure, mode: 'by-licence', roleId: undefined }

const octo: Principal = { cloud: 'aws', account, userName: 'octo', userId: 'AIDAOCTO' }
const octoInCenter: Principal = {
  cloud: 'identity-center',
  store: 'd-1',
  userName: 'octo',
  userId: 'u-1',
}
const octoInAzure: Principal = { cloud: 'azure', objectId: 'o-1', name: undefined }

const named = (id?: string, user = 'octo'): Identity => ({
  github: 1,
  aws: [{ account, user, id }],
  identityCenter: { user, id },
  gcp: { email: 'octo@acme.example' },
  azure: { objectId: 'o-1', name: undefined },
})
const before = (role: CloudRole, principal: Principal) => [{ role, principal }]

test.each<
  [string, CloudRole, Identity, ReturnType<typeof before>, Principal | undefined, CloudRole?]
>([
  ['an id that is written out names a user of IAM', inAws, named('AIDAOCTO'), [], octo],
  ['a name alone names nobody', inAws, named(), [], undefined],
  ['unless it was theirs when it was offered', inAws, named(), before(inAws, octo), octo],
  [
    'however the ledger wrote it down',
    inAws,
    named(),
    before({ roleArn: inAws.roleArn, mode: 'assume-role', cloud: 'aws', account }, octo),
    octo,
  ],
  ['in whatever case', inAws, named(undefined, 'Octo'), before(inAws, octo), octo],
  ['another name is not theirs', inAws, named(undefined, 'mona'), before(inAws, octo), undefined],
  [
    'another id is another user, also under that name',
    inAws,
    named('AIDAMONA'),
    before(inAws, octo),
    { ...octo, userId: 'AIDAMONA' },
  ],
  [
    'what was offered of another role says nothing',
    inAws,
    named(),
    before({ ...inAws, roleArn: 'other' }, octo),
    undefined,
  ],
  ['Identity Center tells of nobody', permissionSet, named('u-1'), [], undefined],
  [
    'but for whom it was offered to',
    permissionSet,
    named('u-1'),
    before(permissionSet, octoInCenter),
    octoInCenter,
  ],
  [
    'and not for somebody else',
    permissionSet,
    named('u-2'),
    before(permissionSet, octoInCenter),
    undefined,
  ],
  [
    'Google knows people by their address',
    inGcp,
    named(),
    [],
    { cloud: 'gcp', member: 'user:octo@acme.example' },
  ],
  ['Azure by their object', inAzure, named(), [], octoInAzure, inAzure],
  ['where nothing is left to the tenant', open, named(), [], undefined],
  [
    'or it was settled when it was offered',
    open,
    named(),
    before(inAzure, octoInAzure),
    octoInAzure,
    inAzure,
  ],
  [
    'for that very scope',
    open,
    named(),
    before({ ...inAzure, scope: '/subscriptions/two' }, octoInAzure),
    undefined,
  ],
  ['nobody without an entry', inGcp, { github: 1, aws: [] }, [], undefined],
])('%s', (_, role, identity, offered, principal, given = role) => {
  expect(principalUnasked(role, identity, offered)).toEqual(
    principal === undefined ? undefined : { principal, given },
  )
})

// What can be asked about a whole account.
import { dateOf, type Action, type Call } from './action.ts'
import { attachedXml, managedPolicyOf } from './attachment-actions.ts'
import type { Group, IamRecord, ManagedPolicy, Role, User } from './entities.ts'
import { describeGroup } from './group-actions.ts'
import { inlineLimits } from './inline-actions.ts'
import { page, type Xml } from './query.ts'
import { describeRole, tagsXml } from './role-actions.ts'
import { filedBy } from './state.ts'
import { boundaryXml, describeUser } from './user-actions.ts'

const getAccountSummary: Action = {
  kind: 'read',
  resource: () => '*',
  run({ account, state, view }) {
    const quotas = state.quotasOf(account)
    const key = filedBy.account(account)
    const summary = {
      Users: state.users.filed(key, view).length,
      UsersQuota: quotas.users,
      Groups: state.groups.filed(key, view).length,
      GroupsQuota: quotas.groups,
      Roles: state.roles.filed(key, view).length,
      RolesQuota: quotas.roles,
      Policies: state.policies.filed(key, view).length,
      PoliciesQuota: quotas.policies,
      UserPolicySizeQuota: inlineLimits.user,
      GroupPolicySizeQuota: inlineLimits.group,
      RolePolicySizeQuota: inlineLimits.role,
      PolicySizeQuota: 6144,
      AssumeRolePolicySizeQuota: quotas.trustSize,
      AttachedPoliciesPerUserQuota: quotas.attachedPerUser,
      AttachedPoliciesPerGroupQuota: quotas.attachedPerGroup,
      AttachedPoliciesPerRoleQuota: quotas.attachedPerRole,
      GroupsPerUserQuota: quotas.groupsPerUser,
    }
    return {
      SummaryMap: { entry: Object.entries(summary).map(([key, value]) => ({ key, value })) },
    }
  },
}

const policyList = (inline: ReadonlyMap<string, string>) => ({
  member: [...inline].map(([PolicyName, document]) => ({
    PolicyName,
    PolicyDocument: encodeURIComponent(document),
  })),
})

const userDetail = (user: User): Xml => ({
  ...describeUser(user),
  UserPolicyList: policyList(user.inline),
  GroupList: { member: user.groups },
  AttachedManagedPolicies: attachedXml(user.attached),
  PermissionsBoundary: boundaryXml(user.boundary),
})

const groupDetail = (group: Group): Xml => ({
  ...describeGroup(group),
  GroupPolicyList: policyList(group.inline),
  AttachedManagedPolicies: attachedXml(group.attached),
})

const roleDetail = (call: Call, role: Role): Xml => ({
  ...describeRole(call.state, role),
  MaxSessionDuration: undefined,
  Description: undefined,
  InstanceProfileList: {},
  RolePolicyList: policyList(role.inline),
  AttachedManagedPolicies: attachedXml(role.attached),
  PermissionsBoundary: boundaryXml(role.boundary),
  Tags: tagsXml(role.tags),
})

function attachments({ account, state, view }: Call, key: string): number {
  return [state.users, state.groups, state.roles]
    .flatMap((table): readonly { account: string }[] => table.filed(key, view))
    .filter((owner) => owner.account === account).length
}

const describePolicy = (call: Call, policy: ManagedPolicy) => ({
  PolicyName: policy.name,
  PolicyId: policy.policyId,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: 'v1',
  AttachmentCount: attachments(call, filedBy.policy(policy.arn)),
  PermissionsBoundaryUsageCount: attachments(call, filedBy.boundary(policy.arn)),
  IsAttachable: true,
  CreateDate: dateOf(policy.createdAt),
  UpdateDate: dateOf(policy.createdAt),
})

const version = (policy: ManagedPolicy) => ({
  Document: encodeURIComponent(policy.document),
  VersionId: 'v1',
  IsDefaultVersion: true,
  CreateDate: dateOf(policy.createdAt),
})

const policyDetail = (call: Call, policy: ManagedPolicy): Xml => ({
  ...describePolicy(call, policy),
  PolicyVersionList: { member: [version(policy)] },
})

const getPolicy: Action = {
  kind: 'read',
  resource: (call) => call.params.required('PolicyArn'),
  run: (call) => ({ Policy: describePolicy(call, managedPolicyOf(call)) }),
}

const getPolicyVersion: Action = {
  kind: 'read',
  resource: (call) => call.params.required('PolicyArn'),
  run: (call) => ({ PolicyVersion: version(managedPolicyOf(call)) }),
}

/** What the filters ask for; everything but AWS's own policies that nobody uses, when there are none. */
function selected(call: Call): IamRecord[] {
  const { account, params, state, view } = call
  const filters = params.list('Filter')
  const wants = (filter: string) => filters.length === 0 || filters.includes(filter)
  const key = filedBy.account(account)
  const builtIn = state.policies
    .filed(filedBy.account('aws'), view)
    .filter((policy) => attachments(call, filedBy.policy(policy.arn)) > 0)
  return [
    ...(wants('User') ? state.users.filed(key, view) : []),
    ...(wants('Group') ? state.groups.filed(key, view) : []),
    ...(wants('Role') ? state.roles.filed(key, view) : []),
    ...(wants('LocalManagedPolicy') ? state.policies.filed(key, view) : []),
    ...(wants('AWSManagedPolicy') ? builtIn : []),
  ]
}

const getAccountAuthorizationDetails: Action = {
  kind: 'read',
  resource: () => '*',
  run(call) {
    const { shown, xml } = page(selected(call), ({ arn }) => arn, call.params)
    const of = <K extends IamRecord['kind']>(kind: K) =>
      shown.filter((record): record is Extract<IamRecord, { kind: K }> => record.kind === kind)
    return {
      UserDetailList: { member: of('user').map(userDetail) },
      GroupDetailList: { member: of('group').map(groupDetail) },
      RoleDetailList: { member: of('role').map((role) => roleDetail(call, role)) },
      Policies: { member: of('policy').map((policy) => policyDetail(call, policy)) },
      ...xml,
    }
  },
}

export const accountActions: Readonly<Record<string, Action>> = {
  GetAccountSummary: getAccountSummary,
  GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
  GetPolicy: getPolicy,
  GetPolicyVersion: getPolicyVersion,
}

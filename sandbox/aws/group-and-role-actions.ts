import { arnOf, groupOf, reasonOf, roleOf, userOf, type Action, type Call } from './action.ts'
import type { Group, Role } from './entities.ts'
import { AwsFault } from './fault.ts'
import { parsePolicy } from './policy-document.ts'
import { page } from './query.ts'
import { newGroup, newRole } from './records.ts'
import { inlineLimits, putInline } from './user-actions.ts'

const describeGroup = (group: Group) => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.groupId,
  Arn: group.arn,
  CreateDate: new Date(group.createdAt).toISOString(),
})

const describeRole = (role: Role) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.roleId,
  Arn: role.arn,
  CreateDate: new Date(role.createdAt).toISOString(),
  AssumeRolePolicyDocument: encodeURIComponent(role.trust),
  MaxSessionDuration: role.maxSessionSeconds,
})

const createGroup: Action = {
  kind: 'write',
  resource: arnOf('group'),
  run(call) {
    const { account, at, params, state } = call
    const name = params.name('GroupName', 128)
    if (state.groupNamed(account, name, state.latest))
      throw new AwsFault('EntityAlreadyExists', `Group with name ${name} already exists.`)
    const group = newGroup({ account, name, path: params.optional('Path'), at })
    state.remember('group', group)
    state.groups.put(group, reasonOf(call))
    return { Group: describeGroup(group) }
  },
}

const putGroupPolicy: Action = {
  kind: 'write',
  resource: arnOf('group'),
  run(call) {
    const group = groupOf(call)
    const inline = putInline(call, group, group.inline)
    call.state.groups.put({ ...group, inline }, reasonOf(call, call.params.required('PolicyName')))
    return undefined
  },
}

const addUserToGroup: Action = {
  kind: 'write',
  resource: arnOf('group'),
  run(call) {
    const [group, user] = [groupOf(call), userOf(call)]
    if (user.groups.includes(group.name)) return undefined
    if (user.groups.length >= 10)
      throw new AwsFault('LimitExceeded', 'Cannot exceed quota for GroupsPerUser: 10')
    call.state.users.put({ ...user, groups: [...user.groups, group.name] }, reasonOf(call))
    return undefined
  },
}

const listGroupsForUser: Action = {
  kind: 'read',
  resource: arnOf('user'),
  run(call) {
    const groups = userOf(call).groups.flatMap(
      (name) => call.state.groupNamed(call.account, name, call.view) ?? [],
    )
    const { shown, xml } = page(groups, (group) => group.name, call.params)
    return { Groups: { member: shown.map(describeGroup) }, ...xml }
  },
}

const createRole: Action = {
  kind: 'write',
  resource: arnOf('role'),
  run(call) {
    const { account, at, params, state } = call
    const name = params.name('RoleName', 64)
    if (state.roleNamed(account, name, state.latest))
      throw new AwsFault('EntityAlreadyExists', `Role with name ${name} already exists.`)
    const trust = params.required('AssumeRolePolicyDocument')
    parsePolicy(trust, 'trust')
    const bounds = { min: 3600, max: 43_200, byDefault: 3600 }
    const maxSessionSeconds = params.integer('MaxSessionDuration', bounds)
    const path = params.optional('Path')
    const role = newRole({ account, name, path, at, trust, maxSessionSeconds })
    state.remember('role', role)
    state.roles.put(role, reasonOf(call))
    return { Role: describeRole(role) }
  },
}

const getRole: Action = {
  kind: 'read',
  resource: arnOf('role'),
  run: (call) => ({ Role: describeRole(roleOf(call)) }),
}

const putRolePolicy: Action = {
  kind: 'write',
  resource: arnOf('role'),
  run(call) {
    const role = roleOf(call)
    const inline = putInline(call, role, role.inline)
    call.state.roles.put({ ...role, inline }, reasonOf(call, call.params.required('PolicyName')))
    return undefined
  },
}

function countIn(call: Call, table: 'users' | 'groups' | 'roles'): number {
  return call.state[table].all(call.view).filter((record) => record.account === call.account).length
}

const getAccountSummary: Action = {
  kind: 'read',
  resource: () => '*',
  run(call) {
    const summary = {
      Users: countIn(call, 'users'),
      Groups: countIn(call, 'groups'),
      Roles: countIn(call, 'roles'),
      UserPolicySizeQuota: inlineLimits.user,
      GroupPolicySizeQuota: inlineLimits.group,
      AttachedPoliciesPerUserQuota: 10,
      GroupsPerUserQuota: 10,
    }
    return {
      SummaryMap: { entry: Object.entries(summary).map(([key, value]) => ({ key, value })) },
    }
  },
}

export const groupAndRoleActions: Readonly<Record<string, Action>> = {
  CreateGroup: createGroup,
  PutGroupPolicy: putGroupPolicy,
  AddUserToGroup: addUserToGroup,
  ListGroupsForUser: listGroupsForUser,
  CreateRole: createRole,
  GetRole: getRole,
  PutRolePolicy: putRolePolicy,
  GetAccountSummary: getAccountSummary,
}

import {
  arnOf,
  dateOf,
  groupOf,
  pathPrefixOf,
  reasonOf,
  userOf,
  type Action,
  type Call,
} from './action.ts'
import type { Group, User } from './entities.ts'
import { AwsFault, noSuchEntity } from './fault.ts'
import { page } from './query.ts'
import { newGroup } from './records.ts'
import { filedBy } from './state.ts'
import { describeUser } from './user-actions.ts'

export const describeGroup = (group: Group) => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.groupId,
  Arn: group.arn,
  CreateDate: dateOf(group.createdAt),
})

const onGroup = arnOf('group')

const membersOf = ({ account, state, view }: Call, group: Group): User[] =>
  state.users.filed(filedBy.group(account, group.name), view)

const createGroup: Action = {
  kind: 'write',
  resource: onGroup,
  run(call) {
    const { account, at, params, state } = call
    const name = params.name('GroupName', 128)
    if (state.groupNamed(account, name, state.latest))
      throw new AwsFault('EntityAlreadyExists', `Group with name ${name} already exists.`)
    const limit = state.quotasOf(account).groups
    if (state.groups.count(filedBy.account(account)) >= limit)
      throw new AwsFault('LimitExceeded', `Cannot exceed quota for GroupsPerAccount: ${limit}`)
    const group = newGroup({ account, name, path: params.path('Path'), at })
    state.remember(group)
    state.groups.put(group, reasonOf(call))
    return { Group: describeGroup(group) }
  },
}

const deleteGroup: Action = {
  kind: 'write',
  resource: onGroup,
  run(call) {
    const group = groupOf(call)
    if (group.inline.size + group.attached.length + membersOf(call, group).length > 0)
      throw new AwsFault('DeleteConflict', 'Cannot delete entity, must remove all from it first.')
    call.state.groups.remove(group.arn, reasonOf(call))
    return undefined
  },
}

const getGroup: Action = {
  kind: 'read',
  resource: onGroup,
  run(call) {
    const group = groupOf(call)
    const { shown, xml } = page(membersOf(call, group), (user) => user.name, call.params)
    return { Group: describeGroup(group), Users: { member: shown.map(describeUser) }, ...xml }
  },
}

const listGroups: Action = {
  kind: 'read',
  resource: () => '*',
  run(call) {
    const groups = call.state.groups
      .filed(filedBy.account(call.account), call.view)
      .filter((group) => group.path.startsWith(pathPrefixOf(call)))
    const { shown, xml } = page(groups, (group) => group.name, call.params)
    return { Groups: { member: shown.map(describeGroup) }, ...xml }
  },
}

/** Succeeds when the user is in it already. */
const addUserToGroup: Action = {
  kind: 'write',
  resource: onGroup,
  run(call) {
    const [group, user] = [groupOf(call), userOf(call)]
    if (user.groups.includes(group.name)) return undefined
    const limit = call.state.quotasOf(call.account).groupsPerUser
    if (user.groups.length >= limit)
      throw new AwsFault('LimitExceeded', `Cannot exceed quota for GroupsPerUser: ${limit}`)
    call.state.users.put({ ...user, groups: [...user.groups, group.name] }, reasonOf(call))
    return undefined
  },
}

const removeUserFromGroup: Action = {
  kind: 'write',
  resource: onGroup,
  run(call) {
    const [group, user] = [groupOf(call), userOf(call)]
    if (!user.groups.includes(group.name))
      throw noSuchEntity(`User ${user.name} in group ${group.name}`)
    const groups = user.groups.filter((name) => name !== group.name)
    call.state.users.put({ ...user, groups }, reasonOf(call))
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

export const groupActions: Readonly<Record<string, Action>> = {
  CreateGroup: createGroup,
  DeleteGroup: deleteGroup,
  GetGroup: getGroup,
  ListGroups: listGroups,
  AddUserToGroup: addUserToGroup,
  RemoveUserFromGroup: removeUserFromGroup,
  ListGroupsForUser: listGroupsForUser,
}

import { arnOf, dateOf, pathPrefixOf, reasonOf, roleOf, type Action, type Call } from './action.ts'
import type { Role } from './entities.ts'
import { AwsFault, noSuchEntity } from './fault.ts'
import { page } from './query.ts'
import { newRole } from './records.ts'
import { filedBy } from './state.ts'
import type { State } from './state.ts'
import { checkedTrust, shownTrust } from './trust.ts'
import { boundaryXml, newBoundary } from './user-actions.ts'

export const tagsXml = (tags: ReadonlyMap<string, string>) => ({
  member: [...tags].map(([Key, Value]) => ({ Key, Value })),
})

/** As lists show it. */
export const describeRole = (state: State, role: Role) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.roleId,
  Arn: role.arn,
  CreateDate: dateOf(role.createdAt),
  AssumeRolePolicyDocument: encodeURIComponent(shownTrust(state, role)),
  Description: role.description,
  MaxSessionDuration: role.maxSessionSeconds,
})

/** As it is shown alone: lists leave out its tags and boundary. */
const describeFully = (state: State, role: Role) => ({
  ...describeRole(state, role),
  PermissionsBoundary: boundaryXml(role.boundary),
  Tags: role.tags.size > 0 ? tagsXml(role.tags) : undefined,
})

const onRole = arnOf('role')

function checkedTags(tags: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const wrong = [...tags].find(
    ([key, value]) => key.length > 128 || value.length > 256 || key.startsWith('aws:'),
  )
  if (wrong) throw new AwsFault('ValidationError', `Tag ${wrong[0]} failed to satisfy constraint`)
  if (tags.size > 50) throw new AwsFault('LimitExceeded', 'Cannot exceed quota for TagsPerRole: 50')
  return tags
}

function assertRoom({ account, state }: Call, name: string): void {
  if (state.roleNamed(account, name, state.latest))
    throw new AwsFault('EntityAlreadyExists', `Role with name ${name} already exists.`)
  const limit = state.quotasOf(account).roles
  if (state.roles.count(filedBy.account(account)) >= limit)
    throw new AwsFault('LimitExceeded', `Cannot exceed quota for RolesPerAccount: ${limit}`)
}

const sessionBounds = { min: 3600, max: 43_200, byDefault: 3600 }

const createRole: Action = {
  kind: 'write',
  resource: onRole,
  also: ({ params }) => (params.tags('Tags').size > 0 ? ['iam:TagRole'] : []),
  run(call) {
    const { account, at, params, state } = call
    const name = params.name('RoleName', 64)
    assertRoom(call, name)
    const role = newRole({
      account,
      name,
      at,
      path: params.path('Path'),
      ...checkedTrust(state, account, params.required('AssumeRolePolicyDocument')),
      maxSessionSeconds: params.integer('MaxSessionDuration', sessionBounds),
      boundary: newBoundary(call),
      description: params.optional('Description'),
      tags: checkedTags(params.tags('Tags')),
    })
    state.remember(role)
    state.roles.put(role, reasonOf(call))
    return { Role: describeFully(state, role) }
  },
}

const getRole: Action = {
  kind: 'read',
  resource: onRole,
  run: (call) => ({ Role: describeFully(call.state, roleOf(call)) }),
}

const listRoles: Action = {
  kind: 'read',
  resource: () => '*',
  run(call) {
    const roles = call.state.roles
      .filed(filedBy.account(call.account), call.view)
      .filter((role) => role.path.startsWith(pathPrefixOf(call)))
    const { shown, xml } = page(roles, (role) => role.name, call.params)
    return { Roles: { member: shown.map((role) => describeRole(call.state, role)) }, ...xml }
  },
}

const deleteRole: Action = {
  kind: 'write',
  resource: onRole,
  run(call) {
    const role = roleOf(call)
    if (role.attached.length > 0)
      throw new AwsFault('DeleteConflict', 'Cannot delete entity, must detach all policies first.')
    if (role.inline.size > 0)
      throw new AwsFault('DeleteConflict', 'Cannot delete entity, must delete policies first.')
    call.state.roles.remove(role.arn, reasonOf(call))
    return undefined
  },
}

/** What changes a role and answers nothing. */
const change = (edit: (call: Call, role: Role) => Partial<Role>): Action => ({
  kind: 'write',
  resource: onRole,
  run(call) {
    const role = roleOf(call)
    call.state.roles.put({ ...role, ...edit(call, role) }, reasonOf(call))
    return undefined
  },
})

const updateAssumeRolePolicy = change(({ account, params, state }) =>
  checkedTrust(state, account, params.required('PolicyDocument')),
)

const tagRole = change(({ params }, { tags }) => ({
  tags: checkedTags(new Map([...tags, ...params.tags('Tags')])),
}))

const untagRole = change(({ params }, { tags }) => {
  const gone = params.list('TagKeys')
  return { tags: new Map([...tags].filter(([key]) => !gone.includes(key))) }
})

const putRolePermissionsBoundary = change((call) => {
  call.params.required('PermissionsBoundary')
  return { boundary: newBoundary(call) }
})

const deleteRolePermissionsBoundary = change((_call, { boundary, name }) => {
  if (boundary === undefined) throw noSuchEntity(`A permissions boundary of ${name}`)
  return { boundary: undefined }
})

const listRoleTags: Action = {
  kind: 'read',
  resource: onRole,
  run(call) {
    const { shown, xml } = page([...roleOf(call).tags], ([key]) => key, call.params)
    return { Tags: tagsXml(new Map(shown)), ...xml }
  },
}

export const roleActions: Readonly<Record<string, Action>> = {
  CreateRole: createRole,
  GetRole: getRole,
  ListRoles: listRoles,
  DeleteRole: deleteRole,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  TagRole: tagRole,
  UntagRole: untagRole,
  ListRoleTags: listRoleTags,
  PutRolePermissionsBoundary: putRolePermissionsBoundary,
  DeleteRolePermissionsBoundary: deleteRolePermissionsBoundary,
}

import { arnOf, dateOf, pathPrefixOf, reasonOf, userOf, type Action, type Call } from './action.ts'
import type { User } from './entities.ts'
import { AwsFault, noSuchEntity } from './fault.ts'
import { page } from './query.ts'
import { newUser } from './records.ts'
import { filedBy } from './state.ts'

export const describeUser = (user: User) => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.userId,
  Arn: user.arn,
  CreateDate: dateOf(user.createdAt),
})

export const boundaryXml = (arn: string | undefined) =>
  arn === undefined ? undefined : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn }

const withBoundary = (user: User) => ({
  ...describeUser(user),
  PermissionsBoundary: boundaryXml(user.boundary),
})

/** The managed policy that a new user or role is to be bounded by. */
export function newBoundary(call: Call): string | undefined {
  const arn = call.params.optional('PermissionsBoundary')
  if (arn !== undefined && !call.state.policyFor(call.account, arn, call.view))
    throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable: it`)
  return arn
}

const onUser = arnOf('user')

const createUser: Action = {
  kind: 'write',
  resource: onUser,
  run(call) {
    const { account, at, params, state } = call
    const name = params.name('UserName', 64)
    if (state.userNamed(account, name, state.latest))
      throw new AwsFault('EntityAlreadyExists', `User with name ${name} already exists.`)
    const limit = state.quotasOf(account).users
    if (state.users.count(filedBy.account(account)) >= limit)
      throw new AwsFault('LimitExceeded', `Cannot exceed quota for UsersPerAccount: ${limit}`)
    const boundary = newBoundary(call)
    const user = newUser({ account, name, path: params.path('Path'), at, boundary })
    state.remember(user)
    state.users.put(user, reasonOf(call))
    return { User: withBoundary(user) }
  },
}

/** Access keys go with the user here; AWS would ask for them to be deleted first. */
const deleteUser: Action = {
  kind: 'write',
  resource: onUser,
  run(call) {
    const user = userOf(call)
    if (user.inline.size + user.attached.length + user.groups.length > 0)
      throw new AwsFault('DeleteConflict', 'Cannot delete entity, must remove its policies first.')
    call.state.users.remove(user.arn, reasonOf(call))
    return undefined
  },
}

/** Without a name it is about the caller. */
const getUser: Action = {
  kind: 'read',
  resource: (call) =>
    call.params.optional('UserName') === undefined && call.caller.kind === 'user'
      ? call.caller.user.arn
      : onUser(call),
  run(call) {
    if (call.params.optional('UserName') !== undefined || call.caller.kind !== 'user')
      return { User: withBoundary(userOf(call)) }
    const self = call.state.users.get(call.caller.user.arn, call.view)
    if (!self) throw noSuchEntity('The calling user')
    return { User: withBoundary(self) }
  },
}

const listUsers: Action = {
  kind: 'read',
  resource: () => '*',
  run(call) {
    const { account, state, view } = call
    const users = state.users
      .filed(filedBy.account(account), view)
      .filter((user) => user.path.startsWith(pathPrefixOf(call)))
    const { shown, xml } = page(users, (user) => user.name, call.params)
    return { Users: { member: shown.map(describeUser) }, ...xml }
  },
}

export const userActions: Readonly<Record<string, Action>> = {
  CreateUser: createUser,
  DeleteUser: deleteUser,
  GetUser: getUser,
  ListUsers: listUsers,
}

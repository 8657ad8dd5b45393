import { AwsFault } from '../fault.ts'
import { accessDenied, administers, principalPattern, type Action, type Call } from './action.ts'
import { userArn } from './center.ts'
import type { SsoUser } from './entities.ts'
import { page, type Input } from './input.ts'

const storeId = ({ input }: Call) => input.required('IdentityStoreId', /^d-[0-9a-f]{10}$/)
const storeArn = (call: Call, account: string) =>
  `arn:aws:identitystore::${account}:identitystore/${storeId(call)}`

function instanceWith(call: Call, id: string) {
  return call.center.instances.all(call.view).find((it) => it.identityStoreId === id)
}

function onStore(call: Call): string {
  return storeArn(call, instanceWith(call, storeId(call))?.managementAccount ?? call.account)
}

/** The store's users. */
function usersOf(call: Call): SsoUser[] {
  const id = storeId(call)
  const instance = instanceWith(call, id)
  if (!instance)
    throw new AwsFault(
      'ResourceNotFoundException',
      `IdentityStore not present for IdentityStoreId: ${id}`,
    )
  if (!administers(instance, call.account)) throw accessDenied(call, onStore(call))
  return call.center.users.all(call.view).filter((user) => user.identityStoreId === id)
}

const noUser = () => new AwsFault('ResourceNotFoundException', 'USER not found.')

const attribute: Readonly<Record<string, (user: SsoUser) => readonly string[]>> = {
  username: (user) => [user.userName],
  'emails.value': (user) => user.emails,
}

function matching(filter: Input, paths: readonly string[]): (user: SsoUser) => boolean {
  const path = filter.required('AttributePath').toLowerCase()
  const value = filter.required('AttributeValue')
  const read = paths.includes(path) ? attribute[path] : undefined
  if (!read) throw new AwsFault('ValidationException', `The attribute path ${path} is not valid.`)
  return (user) => read(user).includes(value)
}

const getUserId: Action = {
  kind: 'read',
  resources: (call) => [onStore(call), userArn('*')],
  run(call) {
    const unique = call.input.object('AlternateIdentifier')?.object('UniqueAttribute')
    if (!unique)
      throw new AwsFault('ValidationException', 'Only a UniqueAttribute is simulated here.')
    const [user, ...others] = usersOf(call).filter(matching(unique, ['username', 'emails.value']))
    if (!user || others.length > 0) throw noUser()
    return { IdentityStoreId: user.identityStoreId, UserId: user.userId }
  },
}

const describe = (user: SsoUser) => ({
  IdentityStoreId: user.identityStoreId,
  UserId: user.userId,
  UserName: user.userName,
  DisplayName: user.userName,
  Emails: user.emails.map((Value, index) => ({ Value, Type: 'work', Primary: index === 0 })),
  UserStatus: user.enabled ? 'ENABLED' : 'DISABLED',
})

const idOf = ({ input }: Call) => input.required('UserId', principalPattern)

const describeUser: Action = {
  kind: 'read',
  resources: (call) => [onStore(call), userArn(idOf(call))],
  run(call) {
    const user = usersOf(call).find((it) => it.userId === idOf(call))
    if (!user) throw noUser()
    return describe(user)
  },
}

const listUsers: Action = {
  kind: 'read',
  resources: (call) => [onStore(call), userArn('*')],
  run(call) {
    const filters = call.input.objects('Filters').map((filter) => matching(filter, ['username']))
    const found = usersOf(call).filter((user) => filters.every((matches) => matches(user)))
    const { shown, next } = page(found, (user) => user.userId, call.input)
    return { Users: shown.map(describe), ...next }
  },
}

const listGroupMembershipsForMember: Action = {
  kind: 'read',
  resources: (call) => [onStore(call), userArn('*')],
  run(call) {
    const userId = call.input.object('MemberId')?.required('UserId', principalPattern)
    if (!usersOf(call).some((user) => user.userId === userId)) throw noUser()
    const found = call.center.groups
      .all(call.view)
      .filter((group) => group.members.some((member) => member === userId))
    const { shown, next } = page(found, (group) => group.groupId, call.input)
    const GroupMemberships = shown.map(({ groupId, identityStoreId }) => ({
      IdentityStoreId: identityStoreId,
      MembershipId: `${identityStoreId.slice(2)}-${groupId.slice(-36)}`,
      GroupId: groupId,
      MemberId: { UserId: userId },
    }))
    return { GroupMemberships, ...next }
  },
}

export const identityStoreActions: Readonly<Record<string, Action>> = {
  GetUserId: getUserId,
  DescribeUser: describeUser,
  ListGroupMembershipsForMember: listGroupMembershipsForMember,
  ListUsers: listUsers,
}

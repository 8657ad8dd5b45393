import { arnOf, reasonOf, userOf, withPolicy, type Action, type Call } from './action.ts'
import type { User } from './entities.ts'
import { AwsFault, noSuchEntity } from './fault.ts'
import { nonWhitespaceLength, parsePolicy } from './policy-document.ts'
import { page } from './query.ts'
import { newUser } from './records.ts'

/** IAM's limits on all inline policies together, in characters without whitespace. */
export const inlineLimits = { user: 2048, group: 5120, role: 10_240 } as const

/** The inline policies with this one put in. Throws MalformedPolicyDocument and LimitExceeded. */
export function putInline(
  call: Call,
  owner: { readonly kind: keyof typeof inlineLimits; readonly name: string },
  inline: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const document = call.params.required('PolicyDocument')
  parsePolicy(document, 'identity')
  const after = withPolicy(inline, call.params.name('PolicyName', 128), document)
  const size = [...after.values()].reduce((sum, text) => sum + nonWhitespaceLength(text), 0)
  const limit = inlineLimits[owner.kind]
  if (size > limit)
    throw new AwsFault(
      'LimitExceeded',
      `Maximum policy size of ${limit} bytes exceeded for ${owner.kind} ${owner.name}`,
    )
  return after
}

const describe = (user: User) => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.userId,
  Arn: user.arn,
  CreateDate: new Date(user.createdAt).toISOString(),
})

const onUser = arnOf('user')

function inlinePolicy(call: Call, user: User): { name: string; document: string } {
  const name = call.params.name('PolicyName', 128)
  const document = user.inline.get(name)
  if (document === undefined) throw noSuchEntity(`The user policy with name ${name}`)
  return { name, document }
}

const createUser: Action = {
  kind: 'write',
  resource: onUser,
  run(call) {
    const { account, at, params, state } = call
    const name = params.name('UserName', 64)
    if (state.userNamed(account, name, state.latest))
      throw new AwsFault('EntityAlreadyExists', `User with name ${name} already exists.`)
    const user = newUser({ account, name, path: params.optional('Path'), at })
    state.remember('user', user)
    state.users.put(user, reasonOf(call))
    return { User: describe(user) }
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
      return { User: describe(userOf(call)) }
    const self = call.state.users.get(call.caller.user.arn, call.view)
    if (!self) throw noSuchEntity('The calling user')
    return { User: describe(self) }
  },
}

const putUserPolicy: Action = {
  kind: 'write',
  resource: onUser,
  run(call) {
    const user = userOf(call)
    const inline = putInline(call, user, user.inline)
    call.state.users.put({ ...user, inline }, reasonOf(call, call.params.required('PolicyName')))
    return undefined
  },
}

const getUserPolicy: Action = {
  kind: 'read',
  resource: onUser,
  run(call) {
    const user = userOf(call)
    const { name, document } = inlinePolicy(call, user)
    return {
      UserName: user.name,
      PolicyName: name,
      PolicyDocument: encodeURIComponent(document),
    }
  },
}

const listUserPolicies: Action = {
  kind: 'read',
  resource: onUser,
  run(call) {
    const { shown, xml } = page([...userOf(call).inline.keys()], (name) => name, call.params)
    return { PolicyNames: { member: shown }, ...xml }
  },
}

const deleteUserPolicy: Action = {
  kind: 'write',
  resource: onUser,
  run(call) {
    const user = userOf(call)
    const { name } = inlinePolicy(call, user)
    const inline = withPolicy(user.inline, name, undefined)
    call.state.users.put({ ...user, inline }, reasonOf(call, name))
    return undefined
  },
}

const attachUserPolicy: Action = {
  kind: 'write',
  resource: onUser,
  run(call) {
    const user = userOf(call)
    const arn = call.params.required('PolicyArn')
    if (!call.state.policies.get(arn, call.view)) throw noSuchEntity(`Policy ${arn}`)
    if (user.attached.includes(arn)) return undefined
    if (user.attached.length >= 10)
      throw new AwsFault('LimitExceeded', 'Cannot exceed quota for PoliciesPerUser: 10')
    call.state.users.put({ ...user, attached: [...user.attached, arn] }, reasonOf(call, arn))
    return undefined
  },
}

const listAttachedUserPolicies: Action = {
  kind: 'read',
  resource: onUser,
  run(call) {
    const { shown, xml } = page(userOf(call).attached, (arn) => arn, call.params)
    const member = shown.map((arn) => ({
      PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
      PolicyArn: arn,
    }))
    return { AttachedPolicies: { member }, ...xml }
  },
}

export const userActions: Readonly<Record<string, Action>> = {
  CreateUser: createUser,
  DeleteUser: deleteUser,
  GetUser: getUser,
  PutUserPolicy: putUserPolicy,
  GetUserPolicy: getUserPolicy,
  ListUserPolicies: listUserPolicies,
  DeleteUserPolicy: deleteUserPolicy,
  AttachUserPolicy: attachUserPolicy,
  ListAttachedUserPolicies: listAttachedUserPolicies,
}

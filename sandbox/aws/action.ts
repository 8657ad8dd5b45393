import type { Group, Role, Session, User, UserKey } from './entities.ts'
import { AwsFault, noSuchEntity } from './fault.ts'
import type { Reason } from './history.ts'
import type { View } from '../versions.ts'
import type { Params, Xml } from './query.ts'
import type { State } from './state.ts'

/** One authenticated request. */
export interface Call {
  readonly name: string
  readonly state: State
  readonly params: Params
  readonly caller: UserKey | Session
  /** The caller's account: IAM acts on no other. */
  readonly account: string
  readonly at: number
  readonly requestId: string
  /** What this request sees: behind the truth while reads are stale. */
  readonly view: View
}

export interface Action {
  /** Reads may be stale. */
  readonly kind: 'read' | 'write'
  /** What the caller's own policies must allow it on. */
  resource(call: Call): string
  /** Further actions that they must allow. */
  readonly also?: (call: Call) => readonly string[]
  run(call: Call): Xml | undefined
}

export type OwnerKind = 'user' | 'group' | 'role'

export const titled = { user: 'User', group: 'Group', role: 'Role' } as const

export const reasonOf = (call: Call, policy?: string): Reason => ({
  operation: call.name,
  by: 'api',
  request: call.requestId,
  ...(policy === undefined ? {} : { policy }),
})

export function userOf(call: Call): User {
  const name = call.params.name('UserName', 64)
  const user = call.state.userNamed(call.account, name, call.view)
  if (!user) throw noSuchEntity(`The user with name ${name}`)
  return user
}

export function groupOf(call: Call): Group {
  const name = call.params.name('GroupName', 128)
  const group = call.state.groupNamed(call.account, name, call.view)
  if (!group) throw noSuchEntity(`The group with name ${name}`)
  return group
}

export function roleOf(call: Call): Role {
  const name = call.params.name('RoleName', 64)
  const role = call.state.roleNamed(call.account, name, call.view)
  if (!role) throw noSuchEntity(`The role with name ${name}`)
  if (!/^(Get|List)/.test(call.name)) assertOurs(role)
  return role
}

/** Roles that AWS's own services keep in an account can be read there and nothing else. */
function assertOurs(role: Role): void {
  if (/^\/aws-(service-role|reserved)\//.test(role.path))
    throw new AwsFault(
      'UnmodifiableEntity',
      `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
    )
}

export function ownerOf(call: Call, kind: OwnerKind): User | Group | Role {
  if (kind === 'user') return userOf(call)
  return kind === 'group' ? groupOf(call) : roleOf(call)
}

/** The user, group or role that a request names, whether or not reads are stale. */
export function targetOf({ account, params, state }: Call, kind: OwnerKind) {
  const name = params.optional(`${titled[kind]}Name`) ?? ''
  if (kind === 'user') return state.userNamed(account, name, state.latest)
  if (kind === 'group') return state.groupNamed(account, name, state.latest)
  return state.roleNamed(account, name, state.latest)
}

/** The ARN that authorization is asked about, also for what does not exist. */
export const arnOf = (kind: OwnerKind) => (call: Call) => {
  const name = call.params.optional(`${titled[kind]}Name`) ?? ''
  const path = call.params.optional('Path') ?? '/'
  return targetOf(call, kind)?.arn ?? `arn:aws:iam::${call.account}:${kind}${path}${name}`
}

export const pathPrefixOf = (call: Call): string => call.params.optional('PathPrefix') ?? '/'

export const dateOf = (at: number): string => new Date(at).toISOString()

/** A copy of inline policies with one put or taken out. */
export function withPolicy(
  inline: ReadonlyMap<string, string>,
  name: string,
  document: string | undefined,
): ReadonlyMap<string, string> {
  const copy = new Map(inline)
  if (document === undefined) copy.delete(name)
  else copy.set(name, document)
  return copy
}

import type { Group, Role, Session, User, UserKey } from './entities.ts'
import { noSuchEntity } from './fault.ts'
import type { Reason, View } from './history.ts'
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
  /** What this request sees: behind the truth while reads are stale. */
  readonly view: View
}

export interface Action {
  /** Reads may be stale. */
  readonly kind: 'read' | 'write'
  /** What the caller's own policies must allow it on. */
  resource(call: Call): string
  run(call: Call): Xml | undefined
}

export const reasonOf = (call: Call, policy?: string): Reason => ({
  operation: call.name,
  by: 'api',
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
  return role
}

/** The ARN that authorization is asked about, also for what does not exist. */
export const arnOf = (kind: 'user' | 'group' | 'role') => (call: Call) => {
  const name = call.params.optional(`${kind[0]?.toUpperCase()}${kind.slice(1)}Name`) ?? ''
  const { account, state } = call
  const found = {
    user: () => state.userNamed(account, name, state.latest),
    group: () => state.groupNamed(account, name, state.latest),
    role: () => state.roleNamed(account, name, state.latest),
  }[kind]()
  return found?.arn ?? `arn:aws:iam::${account}:${kind}/${name}`
}

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

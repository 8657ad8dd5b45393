// What tests and the demo do to the simulated AWS behind everybody's back. None of it is checked against limits.
import { withPolicy } from './action.ts'
import type { AccessKey, Session, User, UserRef } from './entities.ts'
import type { Reason } from './history.ts'
import { parsePolicy } from './policy-document.ts'
import { createOutside, outside, textOf, type Outside } from './outside.ts'
import { newUser } from './records.ts'
import {
  addGroup,
  addManagedPolicy,
  addRole,
  inlineOf,
  known,
  type NewGroup,
  type NewManagedPolicy,
  type NewRole,
} from './seeding.ts'
import { openSession, type SessionQuestion } from './sessions.ts'
import { filedBy, newAccessKey, type State } from './state.ts'

export interface AddedUser extends AccessKey {
  readonly userId: string
  readonly arn: string
}

export interface Control extends Outside {
  addAccount(account: string): void
  addUser(user: { account: string; name: string; path?: string }): AddedUser
  /** Deletes it with everything it has. */
  removeUser(user: UserRef): void
  /** Deletes it and makes another of the same name: a new id, no policies, new keys. */
  recreateUser(user: UserRef): AddedUser
  /** UpdateUser with a new name: the id, the policies and the keys stay. */
  renameUser(user: UserRef, name: string): Required<UserRef>
  addRole(role: NewRole): { arn: string }
  addGroup(group: NewGroup): { arn: string }
  addToGroup(user: UserRef, group: string): void
  addManagedPolicy(policy: NewManagedPolicy): { arn: string }
  putUserPolicy(policy: { user: UserRef; name: string; document: string | object }): void
  removeUserPolicy(policy: { user: UserRef; name: string }): void
  /**
   * Keys of a new user, the app's own, who may do these actions everywhere, or what this policy document says:
   * all of IAM and AssumeRole, when left out.
   */
  appCredentials(account: string, may?: readonly string[] | PolicyDocument): AddedUser
  /** A session as AssumeRole would issue it now. Throws when it would refuse. */
  openSession(question: SessionQuestion): Session
}

/** Such as `{ Version: '2012-10-17', Statement: […] }`. */
export interface PolicyDocument {
  readonly Version: string
  readonly Statement: object
}

function userOf(state: State, ref: UserRef): User {
  const user = state.users.get(ref.arn, state.latest)
  if (!user) throw new Error(`The sandbox has no user ${ref.arn}`)
  return user
}

type NewUser = { account: string; name: string; path?: string | undefined }

function addUser(state: State, named: NewUser, reason: Reason): AddedUser {
  known(state, named.account)
  const user = newUser({ ...named, at: state.history.now() })
  if (state.users.get(user.arn, state.latest)) throw new Error(`${user.arn} is there already`)
  const [key, owner] = [newAccessKey('AKIA'), { arn: user.arn, userId: user.userId }]
  state.keys.set(key.accessKeyId, { kind: 'user', ...key, user: owner })
  state.remember(user)
  state.users.put(user, reason)
  return { ...owner, ...key }
}

function renameUser(state: State, ref: UserRef, name: string): Required<UserRef> {
  const user = userOf(state, ref)
  const { userId } = user
  const arn = `arn:aws:iam::${user.account}:user${user.path}${name}`
  if (state.users.get(arn, state.latest)) throw new Error(`${arn} is there already`)
  const renamed = { ...user, name, arn }
  state.remember(renamed)
  for (const [id, key] of state.keys)
    if (key.kind === 'user' && key.user.userId === userId)
      state.keys.set(id, { ...key, user: { arn, userId } })
  // NB: the new name first: whoever looks in between must not find the user gone.
  state.users.put(renamed, outside('renameUser'))
  state.users.remove(user.arn, outside('renameUser'))
  return { arn, userId }
}

const appName = 'hallpass-app'

const isList = (may: readonly string[] | PolicyDocument): may is readonly string[] =>
  Array.isArray(may)

function appCredentials(
  state: State,
  account: string,
  may: readonly string[] | PolicyDocument = ['iam:*', 'sts:AssumeRole'],
): AddedUser {
  const taken = state.users.filed(filedBy.account(account), state.latest)
  const count = taken.filter((u) => u.name.startsWith(appName)).length
  const name = count === 0 ? appName : `${appName}-${count + 1}`
  const added = addUser(state, { account, name }, outside('addUser'))
  const allowed = { Effect: 'Allow', Action: may, Resource: '*' }
  const document = isList(may) ? { Version: '2012-10-17', Statement: [allowed] } : may
  const inline = inlineOf({ iam: document })
  state.users.put({ ...userOf(state, added), inline }, outside('appCredentials', 'iam'))
  return added
}

export function createControl(state: State): Control {
  const change = (ref: UserRef, reason: Reason, edit: (user: User) => Partial<User>) => {
    const user = userOf(state, ref)
    state.users.put({ ...user, ...edit(user) }, reason)
  }
  const setPolicy = (ref: UserRef, name: string, document: string | undefined, reason: Reason) =>
    change(ref, reason, (user) => ({ inline: withPolicy(user.inline, name, document) }))

  return {
    ...createOutside(state),
    addAccount: (account) => void state.accounts.add(account),
    addUser: (user) => addUser(state, user, outside('addUser')),
    removeUser: ({ arn }) => state.users.remove(arn, outside('removeUser')),
    recreateUser(ref) {
      const { account, name, path, arn } = userOf(state, ref)
      state.users.remove(arn, outside('recreateUser'))
      return addUser(state, { account, name, path }, outside('recreateUser'))
    },
    renameUser: (ref, name) => renameUser(state, ref, name),
    addRole: (role) => addRole(state, role),
    addGroup: (group) => addGroup(state, group),
    addToGroup: (ref, group) =>
      change(ref, outside('addToGroup'), (user) => ({ groups: [...user.groups, group] })),
    addManagedPolicy: (policy) => addManagedPolicy(state, policy),
    putUserPolicy({ user, name, document }) {
      parsePolicy(textOf(document), 'identity')
      setPolicy(user, name, textOf(document), outside('putUserPolicy', name))
    },
    removeUserPolicy: ({ user, name }) =>
      setPolicy(user, name, undefined, outside('removeUserPolicy', name)),
    appCredentials: (account, may) => appCredentials(state, account, may),
    openSession: (question) => openSession(state, question),
  }
}

// What tests and the demo do to the Identity Center behind everybody's back, and how slow and unwilling it is.
import { randomBytes, randomUUID } from 'node:crypto'
import type { Reason } from '../history.ts'
import { groupArn, userArn, type IdentityCenter } from './center.ts'
import {
  assignmentOf,
  type Assignment,
  type Change,
  type Instance,
  type PermissionSet,
  type SsoGroup,
  type SsoUser,
} from './entities.ts'
import { durationMs } from './judge.ts'

export interface NewSsoUser {
  readonly instance: Instance
  readonly userName: string
  readonly emails?: readonly string[]
}

export interface Assigning {
  readonly account: string
  readonly permissionSet: PermissionSet
  readonly principal: SsoUser | SsoGroup
}

export interface IdentityCenterControl {
  /** Every account of the sandbox is a member of the organization. */
  addInstance(instance: {
    managementAccount: string
    delegatedAdministrators?: readonly string[]
  }): Instance
  /** `sessionDuration` is PT1H when left out. */
  addPermissionSet(set: {
    instance: Instance
    name: string
    sessionDuration?: string
  }): PermissionSet
  addSsoUser(user: NewSsoUser): SsoUser
  /** Its assignments are listed for a while yet, as orphans that open nothing. */
  removeSsoUser(user: Pick<SsoUser, 'userId'>): void
  /** Removes it and makes another of the same name: a new id. */
  recreateSsoUser(user: Pick<SsoUser, 'userId'>): SsoUser
  /** Its id stays, and so do its assignments. */
  changeSsoUser(
    user: Pick<SsoUser, 'userId'>,
    change: Partial<Pick<SsoUser, 'userName' | 'emails' | 'enabled'>>,
  ): void
  addSsoGroup(group: {
    instance: Instance
    name: string
    members?: readonly Pick<SsoUser, 'userId'>[]
  }): SsoGroup
  assign(what: Assigning): Assignment
  unassign(what: Assigning): void
  /** From now on changes of assignments are made `ms` after they were asked for. 0, as at first, makes them at the next look. */
  assignmentsTake(ms: number): void
  /** From now on an assignment can be changed again only `ms` after its last change: ConflictException until then. */
  assignmentConflictsLast(ms: number): void
  /** How long assignments of removed users are listed yet; 10 minutes at first, Infinity for ever. */
  orphansLinger(ms: number): void
  /** How many changes may be in progress at once before the next one is throttled; 15 at first. */
  outstandingAssignments(max: number): void
  /** The next `n` changes (of one kind, when named) end as FAILED for this reason; nothing is done unless `carriedOut`. */
  failAssignments(
    n: number,
    reason: string,
    which?: { readonly change?: Change; readonly carriedOut?: boolean },
  ): void
}

const outside = (operation: string): Reason => ({ operation, by: 'outside' })

/** 16 characters, as in `ssoins-…` and `ps-…`. */
const shortId = () => randomBytes(8).toString('hex')

function userOf(center: IdentityCenter, userId: string): SsoUser {
  const user = center.userById(userId, center.state.latest)
  if (!user) throw new Error(`The sandbox has no user ${userId} in an identity store`)
  return user
}

function addUser(center: IdentityCenter, user: Omit<SsoUser, 'arn' | 'userId' | 'enabled'>) {
  const userId = `${user.identityStoreId.slice(2)}-${randomUUID()}`
  const made: SsoUser = { ...user, arn: userArn(userId), userId, enabled: true }
  center.users.put(made, outside('addSsoUser'))
  return made
}

function removeUser(center: IdentityCenter, userId: string, operation: string): SsoUser {
  center.settle()
  const user = userOf(center, userId)
  center.users.remove(user.arn, outside(operation))
  const { state } = center
  center.plan(center.settings.orphansLingerMs, (at) => {
    for (const { arn, principalId } of center.assignments.all(state.latest))
      if (principalId === userId) center.assignments.remove(arn, { ...outside(operation), at })
  })
  return user
}

const toAssignment = ({ account, permissionSet, principal }: Assigning): Assignment =>
  assignmentOf({
    instanceArn: permissionSet.instanceArn,
    account,
    permissionSetArn: permissionSet.arn,
    ...('userId' in principal
      ? { principalType: 'USER', principalId: principal.userId }
      : { principalType: 'GROUP', principalId: principal.groupId }),
  })

function records(center: IdentityCenter) {
  const { history } = center.state
  const control: Pick<IdentityCenterControl, 'addInstance' | 'addPermissionSet' | 'addSsoGroup'> = {
    addInstance({ managementAccount, delegatedAdministrators = [] }) {
      const instance: Instance = {
        arn: `arn:aws:sso:::instance/ssoins-${shortId()}`,
        identityStoreId: `d-${randomBytes(5).toString('hex')}`,
        managementAccount,
        delegatedAdministrators,
        createdAt: history.now(),
      }
      center.instances.put(instance, outside('addInstance'))
      return instance
    },
    addPermissionSet({ instance, name, sessionDuration = 'PT1H' }) {
      durationMs(sessionDuration)
      const set: PermissionSet = {
        arn: `${instance.arn.replace(':instance/', ':permissionSet/')}/ps-${shortId()}`,
        instanceArn: instance.arn,
        name,
        sessionDuration,
        createdAt: history.now(),
      }
      center.permissionSets.put(set, outside('addPermissionSet'))
      return set
    },
    addSsoGroup({ instance, name, members = [] }) {
      const { identityStoreId } = instance
      const groupId = `${identityStoreId.slice(2)}-${randomUUID()}`
      const ids = members.map((user) => user.userId)
      const group = { arn: groupArn(groupId), identityStoreId, groupId, name, members: ids }
      center.groups.put(group, outside('addSsoGroup'))
      return group
    },
  }
  return control
}

export function createIdentityCenterControl(center: IdentityCenter): IdentityCenterControl {
  const { settings } = center
  const change = (what: Assigning, make: (assignment: Assignment) => void): Assignment => {
    center.settle()
    const assignment = toAssignment(what)
    make(assignment)
    return assignment
  }
  return {
    ...records(center),
    addSsoUser: ({ instance, userName, emails = [] }) =>
      addUser(center, { identityStoreId: instance.identityStoreId, userName, emails }),
    removeSsoUser: ({ userId }) => void removeUser(center, userId, 'removeSsoUser'),
    recreateSsoUser({ userId }) {
      const { identityStoreId, userName, emails } = removeUser(center, userId, 'recreateSsoUser')
      return addUser(center, { identityStoreId, userName, emails })
    },
    changeSsoUser: ({ userId }, edit) =>
      center.users.put({ ...userOf(center, userId), ...edit }, outside('changeSsoUser')),
    assign: (what) => change(what, (it) => center.assignments.put(it, outside('assign'))),
    unassign: (what) =>
      void change(what, (it) => center.assignments.remove(it.arn, outside('unassign'))),
    assignmentsTake: (ms) => void (settings.changesTakeMs = ms),
    assignmentConflictsLast: (ms) => void (settings.conflictsLastMs = ms),
    orphansLinger: (ms) => void (settings.orphansLingerMs = ms),
    outstandingAssignments: (max) => void (settings.outstandingMax = max),
    failAssignments(left, reason, which = {}) {
      center.settle()
      center.plannedFailures.push({ left, reason, ...which })
    },
  }
}

// What tests and the demo do to the simulated Google Cloud behind everybody's back. None of it is checked against limits.
import { randomBytes, randomInt } from 'node:crypto'
import type { AuditConfig, Binding, Caller, Kind } from './entities.ts'
import type { Reason } from './history.ts'
import { normalPolicy, renamed } from './normalise.ts'
import { deletedForm, type Principal } from './principals.ts'
import type { State } from './state.ts'

/** A binding as people write it. */
export interface WrittenBinding {
  readonly role: string
  readonly members: readonly string[]
  readonly condition?: {
    readonly title: string
    readonly expression: string
    readonly description?: string
  }
}

export interface AppLimits {
  /** Such as `resourcemanager.projects.setIamPolicy`. All, when left out. */
  readonly permissions?: readonly string[]
  /** The only roles that its writes may give or take. */
  readonly modifiedGrantsByRole?: readonly string[]
}

export interface Control {
  addOrganization(number: string, displayName?: string): { name: string }
  addFolder(number: string, under: { parent: string; displayName?: string }): { name: string }
  addProject(
    id: string,
    under?: { parent?: string; displayName?: string },
  ): { name: string; number: string }
  /** `alice@acme.example` or `user:alice@acme.example`; `serviceAccount:…` too. */
  addUser(mail: string): Principal
  /** Every policy calls them `deleted:user:<mail>?uid=<uid>` from now on. */
  removeUser(mail: string): Principal
  /** Removes them, and makes somebody else under the same address: a new uid, and nothing of the old one's access. */
  recreateUser(mail: string): Principal
  /** Members are users or groups. */
  addGroup(mail: string, members?: readonly string[]): Principal
  setGroup(mail: string, members: readonly string[]): void
  /** A role's permissions, for judging by permission. */
  addRole(role: string, permissions: readonly string[]): void
  /** Replaces the bindings; audit configs too, where given. */
  setPolicy(
    resource: string,
    bindings: readonly WrittenBinding[],
    auditConfigs?: readonly AuditConfig[],
  ): void
  /** The app's own identity. Sent as `authorization: Bearer <token>`; calls without a token come from the one that was made last. */
  appCredentials(limits?: AppLimits): { member: string; token: string }
  /** From now on, enforcement follows a policy this much later than it was written. */
  enforcementLags(ms: number): void
}

const outside = (operation: string): Reason => ({ operation, by: 'outside' })

const memberOf = (mail: string, kind = 'user') => (mail.includes(':') ? mail : `${kind}:${mail}`)

const bindingOf = ({ role, members, condition }: WrittenBinding): Binding => ({
  role,
  members,
  condition: condition && { description: '', location: '', ...condition },
})

const serial = () => String(randomInt(100_000_000_000, 999_999_999_999))

function add(
  state: State,
  kind: Kind,
  id: string,
  more: { parent?: string; displayName?: string },
) {
  const name = `${kind}/${id}`
  const number = kind === 'projects' ? serial() : id
  const { parent, displayName = id } = more
  state.add({ kind, name, number, displayName, parent, createdAt: state.now() })
  return { name, number }
}

function removeUser(state: State, mail: string, operation: string): Principal {
  const principal = state.principals.remove(memberOf(mail))
  for (const { name } of state.all()) {
    const policy = state.history.policyOf(name)
    const draft = renamed(policy, principal.member, deletedForm(principal))
    if (draft) state.history.put(name, draft, outside(operation))
  }
  return principal
}

function appCredentials(state: State, limits: AppLimits = {}) {
  const { permissions, modifiedGrantsByRole } = limits
  const { member } = state.principals.add(
    `serviceAccount:hallpass-${state.callers.size + 1}@ops.iam.gserviceaccount.com`,
  )
  const caller: Caller = {
    member,
    permissions: permissions && new Set(permissions),
    modifiedGrantsByRole: modifiedGrantsByRole && new Set(modifiedGrantsByRole),
  }
  const token = `ya29.${randomBytes(24).toString('base64url')}`
  state.anonymous = caller
  state.callers.set(token, caller)
  return { member, token }
}

export function createControl(state: State): Control {
  const { principals } = state
  return {
    addOrganization: (number, displayName = number) =>
      add(state, 'organizations', number, { displayName }),
    addFolder: (number, under) => add(state, 'folders', number, under),
    addProject: (id, under = {}) => add(state, 'projects', id, under),
    addUser: (mail) => principals.add(memberOf(mail)),
    removeUser: (mail) => removeUser(state, mail, 'removeUser'),
    recreateUser(mail) {
      const { member } = removeUser(state, mail, 'recreateUser')
      return principals.add(member)
    },
    addGroup(mail, members = []) {
      const group = principals.add(memberOf(mail, 'group'))
      principals.setGroup(
        group.member,
        members.map((it) => memberOf(it)),
      )
      return group
    },
    setGroup: (mail, members) =>
      principals.setGroup(
        principals.known(memberOf(mail, 'group')).member,
        members.map((it) => memberOf(it)),
      ),
    addRole: (role, permissions) => void state.roles.set(role, new Set(permissions)),
    setPolicy(resource, bindings, auditConfigs) {
      const { name } = state.known(resource)
      const before = state.history.policyOf(name)
      const draft = {
        bindings: bindings.map(bindingOf),
        auditConfigs: auditConfigs ?? before.auditConfigs,
      }
      state.history.put(name, normalPolicy(draft, before), outside('setPolicy'))
    },
    appCredentials: (limits) => appCredentials(state, limits),
    enforcementLags(ms) {
      state.enforcementLagMs = ms
    },
  }
}

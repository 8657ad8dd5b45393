// What tests and the demo do to the simulated Azure behind everybody's back. None of it is checked against limits.
import { roleAt, roleIdAt, standing } from './assigning.ts'
import type { Permission, PrincipalType, RoleAssignment } from './entities.ts'
import { outside } from './history.ts'
import type { Identities, Permit, Token } from './identities.ts'
import { permission, roleKey } from './roles.ts'
import type { PimRules, Where } from './rule-book.ts'
import { keyOf, written, type Lock } from './scopes.ts'
import type { Settings } from './settings.ts'
import { authorizationId, newId, type State, type Triple } from './state.ts'

export interface NewPrincipal {
  readonly tenantId: string
  /** A user's principal name. */
  readonly name: string
  /** `User` when left out. */
  readonly type?: PrincipalType
  readonly principalId?: string
}

export interface AppCredentials {
  readonly tenantId: string
  readonly principalId: string
  /** A new one each time: it holds for an hour of the cloud's time. */
  token(): Token
}

export interface Control {
  /** Takes part of the settings; the rest stays. */
  set(settings: Partial<Settings>): void
  addTenant(tenant: { tenantId: string; licensed?: boolean }): void
  /** Whether PIM may be used. */
  setLicence(tenantId: string, licensed: boolean): void
  setRules(where: Where, rules: PimRules): void
  /** Answers its scope, as the others do. */
  addManagementGroup(group: { tenantId: string; name: string; parent?: string }): string
  addSubscription(subscription: { tenantId: string; id: string; parent?: string }): string
  addResourceGroup(group: { subscription: string; name: string }): string
  addRoleDefinition(
    role: { roleName: string; scopes?: readonly string[]; id?: string } & Partial<Permission>,
  ): { id: string }
  lock(scope: string, lock: Lock | undefined): void
  /** Answers its object id. */
  addPrincipal(principal: NewPrincipal): string
  /** Its assignments stay, of an identity that is not found. */
  removePrincipal(principalId: string): void
  /** Deletes it and makes another of the same name: a new object id, no assignments. */
  recreatePrincipal(principalId: string): string
  addToGroup(principalId: string, group: string): void
  removeFromGroup(principalId: string, group: string): void
  /** An assignment made by somebody else. */
  assign(assignment: Triple & { name?: string; description?: string }): { id: string }
  /** Takes away an assignment, or ends a schedule, whoever made it. */
  unassign(triple: Triple): void
  /** An identity that may do these actions (all of Microsoft.Authorization, when left out): the app's own. */
  appCredentials(tenantId: string, permit?: Partial<Permit>): AppCredentials
}

export function createControl(state: State, identities: Identities): Control {
  return { ...places(state), ...principals(state, identities), ...assignments(state) }
}

const places = (state: State) => ({
  set(settings: Partial<Settings>) {
    Object.assign(state.settings, settings)
  },
  addTenant({ tenantId, licensed = true }: { tenantId: string; licensed?: boolean }) {
    state.tenants.set(tenantId.toLowerCase(), { licensed })
  },
  setLicence(tenantId: string, licensed: boolean) {
    state.tenants.set(known(state, tenantId).toLowerCase(), { licensed })
  },
  setRules: (where: Where, rules: PimRules) => state.rules.set(where, rules),
  addManagementGroup(group: { tenantId: string; name: string; parent?: string }) {
    const scope = `/providers/Microsoft.Management/managementGroups/${group.name}`
    const tenantId = known(state, group.tenantId)
    state.places.addManagementGroup(scope, { tenantId, parent: group.parent })
    return scope
  },
  addSubscription({ id, ...more }: { tenantId: string; id: string; parent?: string }) {
    const scope = `/subscriptions/${id}`
    const tenantId = known(state, more.tenantId)
    state.places.addSubscription(scope, { tenantId, parent: more.parent })
    return scope
  },
  addResourceGroup(group: { subscription: string; name: string }) {
    const subscription = `/subscriptions/${group.subscription.replace(/^\/?subscriptions\//i, '')}`
    if (state.places.tenantOf(subscription) === undefined)
      throw new Error(`The sandbox has no subscription ${subscription}: add it`)
    const scope = `${subscription}/resourceGroups/${group.name}`
    state.places.addResourceGroup(scope)
    return scope
  },
  lock(scope: string, lock: Lock | undefined) {
    if (lock) state.places.locks.set(keyOf(scope), lock)
    else state.places.locks.delete(keyOf(scope))
  },
})

function known(state: State, tenantId: string): string {
  if (!state.tenants.has(tenantId.toLowerCase()))
    throw new Error(`The sandbox has no tenant ${tenantId}: add it`)
  return tenantId
}

function principals(state: State, identities: Identities) {
  const find = (id: string) => {
    const principal = state.principal(id)
    if (!principal) throw new Error(`The sandbox has no principal ${id}`)
    return principal
  }
  const add = (one: NewPrincipal, operation = 'addPrincipal'): string => {
    const principalId = one.principalId ?? newId()
    state.principals.put(
      {
        ...{ kind: 'principal', key: `principals/${principalId.toLowerCase()}`, principalId },
        tenantId: known(state, one.tenantId),
        type: one.type ?? 'User',
        name: one.name,
        addedAt: state.now(),
        groups: [],
      },
      outside(operation),
    )
    return principalId
  }
  return {
    addPrincipal: (one: NewPrincipal) => add(one),
    removePrincipal: (id: string) =>
      state.principals.remove(find(id).key, outside('removePrincipal')),
    recreatePrincipal(id: string) {
      const { tenantId, name, type, key } = find(id)
      state.principals.remove(key, outside('recreatePrincipal'))
      return add({ tenantId, name, type }, 'recreatePrincipal')
    },
    addToGroup(id: string, group: string) {
      const principal = find(id)
      const groups = [...new Set([...principal.groups, find(group).principalId.toLowerCase()])]
      state.principals.put({ ...principal, groups }, outside('addToGroup'))
    },
    removeFromGroup(id: string, group: string) {
      const principal = find(id)
      const groups = principal.groups.filter((it) => it !== group.toLowerCase())
      state.principals.put({ ...principal, groups }, outside('removeFromGroup'))
    },
    appCredentials(tenantId: string, permit: Partial<Permit> = {}): AppCredentials {
      const principalId = add({ tenantId, name: 'hallpass', type: 'ServicePrincipal' })
      identities.permit(principalId, { actions: ['Microsoft.Authorization/*'], ...permit })
      return { tenantId, principalId, token: () => identities.issue(principalId) }
    },
  }
}

function assignments(state: State) {
  return {
    addRoleDefinition(
      role: { roleName: string; scopes?: readonly string[]; id?: string } & Partial<Permission>,
    ) {
      const { roleName, scopes, id: name = newId(), ...allowed } = role
      const assignableScopes = scopes ?? ['/']
      const permissions = [permission(allowed)]
      state.roles.put(
        {
          ...{ kind: 'role', key: roleKey(name), name, roleName, roleType: 'CustomRole' },
          ...{ permissions, assignableScopes },
        },
        outside('addRoleDefinition'),
      )
      return { id: authorizationId('', 'roleDefinitions', name) }
    },
    assign(wanted: Triple & { name?: string; description?: string }) {
      const scope = written(wanted.scope)
      const name = wanted.name ?? newId()
      const id = authorizationId(scope, 'roleAssignments', name)
      const at = state.now()
      const assignment: RoleAssignment = {
        ...{ kind: 'assignment', key: id.toLowerCase(), id, name, scope },
        roleDefinitionId: roleIdAt(scope, roleAt(state, wanted.roleDefinitionId, scope)),
        principalId: wanted.principalId,
        principalType: state.principal(wanted.principalId)?.type ?? 'User',
        description: wanted.description,
        ...{ condition: undefined, conditionVersion: undefined },
        ...{ createdOn: at, updatedOn: at, createdBy: '', updatedBy: '' },
      }
      state.put(assignment, outside('assign'))
      return { id }
    },
    unassign(triple: Triple) {
      const there = standing(state, triple, state.now())
      if (!there) throw new Error('The sandbox has no such assignment')
      if (there.kind === 'assignment') state.remove(there, outside('unassign'))
      else state.put({ ...there, revokedAt: state.now() }, outside('unassign'))
    },
  }
}

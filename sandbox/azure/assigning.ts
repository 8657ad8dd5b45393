// What role assignments and schedule requests ask of a scope, a principal and a role before they make anything.
import type { PrincipalType, RoleDefinition } from './entities.ts'
import { AzureFault, badRequest } from './fault.ts'
import { ownerRole, roleKey } from './roles.ts'
import { keyOf, subscriptionOf } from './scopes.ts'
import { isActive, isLive } from './spans.ts'
import { authorizationId, type State, type Triple } from './state.ts'

/** The role as it is known at a scope, and the id that is answered for it there. */
export function roleAt(state: State, id: string, scope: string): RoleDefinition {
  const role = state.role(id)
  const chain = state.places.chain(scope)
  const assignable = role?.assignableScopes.some((s) => s === '/' || chain.includes(keyOf(s)))
  if (!role || assignable !== true)
    throw badRequest(
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${id}' does not exist.`,
    )
  return role
}

/** Azure answers role ids under the subscription, whichever form was sent. */
export function roleIdAt(scope: string, role: RoleDefinition): string {
  const subscription = subscriptionOf(scope)
  const where = subscription === undefined ? '' : scope.slice(0, subscription.length)
  return authorizationId(where, 'roleDefinitions', role.name)
}

/** Saying the type spares the look-up that new principals fail. Nothing helps who never was there. */
export function principalFor(
  state: State,
  tenantId: string,
  id: string,
  type: PrincipalType | undefined,
  code: 'PrincipalNotFound' | 'SubjectNotFound',
) {
  const principal = state.principal(id)
  const young =
    principal !== undefined &&
    state.now() < principal.addedAt + state.settings.principalReplicationMs
  if (!principal || principal.tenantId !== tenantId || (young && type === undefined))
    throw badRequest(
      code,
      `Principal ${id.replaceAll('-', '')} does not exist in the directory ${tenantId}. Check that you have the correct principal ID.`,
    )
  if (type !== undefined && type !== principal.type)
    throw badRequest(
      'UnmatchedPrincipalType',
      `The PrincipalId '${id}' has type '${principal.type}', which is different from specified PrinciaplType '${type}'.`,
    )
  return principal
}

export function refuseLocked(state: State, scope: string, change: 'write' | 'delete'): void {
  const locked = state.places.lockOf(scope, change)
  if (locked !== undefined)
    throw new AzureFault(
      409,
      'ScopeLocked',
      `The scope '${scope}' cannot perform ${change} operation because following scope(s) are locked: '${locked}'. Please remove the lock and try again.`,
    )
}

/** What stands there for the triple now: an assignment, or a schedule that runs or is to come. */
export function standing(state: State, triple: Triple, at: number, view = state.latest) {
  for (const key of state.keysOfTriple(triple)) {
    const holding = state.holding(key, view)
    if (holding?.kind === 'assignment') return holding
    if (holding && isLive(holding, at)) return holding
  }
  return undefined
}

export function refuseFull(state: State, scope: string): void {
  const subscription = subscriptionOf(scope)
  const limit = state.settings.assignmentsPerSubscription
  if (subscription === undefined) return
  const keys = state.keysInSubscription(subscription)
  if (keys.size < limit) return
  const now = state.now()
  const count = [...keys].filter((key) => {
    const holding = state.holding(key)
    return holding !== undefined && (holding.kind === 'assignment' || isActive(holding, now))
  }).length
  if (count >= limit)
    throw badRequest(
      'RoleAssignmentLimitExceeded',
      'No more role assignments can be created for this scope.',
    )
}

/** A subscription keeps one. */
export function refuseLastOwner(
  state: State,
  leaving: { readonly key: string; readonly scope: string; readonly roleDefinitionId: string },
): void {
  const isOwner = (role: string) => roleKey(role) === roleKey(ownerRole)
  const scope = keyOf(leaving.scope)
  if (!isOwner(leaving.roleDefinitionId) || !/^\/subscriptions\/[^/]+$/.test(scope)) return
  const others = state.keysAround(scope, false, state.latest).filter((key) => {
    const it = state.holding(key)
    const counts = it && (it.kind === 'assignment' || isActive(it, state.now()))
    return counts && key !== leaving.key && isOwner(it.roleDefinitionId)
  })
  if (others.length === 0)
    throw badRequest('CannotDeleteLastRbacAdmin', 'Cannot delete the last RBAC admin assignment.')
}

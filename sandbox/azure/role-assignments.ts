// Role assignments, api-version 2022-04-01.
import { z } from 'zod'
import {
  principalFor,
  refuseFull,
  refuseLastOwner,
  refuseLocked,
  roleAt,
  roleIdAt,
  standing,
} from './assigning.ts'
import { bodyOf, isGuid, reasonOf, type Action, type Answer, type Call } from './call.ts'
import type { RoleAssignment } from './entities.ts'
import { AzureFault, badRequest } from './fault.ts'
import { asAssignment, assignmentBody, assignmentsAround, findAssignment } from './listed.ts'
import { roleKey } from './roles.ts'
import { keyOf } from './scopes.ts'
import { authorizationId } from './state.ts'

const apiVersion = '2022-04-01'
const idOf = (call: Call) => authorizationId(call.scope, 'roleAssignments', call.name)

const createBody = z.object({
  properties: z.object({
    roleDefinitionId: z.string(),
    principalId: z.string().refine(isGuid, 'must be a GUID'),
    principalType: z.enum(['User', 'Group', 'ServicePrincipal']).nullish(),
    description: z.string().nullish(),
    condition: z.string().nullish(),
    conditionVersion: z.literal('2.0').nullish(),
  }),
})

/** What the request asks for, checked in all that does not depend on what is there. */
function asked(call: Call): RoleAssignment {
  const { properties: it } = bodyOf(call, createBody)
  const { state, scope, caller, at } = call
  if (!isGuid(call.name))
    throw badRequest(
      'InvalidRoleAssignmentId',
      `The role assignment ID '${call.name}' is not valid. The role assignment ID must be a GUID.`,
    )
  call.identities.authorizeRole(
    caller,
    it.roleDefinitionId,
    'Microsoft.Authorization/roleAssignments/write',
    call.path,
  )
  const role = roleAt(state, it.roleDefinitionId, scope)
  const type = it.principalType ?? undefined
  const principal = principalFor(state, caller.tenantId, it.principalId, type, 'PrincipalNotFound')
  const id = idOf(call)
  return {
    kind: 'assignment',
    key: id.toLowerCase(),
    id,
    name: call.name,
    scope,
    roleDefinitionId: roleIdAt(scope, role),
    principalId: it.principalId,
    principalType: principal.type,
    description: it.description ?? undefined,
    condition: it.condition ?? undefined,
    conditionVersion: it.conditionVersion ?? undefined,
    createdOn: at,
    updatedOn: at,
    createdBy: caller.principalId,
    updatedBy: caller.principalId,
  }
}

function create(call: Call): Answer {
  const { state, at } = call
  const wanted = asked(call)
  refuseLocked(state, call.scope, 'write')
  const namesake = state.named('assignment', call.caller.tenantId, call.name)
  const there = namesake === undefined ? undefined : state.assignments.get(namesake, state.latest)
  if (there) return update(call, there, wanted)
  if (standing(state, wanted, at)) throw exists()
  refuseFull(state, call.scope)
  state.put(wanted, reasonOf(call))
  return { status: 201, body: assignmentBody(wanted) }
}

const exists = () =>
  new AzureFault(409, 'RoleAssignmentExists', 'The role assignment already exists.')

const sameTriple = (a: RoleAssignment, b: RoleAssignment) =>
  keyOf(a.scope) === keyOf(b.scope) &&
  a.principalId.toLowerCase() === b.principalId.toLowerCase() &&
  roleKey(a.roleDefinitionId) === roleKey(b.roleDefinitionId)

/** Only the description and the condition may change under a name. */
function update(call: Call, there: RoleAssignment, wanted: RoleAssignment): Answer {
  if (!sameTriple(there, wanted))
    throw badRequest(
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    )
  const { description, condition, conditionVersion } = wanted
  if (there.description === description && there.condition === condition) {
    if (call.state.settings.identicalPut === 'conflict') throw exists()
    return { status: 200, body: assignmentBody(there) }
  }
  const changed: RoleAssignment = {
    ...there,
    ...{ description, condition, conditionVersion },
    updatedOn: call.at,
    updatedBy: call.caller.principalId,
  }
  call.state.put(changed, reasonOf(call))
  return { status: 200, body: assignmentBody(changed) }
}

/** Removing what PIM gave ends its schedule. */
function remove(call: Call): Answer {
  const { state } = call
  const found = findAssignment(state, idOf(call), state.latest)
  if (!found) return { status: 204 }
  const action = 'Microsoft.Authorization/roleAssignments/delete'
  call.identities.authorizeRole(call.caller, found.roleDefinitionId, action, call.path)
  refuseLocked(state, call.scope, 'delete')
  refuseLastOwner(state, found)
  if (found.kind === 'assignment') state.remove(found, reasonOf(call))
  else state.put({ ...found, revokedAt: call.at, updatedOn: call.at }, reasonOf(call))
  const shown = found.kind === 'assignment' ? found : asAssignment(found)
  return { status: 200, body: assignmentBody(shown) }
}

function get(call: Call): Answer {
  const found = findAssignment(call.state, idOf(call), call.view)
  if (!found)
    throw new AzureFault(
      404,
      'RoleAssignmentNotFound',
      `The role assignment '${call.name}' is not found.`,
    )
  const shown = found.kind === 'assignment' ? found : asAssignment(found)
  return { status: 200, body: assignmentBody(shown) }
}

const list = (call: Call): Answer => ({
  items: assignmentsAround(call.state, call.scope, call.filter, call.view).map(
    (it) => () => assignmentBody(it),
  ),
})

const needs = (what: string) => [`Microsoft.Authorization/roleAssignments/${what}`]

export const roleAssignmentActions: Readonly<Record<string, Action>> = {
  'roleAssignments.create': { apiVersion, needs: needs('write'), run: create },
  'roleAssignments.delete': { apiVersion, needs: needs('delete'), run: remove },
  'roleAssignments.get': { apiVersion, needs: needs('read'), run: get },
  'roleAssignments.listForScope': { apiVersion, needs: needs('read'), run: list },
}

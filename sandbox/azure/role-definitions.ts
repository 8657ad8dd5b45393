// Role definitions, api-version 2022-04-01: to be read.
import { roleIdAt } from './assigning.ts'
import type { Action, Answer, Call } from './call.ts'
import type { RoleDefinition } from './entities.ts'
import { AzureFault } from './fault.ts'
import { keyOf } from './scopes.ts'

const apiVersion = '2022-04-01'
const needs = ['Microsoft.Authorization/roleDefinitions/read']

const body = (scope: string, role: RoleDefinition) => ({
  id: roleIdAt(scope, role),
  type: 'Microsoft.Authorization/roleDefinitions',
  name: role.name,
  properties: {
    roleName: role.roleName,
    type: role.roleType,
    description: role.roleName,
    assignableScopes: role.assignableScopes,
    permissions: role.permissions,
  },
})

/** Custom roles are known where they may be assigned. */
function visible(call: Call): RoleDefinition[] {
  const chain = call.scope === '' ? [] : call.state.places.chain(call.scope)
  return call.state.roles
    .all(call.view)
    .filter((role) => role.assignableScopes.some((s) => s === '/' || chain.includes(keyOf(s))))
}

function get(call: Call): Answer {
  const role = call.state.role(call.name, call.view)
  if (!role)
    throw new AzureFault(
      404,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${call.name}' does not exist.`,
    )
  return { status: 200, body: body(call.scope, role) }
}

function list(call: Call): Answer {
  const { roleName, type } = call.filter
  const same = (wanted: string | undefined, value: string) =>
    wanted === undefined || wanted.toLowerCase() === value.toLowerCase()
  const found = visible(call).filter((r) => same(roleName, r.roleName) && same(type, r.roleType))
  return { items: found.map((role) => () => body(call.scope, role)) }
}

export const roleDefinitionActions: Readonly<Record<string, Action>> = {
  'roleDefinitions.get': { apiVersion, needs, run: get },
  'roleDefinitions.list': { apiVersion, needs, run: list },
}

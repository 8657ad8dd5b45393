// Role management policy assignments, api-version 2020-10-01: to be read. They tell what PIM will ask of a request.
import { roleIdAt } from './assigning.ts'
import type { Action, Answer, Call } from './call.ts'
import type { RoleDefinition } from './entities.ts'
import { roleKey } from './roles.ts'
import type { PimRules } from './rule-book.ts'
import { refuseLicence } from './schedules.ts'
import { authorizationId } from './state.ts'

const target = {
  caller: 'Admin',
  operations: ['All'],
  level: 'Assignment',
  targetObjects: null,
  inheritableSettings: null,
  enforcedSettings: null,
}

const effectiveRules = (rules: PimRules) => [
  {
    id: 'Expiration_Admin_Assignment',
    ruleType: 'RoleManagementPolicyExpirationRule',
    isExpirationRequired: rules.expirationRequired === true,
    maximumDuration: rules.maximumDuration ?? null,
    target,
  },
  {
    id: 'Enablement_Admin_Assignment',
    ruleType: 'RoleManagementPolicyEnablementRule',
    enabledRules: [
      ...(rules.justificationRequired === true ? ['Justification'] : []),
      ...(rules.ticketRequired === true ? ['Ticketing'] : []),
      ...(rules.neverMet?.includes('MfaRule') === true ? ['MultiFactorAuthentication'] : []),
    ],
    target,
  },
]

function body({ state, scope }: Call, role: RoleDefinition) {
  // As real ones are named: by the policy and the role. One policy per role stands for itself here.
  const name = `${role.name}_${role.name}`
  return {
    id: authorizationId(scope, 'RoleManagementPolicyAssignments', name),
    type: 'Microsoft.Authorization/RoleManagementPolicyAssignments',
    name,
    properties: {
      scope,
      roleDefinitionId: roleIdAt(scope, role),
      policyId: authorizationId(scope, 'roleManagementPolicies', role.name),
      effectiveRules: effectiveRules(state.rules.for(scope, role.name)),
    },
  }
}

function list(call: Call): Answer {
  refuseLicence(call)
  const { filter, state } = call
  const wanted = filter.roleDefinitionId
  const roles = state.roles
    .all(call.view)
    .filter((role) => wanted === undefined || role.key === roleKey(wanted))
  return { items: roles.map((role) => () => body(call, role)) }
}

export const policyAssignmentActions: Readonly<Record<string, Action>> = {
  'roleManagementPolicyAssignments.listForScope': {
    apiVersion: '2020-10-01',
    needs: ['Microsoft.Authorization/roleManagementPolicyAssignments/read'],
    run: list,
  },
}

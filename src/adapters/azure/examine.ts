// Whether Hallpass's own identity can do the work at each scope, and no more than it needs: by the roles that it has there.
import type { Permission, RoleAssignment } from '@azure/arm-authorization'
import type { Shortcoming } from '../../domain/lanes/places.ts'
import type { AzureRoleAssignment } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AzureApi } from './api.ts'
import { lastOf, scopeKey } from './names.ts'
import { whoHasToken } from './who-am-i.ts'

const giving = 'Microsoft.Authorization/roleAssignments/write'
/** What stands by schedules is looked at wherever anything is given. */
const always = [
  'Microsoft.Authorization/roleAssignments/read',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/read',
  'Microsoft.Authorization/roleAssignmentSchedules/read',
  'Microsoft.Authorization/roleDefinitions/read',
]
const needed: Readonly<Record<AzureRoleAssignment['mode'], readonly string[]>> = {
  assignment: [...always, giving, 'Microsoft.Authorization/roleAssignments/delete'],
  pim: [
    ...always,
    'Microsoft.Authorization/roleAssignmentScheduleInstances/read',
    'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
  ],
  'by-licence': [],
}
/** With these, whoever gets hold of the identity gets around all that Hallpass records. */
const never = [
  'Microsoft.Authorization/elevateAccess/action',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.Authorization/roleManagementPolicies/write',
  'Microsoft.Authorization/locks/delete',
  'Microsoft.Resources/subscriptions/resourceGroups/delete',
]

export async function examineAccess(
  api: AzureApi,
  roles: readonly AzureRoleAssignment[],
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const { objectId } = await whoHasToken(api.credential, guard)
  const found: Shortcoming[] = []
  for (const scope of new Set(roles.map((role) => scopeKey(role.scope)))) {
    const modes = roles.filter((role) => scopeKey(role.scope) === scope).map(({ mode }) => mode)
    const actions = new Set(modes.flatMap(neededFor))
    found.push(...compared(await holdingsOf(api, { scope, objectId }, guard), scope, actions))
  }
  return found
}

/** What the licence decides must be possible either way. */
const neededFor = (mode: AzureRoleAssignment['mode']): readonly string[] =>
  mode === 'by-licence' ? [...needed.pim, ...needed.assignment] : needed[mode]

interface Holding {
  readonly assignment: RoleAssignment
  readonly permissions: readonly Permission[]
}

/** With what it inherits and what its groups have. */
async function holdingsOf(
  api: AzureApi,
  { scope, objectId }: { readonly scope: string; readonly objectId: string },
  guard: CallGuard,
): Promise<readonly Holding[]> {
  const filter = `atScope() and assignedTo('${objectId}')`
  const { found = [] } = await api.assignments(scope, filter, guard)
  const holdings: Holding[] = []
  for (const assignment of found) {
    const role = await api.role(scope, lastOf(assignment.roleDefinitionId), guard)
    holdings.push({ assignment, permissions: role.found?.permissions ?? [] })
  }
  return holdings
}

function compared(
  holdings: readonly Holding[],
  scope: string,
  actions: ReadonlySet<string>,
): readonly Shortcoming[] {
  const allow = (action: string) => holdings.filter((holding) => allows(holding, action))
  const where = `at ${scope}`
  const lacking = [...actions].filter((action) => allow(action).length === 0)
  const exceeding = never.filter((action) => allow(action).length > 0)
  // NB: without a condition on its assignment it can give anybody any role, Owner and itself included.
  const unbound = [giving, 'Microsoft.Authorization/roleAssignmentScheduleRequests/write'].filter(
    (action) => allow(action).some(({ assignment }) => (assignment.condition ?? '') === ''),
  )
  return [
    ...lacking.map((permission) => ({ kind: 'lacks', permission, where }) as const),
    ...exceeding.map((permission) => ({ kind: 'exceeds', permission, where }) as const),
    ...unbound.map(
      (permission) =>
        ({ kind: 'exceeds', permission, where: `${where}, for every role: no condition` }) as const,
    ),
  ]
}

const allows = ({ permissions }: Holding, action: string): boolean =>
  permissions.some(
    ({ actions = [], notActions = [] }) =>
      actions.some((pattern) => covers(pattern, action)) &&
      !notActions.some((pattern) => covers(pattern, action)),
  )

/** A star stands for any characters, slashes too. */
const covers = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 'i').test(action)

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

// Whether somebody already has a role without us: at the scope, from above it, or through a group.
import { CloudError } from '../../domain/errors.ts'
import type { AzurePrincipal, AzureRoleAssignment } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { assignmentName } from './assignments.ts'
import type { Context } from './change.ts'
import { lastOf, scopeKey } from './names.ts'
import { isOurs, lookAtPim } from './pim-look.ts'
import type { Triple } from './wanted.ts'

export async function isStanding(
  context: Context,
  { role, principal }: { role: AzureRoleAssignment; principal: AzurePrincipal },
  guard: CallGuard,
): Promise<boolean> {
  if (role.roleId === undefined)
    throw new CloudError('invalid', `Azure: which role ${role.role} is was not settled`)
  const triple = {
    scope: scopeKey(role.scope),
    roleId: role.roleId.toLowerCase(),
    objectId: principal.objectId.toLowerCase(),
  }
  return role.mode === 'pim'
    ? standsByPim(context, triple, guard)
    : standsPlainly(context, triple, guard)
}

const withGroups = (objectId: string) => `atScope() and assignedTo('${objectId}')`

async function standsPlainly(
  { api, instance }: Context,
  triple: Triple,
  guard: CallGuard,
): Promise<boolean> {
  const { scope, objectId, roleId } = triple
  const { found = [] } = await api.assignments(scope, withGroups(objectId), guard)
  const ours = assignmentName(instance, triple)
  return found.some((it) => lastOf(it.roleDefinitionId) === roleId && lastOf(it.name) !== ours)
}

/** What was assigned without PIM shows among its schedules too. */
async function standsByPim(context: Context, triple: Triple, guard: CallGuard): Promise<boolean> {
  const { scope, objectId, roleId } = triple
  const filters = {
    schedules: withGroups(objectId),
    requests: `atScope() and principalId eq '${objectId}'`,
  }
  const look = await lookAtPim({ ...context, scope, filters }, guard)
  return look.schedules.some((it) => lastOf(it.roleDefinitionId) === roleId && !isOurs(look, it))
}

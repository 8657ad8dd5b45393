// Role assignments as lists and gets show them: those that were made, and those that an active schedule stands for.
import type { RoleAssignment, Schedule } from './entities.ts'
import type { Filter } from './filter.ts'
import type { View } from '../versions.ts'
import { roleKey } from './roles.ts'
import { isActive, spansOf } from './spans.ts'
import { authorizationId, type Holding, type State } from './state.ts'

/** NB: a role assignment that PIM made carries no description, so that nobody's mark is on it. */
export function asAssignment(schedule: Schedule): RoleAssignment {
  const id = authorizationId(schedule.scope, 'roleAssignments', schedule.assignmentName)
  const [span] = spansOf(schedule)
  return {
    ...schedule,
    kind: 'assignment',
    id,
    key: id.toLowerCase(),
    name: schedule.assignmentName,
    description: undefined,
    createdOn: span?.start ?? schedule.createdOn,
    updatedOn: schedule.updatedOn,
    createdBy: '',
    updatedBy: '',
  }
}

export const assignmentBody = (it: RoleAssignment) => ({
  id: it.id,
  type: 'Microsoft.Authorization/roleAssignments',
  name: it.name,
  properties: {
    roleDefinitionId: it.roleDefinitionId,
    principalId: it.principalId,
    principalType: it.principalType,
    scope: it.scope,
    condition: it.condition ?? null,
    conditionVersion: it.conditionVersion ?? null,
    description: it.description ?? null,
    createdOn: new Date(it.createdOn).toISOString(),
    updatedOn: new Date(it.updatedOn).toISOString(),
    createdBy: it.createdBy,
    updatedBy: it.updatedBy,
    delegatedManagedIdentityResourceId: null,
  },
})

/** What is seen around a scope, by a filter; schedules that are not active too. */
export function holdingsAround(state: State, scope: string, filter: Filter, view: View): Holding[] {
  const wanted = principalsOf(state, filter, view)
  const keys = state.keysAround(scope, filter.atScope !== true, view)
  return keys
    .flatMap((key) => state.holding(key, view) ?? [])
    .filter((it) => !wanted || wanted.has(it.principalId.toLowerCase()))
    .filter(
      (it) =>
        filter.roleDefinitionId === undefined ||
        roleKey(it.roleDefinitionId) === roleKey(filter.roleDefinitionId),
    )
}

/** Assignments as they show now. */
export function assignmentsAround(state: State, scope: string, filter: Filter, view: View) {
  const now = state.now()
  return holdingsAround(state, scope, filter, view).flatMap((it) =>
    it.kind === 'assignment' ? it : isActive(it, now) ? asAssignment(it) : [],
  )
}

/** The assignment under an id, or the active schedule that shows under it. */
export function findAssignment(state: State, id: string, view: View): Holding | undefined {
  const made = state.assignments.get(id.toLowerCase(), view)
  if (made) return made
  const key = state.scheduleShownAs(id)
  const schedule = key === undefined ? undefined : state.schedules.get(key, view)
  return schedule && isActive(schedule, state.now()) ? schedule : undefined
}

/** Who a filter means; undefined for everybody. */
function principalsOf(state: State, filter: Filter, view: View): Set<string> | undefined {
  if (filter.principalId !== undefined) return new Set([filter.principalId.toLowerCase()])
  if (filter.assignedTo === undefined) return undefined
  const groups = state.principal(filter.assignedTo, view)?.groups ?? []
  return new Set([filter.assignedTo.toLowerCase(), ...groups])
}

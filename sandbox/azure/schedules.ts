// PIM's schedules and their instances, and its rules, api-version 2020-10-01: to be read.
import type { Action, Answer, Call } from './call.ts'
import { AzureFault, badRequest } from './fault.ts'
import { holdingsAround } from './listed.ts'
import { keyOf } from './scopes.ts'
import { isActive, isLive, spansOf, termsAt } from './spans.ts'
import { authorizationId, type Holding, type State, type Triple } from './state.ts'

const apiVersion = '2020-10-01'

export function refuseLicence({ state, caller }: Call): void {
  if (state.tenants.get(caller.tenantId.toLowerCase())?.licensed === true) return
  throw badRequest(
    'AadPremiumLicenseRequired',
    'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
  )
}

export function expanded(state: State, it: Triple) {
  const principal = state.principal(it.principalId)
  const role = state.role(it.roleDefinitionId)
  return {
    principal: {
      id: it.principalId,
      displayName: principal?.name ?? null,
      email: principal?.type === 'User' ? principal.name : null,
      type: principal?.type ?? 'Unknown',
    },
    roleDefinition: { id: it.roleDefinitionId, displayName: role?.roleName, type: role?.roleType },
    scope: { id: it.scope, displayName: it.scope.split('/').at(-1), type: scopeType(it.scope) },
  }
}

const scopeType = (scope: string) =>
  /^\/subscriptions\/[^/]+$/i.test(scope)
    ? 'subscription'
    : /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(scope)
      ? 'resourcegroup'
      : /^\/providers\/Microsoft\.Management\//i.test(scope)
        ? 'managementgroup'
        : 'resource'

const iso = (at: number | undefined) =>
  at === undefined || !Number.isFinite(at) ? null : new Date(at).toISOString()

/** Standing assignments show too, with no end and no request. */
function timesOf(it: Holding, now: number) {
  if (it.kind === 'assignment') return { startsAt: it.createdOn, endsAt: undefined }
  const span = spansOf(it).find(({ end }) => now < end)
  const terms = termsAt(it, now)
  return { startsAt: span?.start ?? terms?.startsAt ?? it.createdOn, endsAt: terms?.endsAt }
}

function memberType(call: Call, it: Holding): string {
  const wanted = call.filter.assignedTo?.toLowerCase()
  if (wanted !== undefined && it.principalId.toLowerCase() !== wanted) return 'Group'
  const chain = call.state.places.chain(call.scope).slice(1)
  return chain.includes(keyOf(it.scope)) ? 'Inherited' : 'Direct'
}

function shared(call: Call, it: Holding) {
  const { startsAt, endsAt } = timesOf(it, call.at)
  return {
    scope: it.scope,
    roleDefinitionId: it.roleDefinitionId,
    principalId: it.principalId,
    principalType: it.principalType,
    assignmentType: 'Assigned',
    memberType: memberType(call, it),
    status: 'Provisioned',
    startDateTime: iso(startsAt),
    endDateTime: iso(endsAt),
    condition: it.condition ?? null,
    conditionVersion: it.conditionVersion ?? null,
    createdOn: iso(it.createdOn),
    linkedRoleEligibilityScheduleId: null,
    expandedProperties: expanded(call.state, it),
  }
}

const scheduleBody = (call: Call, it: Holding) => ({
  id: authorizationId(it.scope, 'RoleAssignmentSchedules', it.name),
  type: 'Microsoft.Authorization/RoleAssignmentSchedules',
  name: it.name,
  properties: {
    ...shared(call, it),
    roleAssignmentScheduleRequestId: it.kind === 'schedule' ? it.requestId : null,
    updatedOn: iso(it.updatedOn),
  },
})

function instanceBody(call: Call, it: Holding) {
  const name = it.kind === 'schedule' ? it.assignmentName : it.name
  return {
    id: authorizationId(it.scope, 'RoleAssignmentScheduleInstances', name),
    type: 'Microsoft.Authorization/RoleAssignmentScheduleInstances',
    name,
    properties: {
      ...shared(call, it),
      roleAssignmentScheduleId: authorizationId(it.scope, 'RoleAssignmentSchedules', it.name),
      originRoleAssignmentId: authorizationId(it.scope, 'roleAssignments', name),
      linkedRoleEligibilityScheduleInstanceId: null,
    },
  }
}

/** `schedules` also holds what is still to come; an instance runs now. */
const shows = (it: Holding, instances: boolean, now: number) =>
  it.kind === 'assignment' || (instances ? isActive(it, now) : isLive(it, now))

function list(call: Call, instances: boolean): Answer {
  refuseLicence(call)
  const found = holdingsAround(call.state, call.scope, call.filter, call.view).filter((it) =>
    shows(it, instances, call.at),
  )
  return { items: found.map((it) => () => (instances ? instanceBody : scheduleBody)(call, it)) }
}

/** By name, at the very scope. */
function get(call: Call, instances: boolean): Answer {
  refuseLicence(call)
  const { state, view, scope } = call
  const wanted = call.name.toLowerCase()
  const found = state
    .keysAround(scope, false, view)
    .flatMap((key) => state.holding(key, view) ?? [])
    .find((it) => {
      const name = instances && it.kind === 'schedule' ? it.assignmentName : it.name
      const same = name.toLowerCase() === wanted && keyOf(it.scope) === keyOf(scope)
      return same && shows(it, instances, call.at)
    })
  if (!found)
    throw new AzureFault(
      404,
      'RoleAssignmentScheduleNotFound',
      `The role assignment schedule '${call.name}' is not found.`,
    )
  return { status: 200, body: (instances ? instanceBody : scheduleBody)(call, found) }
}

const actionOf = (type: string, run: Action['run']): Action => ({
  apiVersion,
  needs: [`Microsoft.Authorization/${type}/read`],
  run,
})

export const scheduleActions: Readonly<Record<string, Action>> = {
  'roleAssignmentSchedules.listForScope': actionOf('roleAssignmentSchedules', (call) =>
    list(call, false),
  ),
  'roleAssignmentSchedules.get': actionOf('roleAssignmentSchedules', (call) => get(call, false)),
  'roleAssignmentScheduleInstances.listForScope': actionOf(
    'roleAssignmentScheduleInstances',
    (call) => list(call, true),
  ),
  'roleAssignmentScheduleInstances.get': actionOf('roleAssignmentScheduleInstances', (call) =>
    get(call, true),
  ),
}

// PIM's requests for active assignments, api-version 2020-10-01: an administrator's, as an application makes them.
import { refuseLicence } from './schedules.ts'
import { isGuid, reasonOf, type Action, type Answer, type Call } from './call.ts'
import type { Schedule, ScheduleRequest } from './entities.ts'
import { AzureFault, badRequest } from './fault.ts'
import { planned, type Plan } from './planning.ts'
import { expanded } from './schedules.ts'
import { isLive, spansOf } from './spans.ts'
import { authorizationId, type State } from './state.ts'

const apiVersion = '2020-10-01'
const idOf = (call: Call) =>
  authorizationId(call.scope, 'RoleAssignmentScheduleRequests', call.name)

/** Follows from the instant: nothing runs in the background. */
function statusOf(state: State, it: ScheduleRequest, at: number): string {
  if (it.canceledAt !== undefined) return 'Canceled'
  if (at < it.settlesAt) {
    if (at < (it.createdOn + it.settlesAt) / 2) return 'Accepted'
    return it.requestType === 'AdminRemove' ? 'PendingRevocation' : 'PendingProvisioning'
  }
  const schedule =
    it.schedule === undefined ? undefined : state.schedules.get(it.schedule, state.latest)
  const [span] = schedule && it.outcome === 'Provisioned' ? spansOf(schedule) : []
  return span && at < span.start ? 'ScheduleCreated' : it.outcome
}

const requestBody = (state: State, it: ScheduleRequest) => ({
  id: it.id,
  type: 'Microsoft.Authorization/RoleAssignmentScheduleRequests',
  name: it.name,
  properties: {
    scope: it.scope,
    roleDefinitionId: it.roleDefinitionId,
    principalId: it.principalId,
    principalType: it.principalType,
    requestType: it.requestType,
    status: statusOf(state, it, state.now()),
    approvalId: null,
    targetRoleAssignmentScheduleId: it.schedule?.split('/').at(-1) ?? null,
    scheduleInfo:
      it.requestType === 'AdminRemove'
        ? null
        : { startDateTime: it.startDateTime, expiration: it.expiration },
    justification: it.justification ?? null,
    ticketInfo: { ticketNumber: null, ticketSystem: null },
    condition: it.condition ?? null,
    conditionVersion: it.conditionVersion ?? null,
    createdOn: new Date(it.createdOn).toISOString(),
    requestorId: it.requestorId,
    expandedProperties: expanded(state, it),
  },
})

function refuseUsedName(call: Call): void {
  if (!isGuid(call.name))
    throw badRequest('InvalidRequestName', `The request name '${call.name}' is not a GUID.`)
  if (call.state.named('request', call.caller.tenantId, call.name) !== undefined)
    throw new AzureFault(
      409,
      'RoleAssignmentRequestExists',
      `A role assignment request with Id: ${call.name} already exists.`,
    )
}

function create(call: Call): Answer {
  const { state } = call
  refuseLicence(call)
  refuseUsedName(call)
  const plan = planned(call, idOf(call))
  carryOut(call, plan)
  state.putRequest(plan.request, reasonOf(call))
  return { status: 201, body: requestBody(state, plan.request) }
}

function carryOut(call: Call, { request, schedule, removed }: Plan): void {
  const reason = reasonOf(call)
  const fails = request.outcome === 'Failed' || request.outcome === 'FailedAsResourceIsLocked'
  if (fails) return
  if (schedule) call.state.put(schedule, reason)
  if (removed) call.state.remove(removed, reason)
}

function validate(call: Call): Answer {
  refuseLicence(call)
  return { status: 200, body: requestBody(call.state, planned(call, idOf(call)).request) }
}

function found(call: Call, view = call.view): ScheduleRequest {
  const request = call.state.requests.get(idOf(call).toLowerCase(), view)
  if (!request)
    throw new AzureFault(
      404,
      'RoleAssignmentRequestNotFound',
      `The role assignment request '${call.name}' is not found.`,
    )
  return request
}

function get(call: Call): Answer {
  refuseLicence(call)
  return { status: 200, body: requestBody(call.state, found(call)) }
}

function list(call: Call): Answer {
  refuseLicence(call)
  const { state, filter, view } = call
  const wanted = (filter.principalId ?? filter.assignedTo)?.toLowerCase()
  return {
    items: state
      .requestKeysAround(call.scope, filter.atScope !== true)
      .flatMap((key) => state.requests.get(key, view) ?? [])
      .filter((it) => wanted === undefined || it.principalId.toLowerCase() === wanted)
      .map((it) => () => requestBody(state, it)),
  }
}

/** Only what was not carried out yet can be taken back, or what has not begun. */
function cancel(call: Call): Answer {
  refuseLicence(call)
  const { state, at } = call
  const request = found(call, state.latest)
  const status = statusOf(state, request, at)
  if (!/^(Accepted|Pending|ScheduleCreated)/.test(status))
    throw badRequest(
      'RequestCannotBeCancelled',
      `A request whose status is ${status} cannot be canceled.`,
    )
  const schedule = request.schedule && state.schedules.get(request.schedule, state.latest)
  if (schedule) state.put(undone(schedule, request, at), reasonOf(call))
  state.putRequest({ ...request, canceledAt: at }, reasonOf(call))
  return { status: 200 }
}

function undone(schedule: Schedule, request: ScheduleRequest, at: number): Schedule {
  if (request.requestType === 'AdminRemove') return { ...schedule, revokedAt: undefined }
  if (request.requestType === 'AdminAssign')
    return isLive(schedule, at) || schedule.revokedAt === undefined
      ? { ...schedule, revokedAt: at }
      : schedule
  return { ...schedule, terms: schedule.terms.filter(({ from }) => from !== request.settlesAt) }
}

const prefix = 'Microsoft.Authorization/roleAssignmentScheduleRequests'
const write = [`${prefix}/write`, 'Microsoft.Authorization/roleAssignments/write']

export const scheduleRequestActions: Readonly<Record<string, Action>> = {
  'roleAssignmentScheduleRequests.create': { apiVersion, needs: write, run: create },
  'roleAssignmentScheduleRequests.validate': { apiVersion, needs: write, run: validate },
  'roleAssignmentScheduleRequests.get': { apiVersion, needs: [`${prefix}/read`], run: get },
  'roleAssignmentScheduleRequests.listForScope': {
    apiVersion,
    needs: [`${prefix}/read`],
    run: list,
  },
  'roleAssignmentScheduleRequests.cancel': {
    apiVersion,
    needs: [`${prefix}/cancel/action`],
    run: cancel,
  },
}

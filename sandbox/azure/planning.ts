// What a schedule request would do, or why it is refused.
import { z } from 'zod'
import {
  principalFor,
  refuseFull,
  refuseLastOwner,
  roleAt,
  roleIdAt,
  standing,
} from './assigning.ts'
import { bodyOf, isGuid, iso, type Call } from './call.ts'
import type { Expiration, RoleAssignment, Schedule, ScheduleRequest } from './entities.ts'
import { badRequest } from './fault.ts'
import { failedRules } from './rule-book.ts'
import { durationMs, spansOf } from './spans.ts'
import { authorizationId, newId } from './state.ts'

const instant = z.iso.datetime({ offset: true })

const requestBody = z.object({
  properties: z.object({
    roleDefinitionId: z.string(),
    principalId: z.string().refine(isGuid, 'must be a GUID'),
    requestType: z.enum(['AdminAssign', 'AdminRemove', 'AdminUpdate', 'AdminExtend']),
    justification: z.string().nullish(),
    ticketInfo: z.object({ ticketNumber: z.string().nullish() }).nullish(),
    condition: z.string().nullish(),
    conditionVersion: z.literal('2.0').nullish(),
    scheduleInfo: z
      .object({
        startDateTime: instant.nullish(),
        expiration: z
          .object({
            type: z.enum(['AfterDuration', 'AfterDateTime', 'NoExpiration']),
            endDateTime: instant.nullish(),
            duration: z.string().nullish(),
          })
          .nullish(),
      })
      .nullish(),
  }),
})

type Body = z.infer<typeof requestBody>['properties']

export interface Plan {
  readonly request: ScheduleRequest
  /** The schedule as it will be. */
  readonly schedule?: Schedule
  /** An assignment made without PIM, which PIM removes as well. */
  readonly removed?: RoleAssignment
}

interface Wanted {
  readonly startsAt: number
  readonly endsAt: number | undefined
  readonly expiration: Expiration
}

export function planned(call: Call, id: string): Plan {
  const { properties: body } = bodyOf(call, requestBody)
  const { identities, caller } = call
  const action = 'Microsoft.Authorization/roleAssignmentScheduleRequests/write'
  identities.authorizeRole(caller, body.roleDefinitionId, action, call.path)
  const request = requested(call, id, body)
  refusePending(call, request)
  if (request.requestType === 'AdminRemove') return removing(call, request)
  const wanted = wantedBy(call, body)
  refuseByRules(call, body, wanted)
  const timed = {
    ...request,
    startDateTime: iso(wanted.startsAt),
    expiration: wanted.expiration,
  }
  return request.requestType === 'AdminAssign'
    ? assigning(call, timed, wanted)
    : changing(call, timed, wanted)
}

function requested(call: Call, id: string, body: Body): ScheduleRequest {
  const { state, scope, caller, at } = call
  const role = roleAt(state, body.roleDefinitionId, scope)
  // NB: who is gone can still be taken out.
  const principal =
    body.requestType === 'AdminRemove'
      ? state.principal(body.principalId)
      : principalFor(state, caller.tenantId, body.principalId, undefined, 'SubjectNotFound')
  const change = body.requestType === 'AdminRemove' ? 'delete' : 'write'
  const done = body.requestType === 'AdminRemove' ? 'Revoked' : 'Provisioned'
  const locked = state.places.lockOf(scope, change) !== undefined
  return {
    ...{ kind: 'request', key: id.toLowerCase(), id, name: call.name, scope },
    roleDefinitionId: roleIdAt(scope, role),
    principalId: body.principalId,
    principalType: principal?.type ?? 'User',
    requestType: body.requestType,
    justification: body.justification ?? undefined,
    startDateTime: undefined,
    expiration: undefined,
    condition: body.condition ?? undefined,
    conditionVersion: body.conditionVersion ?? undefined,
    schedule: undefined,
    createdOn: at,
    settlesAt: at + state.settings.pimProvisioningMs,
    outcome: locked ? 'FailedAsResourceIsLocked' : fails(call) ? 'Failed' : done,
    canceledAt: undefined,
    requestorId: caller.principalId,
  }
}

function fails({ operation, state: { settings } }: Call): boolean {
  if (settings.pimFailures <= 0 || !operation.endsWith('.create')) return false
  settings.pimFailures -= 1
  return true
}

function refusePending({ state, at }: Call, request: ScheduleRequest): void {
  const requests = [...state.requestKeysOfTriple(request)].flatMap(
    (key) => state.requests.get(key, state.latest) ?? [],
  )
  if (requests.some((it) => it.canceledAt === undefined && at < it.settlesAt))
    throw badRequest(
      'PendingRoleAssignmentRequest',
      'There is an existing pending Role assignment request.',
    )
}

/** A duration counts from the start that the request names, which may lie in the past. */
function wantedBy({ at }: Call, { scheduleInfo }: Body): Wanted {
  const startsAt = scheduleInfo?.startDateTime ? Date.parse(scheduleInfo.startDateTime) : at
  const { type = 'NoExpiration', duration, endDateTime } = scheduleInfo?.expiration ?? {}
  const expiration = { type, endDateTime: endDateTime ?? null, duration: duration ?? null }
  if (type === 'NoExpiration') return { startsAt, endsAt: undefined, expiration }
  const length = durationMs(duration ?? '')
  const endsAt =
    type === 'AfterDateTime'
      ? Date.parse(endDateTime ?? '')
      : length === undefined
        ? Number.NaN
        : startsAt + length
  if (Number.isNaN(endsAt)) throw policyFailed(['ExpirationRule'])
  return { startsAt, endsAt, expiration }
}

const policyFailed = (rules: readonly string[]) =>
  badRequest(
    'RoleAssignmentRequestPolicyValidationFailed',
    `The following policy rules failed: ${JSON.stringify(rules)}`,
  )

function refuseByRules(call: Call, body: Body, wanted: Wanted): void {
  const asked = {
    ...wanted,
    justification: body.justification ?? undefined,
    hasTicket: Boolean(body.ticketInfo?.ticketNumber),
  }
  const rules = call.state.rules.for(call.scope, body.roleDefinitionId)
  const failed = failedRules(rules, asked, call.at)
  if (failed.length > 0) throw policyFailed(failed)
}

function assigning(call: Call, request: ScheduleRequest, wanted: Wanted): Plan {
  const { state, scope, at } = call
  if (standing(state, request, at))
    throw badRequest('RoleAssignmentExists', 'The Role assignment already exists.')
  refuseFull(state, scope)
  const name = newId()
  const id = authorizationId(scope, 'RoleAssignmentSchedules', name)
  const { roleDefinitionId, principalId, principalType, condition, conditionVersion } = request
  const schedule: Schedule = {
    ...{ kind: 'schedule', key: id.toLowerCase(), id, name, scope },
    ...{ roleDefinitionId, principalId, principalType, condition, conditionVersion },
    requestId: request.id,
    assignmentName: newId(),
    terms: [{ from: request.settlesAt, startsAt: wanted.startsAt, endsAt: wanted.endsAt }],
    revokedAt: undefined,
    createdOn: at,
    updatedOn: at,
  }
  return { request: { ...request, schedule: schedule.key }, schedule }
}

const doesNotExist = () =>
  badRequest('RoleAssignmentDoesNotExist', 'The Role assignment does not exist.')

function changing(call: Call, request: ScheduleRequest, { startsAt, endsAt }: Wanted): Plan {
  const { state, at } = call
  const there = standing(state, request, at)
  if (there?.kind !== 'schedule') throw doesNotExist()
  const terms = [...there.terms, { from: request.settlesAt, startsAt, endsAt }]
  const schedule = { ...there, terms, requestId: request.id, updatedOn: at }
  return { request: { ...request, schedule: there.key }, schedule }
}

/** NB: what was made a moment ago may not be known yet here, and is then refused as if it did not exist. */
function removing(call: Call, request: ScheduleRequest): Plan {
  const { state, at } = call
  const seen = standing(state, request, at, call.view)
  const there = seen && standing(state, request, at)
  if (!there) throw doesNotExist()
  refuseLastOwner(state, there)
  if (there.kind === 'assignment') return { request, removed: there }
  const start = spansOf(there).find((span) => span.start <= at && at < span.end)?.start
  if (start !== undefined && at - start < state.settings.pimActiveMinimumMs)
    throw badRequest(
      'ActiveDurationTooShort',
      'The Active duration is too short. Miniumum Required is 5 minutes.',
    )
  const schedule = { ...there, revokedAt: request.settlesAt, updatedOn: at }
  return { request: { ...request, schedule: there.key }, schedule }
}

// What stands by Privileged Identity Management at a scope, and whose it is. Schedules bear no mark: the requests that
// made them do, in their justification.
import type {
  RoleAssignmentSchedule,
  RoleAssignmentScheduleRequest,
} from '@azure/arm-authorization'
import type { Evidence, ObservedBinding } from '../../domain/lanes/types.ts'
import { floorToSecond, type Instant } from '../../domain/time.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AzureApi } from './api.ts'
import { justificationMark, lastOf } from './names.ts'
import { isTriple, type Triple, type Wanted } from './wanted.ts'

export interface PimLook {
  readonly instance: string
  /** For how long a list may not show what asked for something. */
  readonly lagMs: number
  readonly schedules: readonly RoleAssignmentSchedule[]
  readonly requests: readonly RoleAssignmentScheduleRequest[]
  /** The schedules', which are read first: so that the requests behind them are not older. */
  readonly evidence: Evidence
}

export interface PimPlace {
  readonly api: AzureApi
  readonly instance: string
  readonly lagMs: number
  readonly scope: string
  /** `atScope()`, and more. */
  readonly filters?: { readonly schedules: string; readonly requests: string }
}

export async function lookAtPim(place: PimPlace, guard: CallGuard): Promise<PimLook> {
  const { api, instance, lagMs, scope, filters } = place
  const schedules = await api.schedules(scope, filters?.schedules ?? 'atScope()', guard)
  const requests = await api.requests(scope, filters?.requests ?? 'atScope()', guard)
  return {
    instance,
    lagMs,
    schedules: schedules.found ?? [],
    requests: requests.found ?? [],
    evidence: schedules.evidence,
  }
}

export type Standing =
  | { readonly state: 'none' }
  | { readonly state: 'ours'; readonly schedule: RoleAssignmentSchedule }
  | { readonly state: 'foreign' }
  /** It was made or changed a moment ago, and what asked for that is not shown yet. */
  | { readonly state: 'unknown' }

/** Azure keeps one schedule for each triple, or a plain assignment in its place. */
export function standingOf(look: PimLook, triple: Triple): Standing {
  const { cloudAt } = look.evidence
  const there = look.schedules.filter(
    (it) => isTriple(it, triple) && (endOf(it) ?? Number.POSITIVE_INFINITY) > cloudAt,
  )
  const schedule = there.find((it) => isOurs(look, it)) ?? there[0]
  if (schedule === undefined) return { state: 'none' }
  if (isOurs(look, schedule)) return { state: 'ours', schedule }
  return { state: isUnknown(look, schedule) ? 'unknown' : 'foreign' }
}

/** Also where somebody else changed what we made. */
export const isOurs = (look: PimLook, schedule: RoleAssignmentSchedule): boolean =>
  look.requests.some((request) => isBehind(request, schedule) && isAskedByUs(look, request))

export const isAskedByUs = (
  { instance }: Pick<PimLook, 'instance'>,
  { justification }: RoleAssignmentScheduleRequest,
): boolean => justification?.startsWith(justificationMark(instance)) === true

/** A request that made or changed it and bears a Hallpass's mark, of whichever instance. */
export const requestBehind = (
  { requests }: PimLook,
  schedule: RoleAssignmentSchedule,
): RoleAssignmentScheduleRequest | undefined =>
  requests.find(
    (request) => isBehind(request, schedule) && request.justification?.startsWith('hallpass-'),
  )

const isBehind = (
  { name, requestType, targetRoleAssignmentScheduleId }: RoleAssignmentScheduleRequest,
  schedule: RoleAssignmentSchedule,
): boolean =>
  requestType !== 'AdminRemove' &&
  (lastOf(name) === lastOf(schedule.roleAssignmentScheduleRequestId) ||
    (lastOf(targetRoleAssignmentScheduleId) !== '' &&
      lastOf(targetRoleAssignmentScheduleId) === lastOf(schedule.name)))

function isUnknown(look: PimLook, schedule: RoleAssignmentSchedule): boolean {
  const asked = schedule.roleAssignmentScheduleRequestId ?? undefined
  // Nothing of PIM's stands behind it: a plain assignment.
  if (asked === undefined) return false
  if (look.requests.some(({ name }) => lastOf(name) === lastOf(asked))) return false
  const changedAt = Math.max(schedule.createdOn?.getTime() ?? 0, schedule.updatedOn?.getTime() ?? 0)
  return look.evidence.cloudAt < changedAt + look.lagMs
}

const endOf = ({ endDateTime }: RoleAssignmentSchedule): Instant | undefined =>
  endDateTime === undefined || endDateTime === null ? undefined : endDateTime.getTime()

/** Whether it gives exactly what is wanted: to the second, from now on, without a condition. */
export function isAsWanted(
  schedule: RoleAssignmentSchedule,
  { startsAt, endsAt }: Wanted,
  { evidence }: PimLook,
): boolean {
  const end = endOf(schedule)
  const start = schedule.startDateTime?.getTime() ?? 0
  return (
    end !== undefined &&
    floorToSecond(end) === endsAt &&
    start <= Math.max(startsAt, evidence.cloudAt) + 999 &&
    (schedule.condition ?? undefined) === undefined
  )
}

/** NB: undefined while it is not known whose it is: nothing is concluded from that. */
export function observePim(look: PimLook, wanted: Wanted): ObservedBinding | undefined {
  const standing = standingOf(look, wanted)
  const { evidence } = look
  if (standing.state === 'unknown') return undefined
  if (standing.state !== 'ours') return { state: 'absent', evidence }
  const asWanted = isAsWanted(standing.schedule, wanted, look)
  return { state: asWanted ? 'present' : 'different', evidence }
}

/** Requests that Azure, or whoever has to approve them, is still working on. */
export const pendingOf = (
  { requests }: PimLook,
  triple: Triple,
): readonly RoleAssignmentScheduleRequest[] =>
  requests.filter((it) => isTriple(it, triple) && isPending(it.status))

/** NB: what is granted or approved is still to be carried out. */
const done = ['Provisioned', 'ScheduleCreated', 'Revoked']
const failed = ['Failed', 'Denied', 'AdminDenied', 'Canceled', 'TimedOut', 'Invalid']

export const isDone = (status: string | undefined): boolean => done.includes(status ?? '')
export const hasFailed = (status: string | undefined): boolean =>
  failed.includes(status ?? '') || status === 'FailedAsResourceIsLocked'
const isPending = (status: string | undefined): boolean =>
  status !== undefined && !isDone(status) && !hasFailed(status)

// Schedules of Privileged Identity Management, which Azure itself ends: made, moved to another end, and ended early.
import type {
  RoleAssignmentSchedule,
  RoleAssignmentScheduleRequest,
} from '@azure/arm-authorization'
import { CloudError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/lanes/types.ts'
import { minuteMs, secondMs, toIso, type Instant } from '../../domain/time.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { orNewcomer } from './assignments.ts'
import { isCode } from './errors.ts'
import { lastOf } from './names.ts'
import { isAsWanted, isAskedByUs, pendingOf, standingOf, type PimLook } from './pim-look.ts'
import { follow, sendRequest, type Requester } from './pim-request.ts'
import { alreadyThere, tripleInWords, type Wanted } from './wanted.ts'

export async function putPim(
  by: Requester,
  { look, wanted }: { readonly look: PimLook; readonly wanted: Wanted },
  guard: CallGuard,
): Promise<Evidence> {
  await awaitPending(by, { look, wanted }, guard)
  const standing = standingOf(look, wanted)
  if (standing.state === 'foreign') throw alreadyThere(wanted)
  if (standing.state === 'unknown') throw notShownYet(wanted)
  if (standing.state === 'ours' && isAsWanted(standing.schedule, wanted, look)) return look.evidence
  if (wanted.endsAt <= look.evidence.cloudAt)
    throw new CloudError(
      'transient',
      `Azure: the time of ${tripleInWords(wanted)} is over by Azure's own clock`,
    )
  const type = standing.state === 'ours' ? 'AdminUpdate' : 'AdminAssign'
  const sent = sendRequest(by, { type, wanted, look }, guard)
  const { found, evidence } = await sent.catch((error: unknown) => {
    // It stands, or it stands no longer, and the look did not show it: the next one will.
    if (isCode(error, 'RoleAssignmentExists') || isCode(error, 'RoleAssignmentDoesNotExist'))
      throw notShownYet(wanted)
    throw orNewcomer(error, wanted)
  })
  if (found) return evidence
  throw type === 'AdminUpdate' ? notShownYet(wanted) : noScope(wanted)
}

/**
 * NB: it waits for no request of somebody else's, who may leave theirs unapproved for as long as they like: Azure says
 * by itself where it takes no other meanwhile.
 */
export async function removePim(
  by: Requester,
  { look, wanted }: { readonly look: PimLook; readonly wanted: Wanted },
  guard: CallGuard,
): Promise<Evidence> {
  const own = pendingOf(look, wanted).filter((it) => isAskedByUs(look, it))
  const young = own.find((it) => !isStuck(it, look))
  if (young !== undefined) await settle(by, { look, wanted, pending: young }, guard)
  const standing = standingOf(look, wanted)
  if (standing.state === 'unknown') throw notShownYet(wanted)
  // NB: PIM would take away what others made, too.
  if (standing.state === 'foreign') return look.evidence
  // What is not there, and what nothing that is under way can bring, is gone.
  const isGone = standing.state === 'none' && own.every((it) => isOverBy(it, look))
  try {
    const { found, evidence } = await sendRequest(by, { type: 'AdminRemove', wanted, look }, guard)
    if (found || isGone) return evidence
    throw notShownYet(wanted)
  } catch (error) {
    if (isCode(error, 'RoleAssignmentDoesNotExist') && isGone)
      return evidenceOf(error.cloudAt, look)
    if (isCode(error, 'RoleAssignmentDoesNotExist')) throw notShownYet(wanted)
    if (isCode(error, 'ActiveDurationTooShort') && standing.state === 'ours')
      throw tooYoung(wanted, standing.schedule, look, error)
    throw error
  }
}

/** NB: the look's request id, as an answer that is a refusal is not kept: its time is, as it is younger. */
const evidenceOf = (cloudAt: Instant | undefined, { evidence }: PimLook): Evidence => ({
  ...evidence,
  cloudAt: cloudAt ?? evidence.cloudAt,
})

/** Azure takes one request at a time for a triple. Which of them it was decides the next look, not this one. */
async function awaitPending(
  by: Requester,
  { look, wanted }: { readonly look: PimLook; readonly wanted: Wanted },
  guard: CallGuard,
): Promise<void> {
  const [pending] = pendingOf(look, wanted)
  if (pending !== undefined) await settle(by, { look, wanted, pending }, guard)
}

async function settle(
  by: Requester,
  about: {
    readonly look: PimLook
    readonly wanted: Wanted
    readonly pending: RoleAssignmentScheduleRequest
  },
  guard: CallGuard,
): Promise<never> {
  const { look, wanted, pending } = about
  const first = { found: pending, evidence: look.evidence }
  await follow(by, { wanted, name: lastOf(pending.name), first }, guard)
  throw new CloudError(
    'conflict',
    `Azure: an earlier request for ${tripleInWords(wanted)} was only settled now: it will be read again`,
  )
}

/** For how long a removal waits for what Hallpass asked for before: Azure settles most within seconds, or never. */
const patienceMs = 10 * minuteMs

const isStuck = ({ createdOn }: RoleAssignmentScheduleRequest, { evidence }: PimLook): boolean =>
  createdOn !== undefined && createdOn.getTime() + patienceMs <= evidence.cloudAt

/** Whether nothing can stand by it any more, should it be carried out after all. */
function isOverBy(
  { requestType, scheduleInfo }: RoleAssignmentScheduleRequest,
  { evidence }: PimLook,
): boolean {
  const end = scheduleInfo?.expiration?.endDateTime?.getTime()
  return requestType === 'AdminRemove' || (end !== undefined && end <= evidence.cloudAt)
}

const noScope = ({ scope }: Wanted): CloudError =>
  new CloudError('missing', `Azure: there is no scope ${scope} any more, or no such role there`)

const notShownYet = (wanted: Wanted): CloudError =>
  new CloudError(
    'transient',
    `Azure: ${tripleInWords(wanted)} was changed a moment ago, and that is not shown yet: it will be read again`,
  )

/** What Azure asks of a schedule before it lets anybody end it. */
const activeMinimumMs = 5 * minuteMs

/** NB: a schedule that is shorter than that is over before: nobody is to wait for what nothing stands in the way of. */
function tooYoung(
  wanted: Wanted,
  { startDateTime, endDateTime }: RoleAssignmentSchedule,
  { evidence }: PimLook,
  cause: { readonly cloudAt: Instant | undefined },
): CloudError {
  const now = cause.cloudAt ?? evidence.cloudAt
  const minimum = (startDateTime?.getTime() ?? now) + activeMinimumMs
  const from = Math.min(minimum, endDateTime?.getTime() ?? Number.POSITIVE_INFINITY)
  return new CloudError(
    'transient',
    `Azure: ${tripleInWords(wanted)} began less than five minutes ago, and Azure ends nothing so early: it will be removed at ${toIso(from)}`,
    // A second more, for Azure's clock is read in whole ones.
    { cause, retryAfterMs: Math.max(from - now, 0) + secondMs },
  )
}

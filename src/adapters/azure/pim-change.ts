// Schedules of Privileged Identity Management, which Azure itself ends: made, moved to another end, and ended early.
import { CloudError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/lanes/types.ts'
import { minuteMs, secondMs, toIso, type Instant } from '../../domain/time.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { orNewcomer } from './assignments.ts'
import { isCode } from './errors.ts'
import { lastOf } from './names.ts'
import { isAsWanted, pendingOf, standingOf, type PimLook } from './pim-look.ts'
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
  return sendRequest(by, { type, wanted, look }, guard).catch((error: unknown) => {
    // It stands, or it stands no longer, and the look did not show it: the next one will.
    if (isCode(error, 'RoleAssignmentExists') || isCode(error, 'RoleAssignmentDoesNotExist'))
      throw notShownYet(wanted)
    throw orNewcomer(error, wanted)
  })
}

export async function removePim(
  by: Requester,
  { look, wanted }: { readonly look: PimLook; readonly wanted: Wanted },
  guard: CallGuard,
): Promise<Evidence> {
  await awaitPending(by, { look, wanted }, guard)
  const standing = standingOf(look, wanted)
  if (standing.state === 'unknown') throw notShownYet(wanted)
  // NB: PIM would take away what others made, too.
  if (standing.state === 'foreign') return look.evidence
  try {
    return await sendRequest(by, { type: 'AdminRemove', wanted, look }, guard)
  } catch (error) {
    if (isCode(error, 'RoleAssignmentDoesNotExist') && standing.state === 'none')
      return evidenceOf(error.cloudAt, look)
    if (isCode(error, 'RoleAssignmentDoesNotExist')) throw notShownYet(wanted)
    if (isCode(error, 'ActiveDurationTooShort') && standing.state === 'ours')
      throw tooYoung(wanted, standing.schedule.startDateTime?.getTime(), look, error)
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
  const pending = pendingOf(look, wanted)
  if (pending === undefined) return
  const first = { found: pending, evidence: look.evidence }
  await follow(by, { wanted, name: lastOf(pending.name), first }, guard)
  throw new CloudError(
    'conflict',
    `Azure: an earlier request for ${tripleInWords(wanted)} was only settled now: it will be read again`,
  )
}

const notShownYet = (wanted: Wanted): CloudError =>
  new CloudError(
    'transient',
    `Azure: ${tripleInWords(wanted)} was changed a moment ago, and that is not shown yet: it will be read again`,
  )

/** What Azure asks of a schedule before it lets anybody end it. */
const activeMinimumMs = 5 * minuteMs

function tooYoung(
  wanted: Wanted,
  begun: Instant | undefined,
  { evidence }: PimLook,
  cause: { readonly cloudAt: Instant | undefined },
): CloudError {
  const now = cause.cloudAt ?? evidence.cloudAt
  const from = (begun ?? now) + activeMinimumMs
  return new CloudError(
    'transient',
    `Azure: ${tripleInWords(wanted)} began less than five minutes ago, and Azure ends nothing so early: it will be removed at ${toIso(from)}`,
    // A second more, for Azure's clock is read in whole ones.
    { cause, retryAfterMs: Math.max(from - now, 0) + secondMs },
  )
}

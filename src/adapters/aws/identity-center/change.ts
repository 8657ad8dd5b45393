import { CloudError, isFinal } from '../../../domain/errors.ts'
import type { Binding, Change, Done, Evidence, LaneOf } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import type { IdentityCenterApi } from './api.ts'
import { failureOf } from './failures.ts'
import type { Follower } from './follow.ts'
import { assertOnLane, assignmentOf, noPermissionSet } from './lanes.ts'
import { readAssignment } from './observe.ts'
import { requireShortSessions } from './sessions.ts'

export interface Hands {
  readonly api: IdentityCenterApi
  readonly follower: Follower
}

type Lane = LaneOf<'identity-center'>

/**
 * NB: Identity Center says the same whether it made the assignment or somebody else had just done so: of what appears
 * between the look and the write, Hallpass takes itself for the owner. So the permission set must be Hallpass's alone
 * in that account.
 */
async function put(
  hands: Hands,
  lane: Lane,
  binding: Binding,
  guard: CallGuard,
): Promise<Evidence> {
  const of = assignmentOf(lane.role, lane.principal.userId)
  await requireShortSessions(hands.api, of, binding, guard)
  const ended = await hands.follower.change('creation', of, guard)
  if (ended === undefined) throw noPermissionSet(of)
  if (ended.status === 'SUCCEEDED') return ended.evidence
  const failure = failureOf('creation', of, ended)
  if (isFinal(failure)) await withdraw(hands, lane, guard)
  throw failure
}

/** NB: what is given up on must not be there after all, in part or in whole: nobody would look for it again. */
async function withdraw(hands: Hands, lane: Lane, guard: CallGuard): Promise<void> {
  try {
    await remove(hands, lane, guard)
  } catch (error) {
    if (!(error instanceof CloudError)) throw error
    throw new CloudError('transient', error.message, { cause: error })
  }
}

/**
 * What Identity Center does not find is gone if it is not listed either, or listed for a user who is gone. So is what
 * was given by a permission set that was deleted since: nobody deletes one that is still in use.
 */
async function remove({ api, follower }: Hands, lane: Lane, guard: CallGuard): Promise<Evidence> {
  const of = assignmentOf(lane.role, lane.principal.userId)
  const ended = await follower.change('deletion', of, guard)
  if (ended?.status === 'SUCCEEDED') return ended.evidence
  const failure = ended === undefined ? noPermissionSet(of) : failureOf('deletion', of, ended)
  if (failure.kind !== 'missing') throw failure
  const { state, evidence } = await readAssignment(api, lane, guard)
  if (state === 'assigned') throw failure
  return ended?.evidence ?? evidence
}

export async function carryOut(
  hands: Hands,
  lane: Lane,
  { do: act, binding }: Change,
  guard: CallGuard,
): Promise<Done> {
  assertOnLane(lane, binding)
  const work = act === 'put' ? put(hands, lane, binding, guard) : remove(hands, lane, guard)
  return { evidence: await work }
}

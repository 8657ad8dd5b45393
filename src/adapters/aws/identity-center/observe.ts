import type { Binding, LaneOf, Observation, ObservedBinding } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import type { IdentityCenterApi } from './api.ts'
import { assignmentOf, requireInstance } from './lanes.ts'

/**
 * `orphaned`: it is listed for a user who was deleted, whose id is never given again: it opens nothing.
 */
type Standing = Pick<Observation, 'evidence'> & {
  readonly state: 'assigned' | 'unassigned' | 'orphaned'
}

export async function readAssignment(
  api: IdentityCenterApi,
  { role, principal }: Pick<LaneOf<'identity-center'>, 'role' | 'principal'>,
  guard: CallGuard,
): Promise<Standing> {
  const of = assignmentOf(role, principal.userId)
  const { found, evidence } = await api.assignees(of, guard)
  if (!found) {
    await requireInstance(api, of.instanceArn, guard)
    return { state: 'unassigned', evidence }
  }
  if (!found.some(({ type, id }) => type === 'USER' && id === of.userId))
    return { state: 'unassigned', evidence }
  const user = await api.userName(principal, guard)
  return { state: user.found === undefined ? 'orphaned' : 'assigned', evidence }
}

/** What is being made or removed counts as what it was: only the end of a change changes anything. */
export async function observeLane(
  api: IdentityCenterApi,
  lane: LaneOf<'identity-center'>,
  bindings: readonly Binding[],
  guard: CallGuard,
): Promise<Observation> {
  const { state, evidence } = await readAssignment(api, lane, guard)
  const seen: ObservedBinding = { state: state === 'assigned' ? 'present' : 'absent', evidence }
  return {
    principal: state === 'orphaned' ? 'deleted' : 'same',
    bindings: new Map(bindings.map(({ id }) => [id, seen])),
    evidence,
  }
}

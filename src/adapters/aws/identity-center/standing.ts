// Whether somebody has a permission set in an account already, by themselves or by a group.
import type {
  IdentityCenterAssignment,
  IdentityCenterPrincipal,
} from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import type { IdentityCenterApi } from './api.ts'
import { assignmentOf, noPermissionSet, requireInstance } from './lanes.ts'

/**
 * ListAccountAssignmentsForPrincipal would tell it in one call, but answers the management account alone.
 * NB: an assignment carries no mark: one of Hallpass's own counts here like any other.
 */
export async function isStanding(
  api: IdentityCenterApi,
  role: IdentityCenterAssignment,
  principal: IdentityCenterPrincipal,
  guard: CallGuard,
): Promise<boolean> {
  const of = assignmentOf(role, principal.userId)
  const { found } = await api.assignees(of, guard)
  if (!found) {
    await requireInstance(api, of.instanceArn, guard)
    throw noPermissionSet(of)
  }
  if (found.some(({ type, id }) => type === 'USER' && id === of.userId)) return true
  const groups = found.filter(({ type }) => type === 'GROUP')
  if (groups.length === 0) return false
  const own = await api.groupsOf(principal, guard)
  return groups.some(({ id }) => own.has(id))
}

// Who has a permission set in an account: nothing tells who gave it, so that all of them are told of.
import { sharedIdOf } from '../../../domain/lanes/bindings-of.ts'
import { laneOf } from '../../../domain/lanes/lane-of.ts'
import {
  endless,
  longestSessionSeconds,
  type Found,
  type Listing,
  type PlaceOf,
} from '../../../domain/lanes/places.ts'
import type {
  IdentityCenterAssignment,
  IdentityCenterPrincipal,
} from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import type { IdentityCenterApi } from './api.ts'
import { instanceArnOf, noPermissionSet, requireInstance } from './lanes.ts'

export async function listPlace(
  api: IdentityCenterApi,
  { permissionSet, account }: PlaceOf<'identity-center'>,
  guard: CallGuard,
): Promise<Listing> {
  const cloud = 'identity-center'
  const role: IdentityCenterAssignment = {
    cloud,
    mode: 'account-assignment',
    account,
    permissionSet,
  }
  const instanceArn = instanceArnOf(role)
  const { store } = await requireInstance(api, instanceArn, guard)
  const { found: set } = await api.permissionSet({ instanceArn, permissionSet }, guard)
  if (set === undefined) throw noPermissionSet({ permissionSet })
  const { found: assignees, evidence } = await api.assignees({ ...role, instanceArn }, guard)
  if (assignees === undefined) throw noPermissionSet({ permissionSet })
  const found: Found[] = []
  for (const { type, id: userId } of assignees) {
    if (type !== 'USER') continue
    const { found: userName } = await api.userName({ store, userId }, guard)
    // Of a user who was deleted nothing can be opened any more: it is only listed yet.
    if (userName === undefined) continue
    const principal: IdentityCenterPrincipal = { cloud, store, userName, userId }
    found.push(unmarked(role, principal, set.name))
  }
  return { found, evidence }
}

function unmarked(
  role: IdentityCenterAssignment,
  principal: IdentityCenterPrincipal,
  setName: string,
): Found {
  const lane = laneOf({ role, principal })
  const id = sharedIdOf(role, principal) ?? lane.id
  return {
    kind: 'unmarked',
    lane,
    binding: {
      id,
      laneId: lane.id,
      name: id,
      sessionName: id,
      principal,
      role,
      startsAt: 0,
      endsAt: endless,
      residualSeconds: longestSessionSeconds,
    },
    what: `Identity Center user ${principal.userName} with the permission set ${setName} in account ${role.account}`,
  }
}

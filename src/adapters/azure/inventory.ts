// What stands at a scope for people, whether or not any lane knows it: with whose mark, or with none.
import type { RoleAssignment, RoleAssignmentSchedule } from '@azure/arm-authorization'
import { sharedIdOf } from '../../domain/lanes/bindings-of.ts'
import { laneOf } from '../../domain/lanes/lane-of.ts'
import { endless, type Found, type Listing, type PlaceOf } from '../../domain/lanes/places.ts'
import type { AzurePrincipal, AzureRoleAssignment, Binding } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { Context } from './change.ts'
import { isCode } from './errors.ts'
import { lastOf, scopeKey } from './names.ts'
import { lookAtPim, requestBehind, type PimLook } from './pim-look.ts'

/** Either mark: in an assignment's description, or in a request's justification. */
const marked = /^hallpass[:-](?<instance>[a-z0-9]+)[:-](?<grant>[A-Za-z0-9]+)/

export async function listPlace(
  context: Context,
  place: PlaceOf<'azure'>,
  guard: CallGuard,
): Promise<Listing> {
  const scope = scopeKey(place.scope)
  const { found: assignments = [], evidence } = await context.api.assignments(
    scope,
    'atScope()',
    guard,
  )
  const look = await pimOf(context, scope, guard)
  const schedules = (look?.schedules ?? []).filter((it) => isHere(it, scope) && isPims(it))
  const byPim = new Set(schedules.map(tripleKey))
  const plain = assignments.filter((it) => isHere(it, scope) && !byPim.has(tripleKey(it)))
  const names = await namesOf(context, { scope, found: [...schedules, ...plain] }, guard)
  return {
    found: [
      ...plain.map((it) => plainFound(it, { scope, names })),
      ...schedules.flatMap((it) => scheduleFound(it, { scope, names, look })),
    ],
    evidence,
  }
}

/** Undefined without the licence: then nothing of PIM's is there. */
async function pimOf(
  context: Context,
  scope: string,
  guard: CallGuard,
): Promise<PimLook | undefined> {
  try {
    return await lookAtPim({ ...context, scope }, guard)
  } catch (error) {
    if (isCode(error, 'AadPremiumLicenseRequired')) return undefined
    throw error
  }
}

type Told = RoleAssignment | RoleAssignmentSchedule

/** Made at this very scope, for a person. */
const isHere = (it: Told, scope: string): boolean =>
  scopeKey(it.scope) === scope && it.principalType === 'User'

/** What was assigned without PIM shows there too, with nothing behind it. */
const isPims = (it: RoleAssignmentSchedule): boolean =>
  (it.roleAssignmentScheduleRequestId ?? undefined) !== undefined

const tripleKey = (it: Told): string =>
  `${lastOf(it.roleDefinitionId)} ${it.principalId?.toLowerCase() ?? ''}`

/** As the policy may write roles: by id, each read once. */
async function namesOf(
  { api }: Context,
  { scope, found }: { readonly scope: string; readonly found: readonly Told[] },
  guard: CallGuard,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (const roleId of new Set(found.map((it) => lastOf(it.roleDefinitionId)))) {
    const { found: definition } = await api.role(scope, roleId, guard)
    names.set(roleId, definition?.roleName ?? roleId)
  }
  return names
}

interface Where {
  readonly scope: string
  readonly names: ReadonlyMap<string, string>
}

function bindingOf(
  it: Told,
  { scope, names }: Where,
  more: { mode: 'pim' | 'assignment'; grant: string; endsAt: number },
): Pick<Extract<Found, { kind: 'marked' }>, 'binding' | 'lane'> {
  const roleId = lastOf(it.roleDefinitionId)
  const objectId = it.principalId?.toLowerCase() ?? ''
  const role: AzureRoleAssignment = {
    cloud: 'azure',
    mode: more.mode,
    scope,
    role: names.get(roleId) ?? roleId,
    roleId,
  }
  const principal: AzurePrincipal = { cloud: 'azure', objectId, name: undefined }
  const lane = laneOf({ role, principal })
  const id = sharedIdOf(role, principal) ?? lane.id
  const binding: Binding = {
    id,
    laneId: lane.id,
    name: id,
    sessionName: `hallpass-${more.grant}`,
    principal,
    role,
    startsAt: 0,
    endsAt: more.endsAt,
    residualSeconds: 0,
  }
  return { binding, lane }
}

function plainFound(it: RoleAssignment, where: Where): Found {
  const { instance, grant = '' } = marked.exec(it.description ?? '')?.groups ?? {}
  const found = bindingOf(it, where, { mode: 'assignment', grant, endsAt: endless })
  if (instance !== undefined) return { kind: 'marked', instance, ...found }
  const { role, principal } = found.binding
  const [who, what] = [
    principal.cloud === 'azure' ? principal.objectId : '',
    role.cloud === 'azure' ? role.role : '',
  ]
  return {
    kind: 'unmarked',
    ...found,
    what: `Entra user ${who} with the role ${what} at ${where.scope}`,
  }
}

function scheduleFound(
  it: RoleAssignmentSchedule,
  { look, ...where }: Where & { readonly look: PimLook | undefined },
): readonly Found[] {
  const justification = look && requestBehind(look, it)?.justification
  const { instance, grant = '' } = marked.exec(justification ?? '')?.groups ?? {}
  if (instance === undefined) return []
  const endsAt = it.endDateTime?.getTime() ?? endless
  return [{ kind: 'marked', instance, ...bindingOf(it, where, { mode: 'pim', grant, endsAt }) }]
}

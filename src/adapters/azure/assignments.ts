// Plain role assignments, in scopes that are Hallpass's alone: Azure does not end them.
import type { RoleAssignment } from '@azure/arm-authorization'
import { CloudError } from '../../domain/errors.ts'
import type { Evidence, ObservedBinding } from '../../domain/lanes/types.ts'
import { minuteMs } from '../../domain/time.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AzureApi } from './api.ts'
import { isCode } from './errors.ts'
import type { Answer } from './exchange.ts'
import { definitionId, descriptionMark, lastOf, uuidOf } from './names.ts'
import { alreadyThere, isTriple, tripleInWords, type Triple, type Wanted } from './wanted.ts'

/** The same for the same triple: asked for twice, or again after an answer was lost, it is one assignment. */
export const assignmentName = (instance: string, { scope, objectId, roleId }: Triple): string =>
  uuidOf('assignment', instance, scope, objectId, roleId)

/** What stands at the scope, and who looks. One list answers for all of a lane. */
export interface AssignmentLook {
  readonly api: AzureApi
  readonly instance: string
  readonly listed: Answer<RoleAssignment[]>
}

export async function lookAtAssignments(
  at: { readonly api: AzureApi; readonly instance: string; readonly scope: string },
  guard: CallGuard,
): Promise<AssignmentLook> {
  const { api, instance, scope } = at
  return { api, instance, listed: await api.assignments(scope, 'atScope()', guard) }
}

/** As Hallpass made it: whoever changed its description took our mark off it. */
const isAsMade = (it: RoleAssignment, wanted: Triple, instance: string): boolean =>
  isTriple(it, wanted) &&
  (it.condition ?? undefined) === undefined &&
  it.description?.startsWith(descriptionMark(instance)) === true

const named = (listed: readonly RoleAssignment[], name: string) =>
  listed.find((it) => lastOf(it.name) === name)

export function observeAssignment(
  { listed: { found = [], evidence }, instance }: AssignmentLook,
  wanted: Triple,
): ObservedBinding {
  const own = named(found, assignmentName(instance, wanted))
  if (own === undefined) return { state: 'absent', evidence }
  return { state: isAsMade(own, wanted, instance) ? 'present' : 'different', evidence }
}

export async function putAssignment(
  look: AssignmentLook,
  wanted: Wanted,
  guard: CallGuard,
): Promise<Evidence> {
  const { api, instance, listed } = look
  const { found = [], evidence } = listed
  const name = assignmentName(instance, wanted)
  if (observeAssignment(look, wanted).state === 'present') return evidence
  if (found.some((it) => isTriple(it, wanted) && lastOf(it.name) !== name))
    throw alreadyThere(wanted)
  try {
    const made = await api.createAssignment(
      { scope: wanted.scope, name },
      {
        roleDefinitionId: definitionId(wanted.scope, wanted.roleId),
        principalId: wanted.objectId,
        // Said, it spares Azure the look-up in a directory that may not know somebody new yet.
        principalType: 'User',
        description: `${descriptionMark(instance)}${wanted.grant}`,
      },
      guard,
    )
    if (made.found !== undefined) return made.evidence
    throw new CloudError('missing', `Azure: there is no scope ${wanted.scope} any more`)
  } catch (error) {
    if (!isCode(error, 'RoleAssignmentExists')) throw orNewcomer(error, wanted)
    return existing(look, wanted, guard)
  }
}

/** Azure refuses also what is there exactly as it is wanted. Under another name it is found by the next read. */
async function existing(
  { api, instance }: AssignmentLook,
  wanted: Wanted,
  guard: CallGuard,
): Promise<Evidence> {
  const name = assignmentName(instance, wanted)
  const { found, evidence } = await api.assignment({ scope: wanted.scope, name }, guard)
  if (found !== undefined && isAsMade(found, wanted, instance)) return evidence
  throw new CloudError(
    'transient',
    `Azure: ${tripleInWords(wanted)} is there already, and is not shown yet: it will be read again`,
  )
}

/** How long Azure may take to know somebody who was added to the tenant: others waited half an hour on a wrong id. */
const replicationMs = 3 * minuteMs

/**
 * Nobody has this id, or nobody yet. NB: there is no memory of earlier tries here, so the binding's own start decides,
 * by Azure's clock: until then it is a matter of time, and final from then on.
 */
export function orNewcomer(error: unknown, { startsAt, objectId }: Wanted): unknown {
  if (!isCode(error, 'PrincipalNotFound') && !isCode(error, 'SubjectNotFound')) return error
  if (error.cloudAt === undefined || error.cloudAt >= startsAt + replicationMs) return error
  return new CloudError(
    'transient',
    `Azure: nobody in the tenant has the object id ${objectId}, or nobody yet: it will be tried again for three minutes`,
    { cause: error },
  )
}

/** By our own name alone: whatever a read says. One that is not there is gone already. */
export async function removeAssignment(
  { api, instance }: Pick<AssignmentLook, 'api' | 'instance'>,
  wanted: Wanted,
  guard: CallGuard,
): Promise<Evidence> {
  const name = assignmentName(instance, wanted)
  const { evidence } = await api.deleteAssignment({ scope: wanted.scope, name }, guard)
  return evidence
}

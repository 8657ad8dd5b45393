// What a binding asks of Azure, in Azure's words.
import { CloudError } from '../../domain/errors.ts'
import type { Binding, LaneOf } from '../../domain/lanes/types.ts'
import { floorToSecond, type Instant } from '../../domain/time.ts'
import { lastOf, scopeKey } from './names.ts'

/** A role for somebody at a scope: Azure keeps each such triple once. */
export interface Triple {
  /** In lower case, as all of it. */
  readonly scope: string
  readonly roleId: string
  readonly objectId: string
}

export interface Wanted extends Triple {
  readonly id: string
  readonly mode: 'pim' | 'assignment'
  /** Whose grant it was made for first. */
  readonly grant: string
  readonly startsAt: Instant
  readonly endsAt: Instant
}

/** Throws CloudError('invalid') for what is another lane's, and for a role that was not settled. */
export function wantedOf(binding: Binding, lane: LaneOf<'azure'>): Wanted {
  const { id, role, principal, sessionName, startsAt, endsAt } = binding
  if (role.cloud !== 'azure' || principal.cloud !== 'azure')
    throw new CloudError('invalid', `Azure: ${id} is for ${role.cloud}`)
  const scope = scopeKey(role.scope)
  if (scope !== scopeKey(lane.scope))
    throw new CloudError('invalid', `Azure: ${id} belongs to another scope than its lane`)
  if (role.mode === 'by-licence' || role.roleId === undefined)
    throw new CloudError('invalid', `Azure: ${id} leaves open what is to be given`)
  return {
    id,
    scope,
    roleId: role.roleId.toLowerCase(),
    objectId: principal.objectId.toLowerCase(),
    mode: role.mode,
    grant: sessionName.replace(/^hallpass-/, ''),
    startsAt,
    endsAt: floorToSecond(endsAt),
  }
}

interface Told {
  readonly scope?: string | undefined
  readonly roleDefinitionId?: string | undefined
  readonly principalId?: string | undefined
}

/** NB: by ids, whatever case they were written in, and at this very scope: what is inherited is another's. */
export const isTriple = (it: Told, { scope, roleId, objectId }: Triple): boolean =>
  scopeKey(it.scope) === scope &&
  lastOf(it.roleDefinitionId) === roleId &&
  it.principalId?.toLowerCase() === objectId

export const tripleInWords = ({ scope, roleId, objectId }: Triple): string =>
  `the role ${roleId} of ${objectId} at ${scope}`

/** A final no: what stands was made by somebody else, and is not touched. */
export const alreadyThere = (wanted: Triple): CloudError =>
  new CloudError(
    'invalid',
    `Azure: they have this already, without Hallpass: ${tripleInWords(wanted)}`,
  )

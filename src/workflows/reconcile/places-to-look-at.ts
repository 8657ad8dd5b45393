// Where to look: wherever the policy's roles could have put something, and wherever something was ever put.
import { isFilledIn, placeId, placesOf, type Place } from '../../domain/lanes/places.ts'
import type { CloudRole } from '../../domain/lanes/types.ts'
import { parseOrganizationPolicy } from '../../domain/policy/parse.ts'
import { understand } from '../understand-document.ts'
import type { ReconcileDeps } from './deps.ts'

export interface Sites {
  readonly places: readonly Place[]
  readonly roles: readonly CloudRole[]
  /** The ids of those that the policy names, or may name: somebody has to know when one is not there. */
  readonly named: ReadonlySet<string>
  /** Why the policy's roles are not among them. */
  readonly policyUnread: string | undefined
}

/** NB: roles that were renamed or taken out of the policy are still looked after: the ledger remembers their places. */
export async function placesToLookAt(deps: ReconcileDeps): Promise<Sites> {
  const [given, offered] = await Promise.all([deps.ledger.givenRoles(), rolesOfPolicy(deps)])
  const roles = [...given, ...(offered.roles ?? [])]
  const places = roles.flatMap(placesOf).filter(isFilledIn)
  const byId = new Map(places.map((place) => [placeId(place), place]))
  const named = new Set((offered.roles ?? roles).flatMap(placesOf).map(placeId))
  return { places: [...byId.values()], roles, named, policyUnread: offered.why }
}

async function rolesOfPolicy({
  documents,
  log,
}: ReconcileDeps): Promise<{ roles?: readonly CloudRole[]; why: string | undefined }> {
  try {
    const reading = await documents.organization.read({})
    if (reading.kind === 'missing') return { why: reading.why }
    const read = understand(reading, parseOrganizationPolicy)
    if (read.kind === 'broken') return { why: `${read.document.where} has errors.` }
    return {
      roles: [...read.value.roles.values()].flatMap(({ bindings }) => bindings),
      why: undefined,
    }
  } catch (error) {
    log.warn('reconcile.policy-unread', { error })
    return { why: error instanceof Error ? error.message : 'The policy could not be read.' }
  }
}

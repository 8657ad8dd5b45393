// What bears a Hallpass's mark in an account, whether or not any lane knows it.
import { CloudError } from '../../domain/errors.ts'
import { laneOf } from '../../domain/lanes/lane-of.ts'
import {
  endless,
  longestSessionSeconds,
  type Found,
  type Listing,
  type PlaceOf,
} from '../../domain/lanes/places.ts'
import type { AwsPrincipal, AwsRole, Binding } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { windowEndOf, assumedRoleOf } from './read-document.ts'
import type { UserWithPolicies } from './user-calls.ts'

const marked = /^hallpass-(?<instance>[a-z0-9]+)-(?<grant>[A-Za-z0-9]+)(-\d+)?$/

/** Throws CloudError where the credentials are another account's: there, nothing of ours would be found. */
export async function listPlace(
  api: AwsApi,
  place: PlaceOf<'aws'>,
  guard: CallGuard,
): Promise<Listing> {
  if (place.kind !== 'account')
    throw new CloudError('invalid', `AWS: a ${place.kind} is not looked through`)
  const { account } = await api.callerIdentity(guard)
  if (account !== place.account)
    throw new CloudError(
      'denied',
      `AWS: Hallpass's credentials belong to account ${account}, and this is about account ${place.account}`,
    )
  const { found: users, evidence } = await api.usersWithPolicies(guard)
  if (users === undefined)
    throw new CloudError('missing', `AWS: account ${account} did not list its users`)
  return { found: users.flatMap((user) => policiesOf(user, account)), evidence }
}

const policiesOf = (user: UserWithPolicies, account: string): readonly Found[] =>
  user.policies.flatMap(({ name, document }) => {
    const groups = marked.exec(name)?.groups
    const [instance, grant] = [groups?.['instance'], groups?.['grant']]
    if (instance === undefined || grant === undefined) return []
    const principal: AwsPrincipal = {
      cloud: 'aws',
      account,
      userName: user.name,
      userId: user.userId,
    }
    const role = roleOf(document, account)
    const lane = laneOf({ role, principal })
    const binding: Binding = {
      id: name,
      laneId: lane.id,
      name,
      sessionName: `hallpass-${grant}`,
      principal,
      role,
      startsAt: 0,
      endsAt: windowEndOf(document) ?? endless,
      residualSeconds: role.mode === 'assume-role' ? longestSessionSeconds : 0,
    }
    return [{ kind: 'marked', instance, binding, lane }]
  })

/** Enough to remove it: what else it says may be anybody's. */
function roleOf(document: string, account: string): AwsRole {
  const roleArn = assumedRoleOf(document)
  return roleArn === undefined
    ? { cloud: 'aws', mode: 'inline-permissions', account, allow: [] }
    : { cloud: 'aws', mode: 'assume-role', account, roleArn }
}

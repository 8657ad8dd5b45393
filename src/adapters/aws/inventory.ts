// What stands in an account and could be a Hallpass's, whether or not any lane knows it.
import { CloudError } from '../../domain/errors.ts'
import { sharedIdOf } from '../../domain/lanes/bindings-of.ts'
import { laneOf } from '../../domain/lanes/lane-of.ts'
import { endless, type Found, type Listing, type PlaceOf } from '../../domain/lanes/places.ts'
import type { AwsPrincipal, Binding } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { foundOnRole, foundOnUser } from './found.ts'
import type { Membership } from './memberships.ts'
import { assertAccount } from './principals.ts'

/** Throws CloudError where the credentials are another account's: there, nothing of ours would be found. */
export async function listPlace(
  api: AwsApi,
  place: PlaceOf<'aws'>,
  guard: CallGuard,
): Promise<Listing> {
  const { account } = place
  assertAccount((await api.callerIdentity(guard)).account, account)
  if (place.kind === 'account') return listAccount(api, account, guard)
  return place.kind === 'group' ? listGroup(api, place, guard) : listHolders(api, place, guard)
}

async function listAccount(api: AwsApi, account: string, guard: CallGuard): Promise<Listing> {
  const { found: details, evidence } = await api.accountDetails(guard)
  if (details === undefined)
    throw new CloudError('missing', `AWS: account ${account} did not list its users and roles`)
  const { users, roles } = details
  const found = [
    ...users.flatMap((user) => foundOnUser(user, account)),
    ...roles.flatMap((role) => foundOnRole(role, { account, users, now: evidence.cloudAt })),
  ]
  return { found, evidence }
}

async function listGroup(
  api: AwsApi,
  { account, group }: Extract<PlaceOf<'aws'>, { kind: 'group' }>,
  guard: CallGuard,
): Promise<Listing> {
  const { found, evidence } = await api.getGroup(group, guard)
  if (found === undefined)
    throw new CloudError('missing', `AWS: there is no group ${group} in account ${account}`)
  const role: Membership = { cloud: 'aws', mode: 'group', account, group }
  const where = `in the group ${group} of account ${account}`
  return { found: found.members.map((user) => holding(role, user, where)), evidence }
}

async function listHolders(
  api: AwsApi,
  { account, policyArn }: Extract<PlaceOf<'aws'>, { kind: 'policy' }>,
  guard: CallGuard,
): Promise<Listing> {
  const { found: users, evidence } = await api.usersWith(policyArn, guard)
  if (users === undefined)
    throw new CloudError('missing', `AWS: there is no managed policy ${policyArn}`)
  const role: Membership = { cloud: 'aws', mode: 'managed-policy', account, policyArn }
  const where = `with the managed policy ${policyArn} in account ${account}`
  return { found: users.map((user) => holding(role, user, where)), evidence }
}

function holding(
  role: Membership,
  user: { readonly name: string; readonly userId: string },
  where: string,
): Found {
  const principal: AwsPrincipal = {
    cloud: 'aws',
    account: role.account,
    userName: user.name,
    userId: user.userId,
  }
  const lane = laneOf({ role, principal })
  const id = sharedIdOf(role, principal) ?? lane.id
  const binding: Binding = {
    id,
    laneId: lane.id,
    name: id,
    sessionName: 'hallpass',
    principal,
    role,
    startsAt: 0,
    endsAt: endless,
    residualSeconds: 0,
  }
  return { kind: 'unmarked', binding, lane, what: `IAM user ${user.name} ${where}` }
}

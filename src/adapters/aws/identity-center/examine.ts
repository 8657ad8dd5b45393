// Whether the credentials can do the work, and no more than it needs, by IAM's own simulation.
import { CloudError } from '../../../domain/errors.ts'
import type { Shortcoming } from '../../../domain/lanes/places.ts'
import type { IdentityCenterAssignment } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import { selfOf } from '../examine.ts'
import { apiActions, type IdentityCenterApi } from './api.ts'
import type { Instance } from './directory-calls.ts'
import { instanceArnOf, requireInstance } from './lanes.ts'

const changing = ['sso:CreateAccountAssignment', 'sso:DeleteAccountAssignment']
const onAccounts = [...changing, 'sso:ListAccountAssignments']
const onSets = [...onAccounts, 'sso:DescribePermissionSet']
const onInstances = apiActions.filter((a) => a.startsWith('sso:') && a !== 'sso:ListInstances')
const onStores = apiActions.filter((action) => action.startsWith('identitystore:'))
/** With these, whoever gets hold of the credentials gets around all that Hallpass records. */
const neverOnSets = [
  'sso:AttachManagedPolicyToPermissionSet',
  'sso:PutInlinePolicyToPermissionSet',
  'sso:UpdatePermissionSet',
]
const neverOnStores = [
  'identitystore:CreateGroupMembership',
  'identitystore:CreateUser',
  'identitystore:UpdateUser',
]
/** No account has this number: whoever may change assignments there may do so in all of them. */
const nowhere = '000000000000'

export async function examineAccess(
  api: IdentityCenterApi,
  roles: readonly IdentityCenterAssignment[],
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const self = await selfOf(api.access, await api.access.callerIdentity(guard), guard)
  const may = async (actions: readonly string[], resource: string) => {
    const asked = { userArn: self, actions, resource, context: [] }
    const { found } = await api.access.simulate(asked, guard)
    if (found === undefined)
      throw new CloudError('missing', `AWS: there is no ${self} to ask about`)
    const allowed = found.filter((it) => it.EvalDecision === 'allowed')
    return new Set(allowed.flatMap(({ EvalActionName }) => EvalActionName ?? []))
  }
  const shortcomings: Shortcoming[] = []
  /** Once for each thing, and once for what is told of it. */
  const seen = new Set<string>()
  for (const { resource, where, needed, never } of await questions(api, roles, guard)) {
    if (seen.has(resource)) continue
    seen.add(resource)
    const allowed = await may([...needed, ...never], resource)
    const lacking = needed.filter((action) => !allowed.has(action))
    shortcomings.push(
      ...lacking.map((permission) => ({ kind: 'lacks', permission, where }) as const),
      ...never
        .filter((action) => allowed.has(action))
        .map((permission) => ({ kind: 'exceeds', permission, where }) as const),
    )
  }
  return shortcomings
}

interface Question {
  readonly resource: string
  readonly where: string
  readonly needed: readonly string[]
  readonly never: readonly string[]
}

async function questions(
  api: IdentityCenterApi,
  roles: readonly IdentityCenterAssignment[],
  guard: CallGuard,
): Promise<readonly Question[]> {
  const asked: Question[] = []
  const instances = new Map<string, Instance>()
  for (const role of roles) {
    const arn = instanceArnOf(role)
    const instance = instances.get(arn) ?? (await requireInstance(api, arn, guard))
    instances.set(arn, instance)
    asked.push(...aboutInstance(instance), ...aboutRole(role))
  }
  return asked
}

const aboutInstance = ({ arn, owner, store }: Instance): readonly Question[] => [
  { resource: arn, where: `on ${arn}`, needed: onInstances, never: [] },
  {
    resource: `arn:${arn.split(':')[1]}:identitystore::${owner}:identitystore/${store}`,
    where: `on the identity store ${store}`,
    needed: onStores,
    never: neverOnStores,
  },
  {
    resource: accountArn(arn, nowhere),
    where: 'on every account',
    needed: [],
    never: changing,
  },
]

const aboutRole = ({ account, permissionSet }: IdentityCenterAssignment): readonly Question[] => [
  { resource: permissionSet, where: `on ${permissionSet}`, needed: onSets, never: neverOnSets },
  {
    resource: accountArn(permissionSet, account),
    where: `on account ${account}`,
    needed: onAccounts,
    never: [],
  },
]

/** In the partition of the other thing. */
const accountArn = (of: string, account: string) =>
  `arn:${of.split(':')[1]}:sso:::account/${account}`

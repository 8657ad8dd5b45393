// What each mode needs of the credentials, and what none of them does.
import { CloudError } from '../../domain/errors.ts'
import type { Shortcoming } from '../../domain/lanes/places.ts'
import type { AwsRole } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { onGroups, onOwnRoles, onUsers, toEndSessions } from './permissions.ts'
import { rolePath } from './role-documents.ts'
import type { IamUser } from './calls/user-calls.ts'

export interface Asking {
  readonly account: string
  /** ARN of the user or role whose credentials these are. */
  readonly self: string
  readonly instance: string
  /** Which of them are allowed, with these condition keys. */
  readonly may: (
    actions: readonly string[],
    resource: string,
    context?: Readonly<Record<string, string>>,
  ) => Promise<ReadonlySet<string>>
}

export const lack = (permission: string, where: string): Shortcoming => ({
  kind: 'lacks',
  permission,
  where,
})
export const excess = (permission: string, where: string): Shortcoming => ({
  kind: 'exceeds',
  permission,
  where,
})

/** With these, whoever gets hold of the credentials gets around all that Hallpass records. */
const neverOnUsers = [
  'iam:AttachUserPolicy',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:DeleteUserPermissionsBoundary',
  'iam:UpdateLoginProfile',
]
/** How many users are asked about before none is taken to be within reach. */
const usersMax = 10

const listingHolders = 'iam:ListEntitiesForPolicy'
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'

export async function onAccount(
  api: AwsApi,
  asking: Asking,
  roles: readonly AwsRole[],
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const { account, self, may } = asking
  const listing = ['iam:GetAccountAuthorizationDetails', 'iam:ListUsers']
  const listed = await may(listing, '*')
  const lacking = listing.filter((p) => !listed.has(p)).map((p) => lack(p, `in account ${account}`))
  if (lacking.length > 0) return lacking
  const { found: users = [] } = await api.listUsers(guard)
  const others = users.filter(({ arn }) => arn !== self).slice(0, usersMax)
  if (others.length === 0) return []
  const asked = await Promise.all(others.map((user) => bounded(api, user, guard)))
  const anyOf = async (actions: readonly string[], context?: Readonly<Record<string, string>>) => {
    const allowed = await Promise.all(
      asked.map(({ arn, boundary }) => may(actions, arn, { ...boundary, ...context })),
    )
    return (permission: string) => allowed.some((set) => set.has(permission))
  }
  const where = `on users of account ${account}`
  const { plain, byPolicy } = neededOnUsers(roles)
  const has = await anyOf(plain)
  const missing = plain.filter((p) => !has(p)).map((p) => lack(p, where))
  for (const [policyArn, actions] of byPolicy) {
    const hasFor = await anyOf(actions, { 'iam:PolicyARN': policyArn })
    const why = `${where}, with ${policyArn}`
    missing.push(...actions.filter((p) => !hasFor(p)).map((p) => lack(p, why)))
    const holders = await may([listingHolders], policyArn)
    if (!holders.has(listingHolders)) missing.push(lack(listingHolders, `on ${policyArn}`))
  }
  const never = neverOnUsers.filter(
    (p) => p !== 'iam:AttachUserPolicy' || !byPolicy.has(administrator),
  )
  const hasToo = await anyOf(never, { 'iam:PolicyARN': administrator })
  return [...missing, ...never.filter(hasToo).map((p) => excess(p, where))]
}

/** Lists leave a user's boundary out, on which a permission may depend. Nothing where it may not be read. */
async function bounded(api: AwsApi, { name, arn }: IamUser, guard: CallGuard) {
  try {
    const { found } = await api.getUser(name, guard)
    const boundary = found?.boundary
    return boundary === undefined ? { arn } : { arn, boundary: boundedBy(boundary) }
  } catch (error) {
    if (error instanceof CloudError && error.kind === 'denied') return { arn }
    throw error
  }
}

const boundedBy = (boundary: string) => ({ 'iam:PermissionsBoundary': boundary })

/** `byPolicy`: what a policy of the app's own may allow for that managed policy alone. */
function neededOnUsers(roles: readonly AwsRole[]) {
  const about = /^iam:(?:At|De)tachUserPolicy$/
  const all = [
    'iam:GetUser',
    'iam:SimulatePrincipalPolicy',
    ...roles.flatMap((r) => onUsers[r.mode]),
  ]
  const attaching = onUsers['managed-policy'].filter((p) => about.test(p))
  return {
    plain: [...new Set(all.filter((p) => !about.test(p)))].toSorted(),
    byPolicy: new Map(
      roles.flatMap((r) =>
        r.mode === 'managed-policy' ? [[r.policyArn, attaching] as const] : [],
      ),
    ),
  }
}

/** NB: Hallpass gives `sts:AssumeRole` to others, and has no use for it itself. */
export async function onAssumedRoles(
  { may }: Asking,
  roles: readonly AwsRole[],
): Promise<readonly Shortcoming[]> {
  const assumed = new Map<string, boolean>()
  for (const role of roles)
    if (role.mode === 'assume-role')
      assumed.set(role.roleArn, role.endSessions === true || assumed.get(role.roleArn) === true)
  const all = [...assumed].map(async ([roleArn, ending]): Promise<readonly Shortcoming[]> => {
    const needed = ['iam:GetRole', ...(ending ? toEndSessions : [])]
    const allowed = await may([...needed, 'sts:AssumeRole'], roleArn)
    return [
      ...needed.filter((p) => !allowed.has(p)).map((p) => lack(p, `on ${roleArn}`)),
      ...(allowed.has('sts:AssumeRole') ? [excess('sts:AssumeRole', `on ${roleArn}`)] : []),
    ]
  })
  return (await Promise.all(all)).flat()
}

/** With these on others' roles, whoever gets hold of the credentials can make themselves anything. */
const neverElsewhere = [
  'iam:AttachRolePolicy',
  'iam:CreateRole',
  'iam:PutRolePolicy',
  'iam:UpdateAssumeRolePolicy',
]

/** Only a role that is to have no boundary is ever freed of one: where each has one, it is not needed. */
const unbounding = 'iam:DeleteRolePermissionsBoundary'

export async function onGrantedRoles(
  { account, may, instance }: Asking,
  roles: readonly AwsRole[],
): Promise<readonly Shortcoming[]> {
  const granted = roles.flatMap((role) => (role.mode === 'role-per-grant' ? [role] : []))
  if (granted.length === 0) return []
  const arn = `arn:aws:iam::${account}:role`
  const bounded = granted.every(({ boundary }) => boundary !== undefined)
  const needed = onOwnRoles.filter((p) => !bounded || p !== unbounding)
  const allowed = await Promise.all(
    granted.flatMap(({ policies, boundary }) =>
      (policies.length === 0 ? [administrator] : policies).map((policy) =>
        may(needed, `${arn}${rolePath}hallpass-${instance}-examined`, {
          'iam:PolicyARN': policy,
          ...(boundary === undefined ? {} : boundedBy(boundary)),
        }),
      ),
    ),
  )
  // Not by a name like ours: AWS does not know the path of a role that is gone, so that these may be within reach.
  const elsewhere = await may(neverElsewhere, `${arn}/examined-by-hallpass`)
  return [
    ...needed
      .filter((p) => !allowed.every((set) => set.has(p)))
      .map((p) => lack(p, `on roles under ${rolePath} of account ${account}`)),
    ...neverElsewhere
      .filter((p) => elsewhere.has(p))
      .map((p) => excess(p, `on roles outside of ${rolePath} of account ${account}`)),
  ]
}

export async function onGroupsOf(
  api: AwsApi,
  { account, may }: Asking,
  roles: readonly AwsRole[],
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const groups = new Set(roles.flatMap((role) => (role.mode === 'group' ? [role.group] : [])))
  const all = [...groups].map(async (group): Promise<readonly Shortcoming[]> => {
    const where = `on the group ${group} of account ${account}`
    const arn = await arnOfGroup(api, group, guard)
    if (arn === undefined) return [lack('iam:GetGroup', where)]
    const allowed = await may(onGroups, arn)
    return onGroups.filter((p) => !allowed.has(p)).map((p) => lack(p, where))
  })
  return (await Promise.all(all)).flat()
}

/** Its path is not known without asking. Undefined where that is not allowed. */
async function arnOfGroup(api: AwsApi, group: string, guard: CallGuard) {
  try {
    const { found } = await api.getGroup(group, guard)
    if (found === undefined) throw new CloudError('missing', `AWS: there is no group ${group}`)
    return found.arn
  } catch (error) {
    if (error instanceof CloudError && error.kind === 'denied') return undefined
    throw error
  }
}

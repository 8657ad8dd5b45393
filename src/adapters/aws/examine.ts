// Whether the credentials can do the work, and no more than it needs, by IAM's own simulation.
import { CloudError } from '../../domain/errors.ts'
import type { Shortcoming } from '../../domain/lanes/places.ts'
import type { AwsAssumeRole, AwsRole } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import type { CallerIdentity } from './user-calls.ts'

const onUsers = [
  'iam:DeleteUserPolicy',
  'iam:GetUser',
  'iam:GetUserPolicy',
  'iam:ListUserPolicies',
  'iam:PutUserPolicy',
  'iam:SimulatePrincipalPolicy',
]
/** With these, whoever gets hold of the credentials gets around all that Hallpass records. */
const neverOnUsers = [
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:DeleteUserPermissionsBoundary',
  'iam:UpdateLoginProfile',
]
const neverOnItself = {
  user: ['iam:AttachUserPolicy', 'iam:PutUserPolicy'],
  role: ['iam:AttachRolePolicy', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy'],
}
/** How many users are asked about before none is taken to be within reach. */
const usersMax = 10

export async function examineAccess(
  api: AwsApi,
  roles: readonly AwsRole[],
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const caller = await api.callerIdentity(guard)
  const { account } = caller
  if (caller.arn.endsWith(':root'))
    return [{ kind: 'exceeds', permission: '*', where: 'the root user of the account' }]
  const self = await selfOf(api, caller, guard)
  const may = async (actions: readonly string[], resource: string) => {
    const { found } = await api.simulate({ userArn: self, actions, resource, context: [] }, guard)
    if (found === undefined)
      throw new CloudError('missing', `AWS: there is no ${self} to ask about`)
    return new Set(
      found.flatMap((r) => (r.EvalDecision === 'allowed' ? (r.EvalActionName ?? []) : [])),
    )
  }
  const assumed = roles.filter((role): role is AwsAssumeRole => role.mode === 'assume-role')
  return [
    ...(await onAccount(api, { account, self, may }, guard)),
    ...(await onRoles({ account, self, may }, new Set(assumed.map(({ roleArn }) => roleArn)))),
    ...(await onItself({ account, self, may })),
  ]
}

interface Asking {
  readonly account: string
  /** ARN of the user or role whose credentials these are. */
  readonly self: string
  readonly may: (actions: readonly string[], resource: string) => Promise<ReadonlySet<string>>
}

/** A session's ARN leaves out its role's path. */
export async function selfOf(api: AwsApi, { arn, account }: CallerIdentity, guard: CallGuard) {
  const name = /:assumed-role\/([^/]+)\//.exec(arn)?.[1]
  if (name === undefined) return arn
  try {
    const { found } = await api.getRole(name, guard)
    if (found !== undefined) return found.arn
  } catch (error) {
    if (!(error instanceof CloudError && error.kind === 'denied')) throw error
  }
  return `arn:aws:iam::${account}:role/${name}`
}

async function onAccount(
  api: AwsApi,
  { account, self, may }: Asking,
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const listing = 'iam:GetAccountAuthorizationDetails'
  if (!(await may([listing], '*')).has(listing))
    return [{ kind: 'lacks', permission: listing, where: `in account ${account}` }]
  const { found: users = [] } = await api.usersWithPolicies(guard)
  const asked = users.filter(({ arn }) => arn !== self).slice(0, usersMax)
  if (asked.length === 0) return []
  const allowed = await Promise.all(asked.map(({ arn }) => may([...onUsers, ...neverOnUsers], arn)))
  const anywhere = (permission: string) => allowed.some((set) => set.has(permission))
  const where = `on users of account ${account}`
  return [
    ...onUsers.filter((p) => !anywhere(p)).map((permission) => lack(permission, where)),
    ...neverOnUsers.filter(anywhere).map((permission) => excess(permission, where)),
  ]
}

async function onRoles({ may }: Asking, roleArns: ReadonlySet<string>) {
  const all = [...roleArns].map(async (roleArn): Promise<readonly Shortcoming[]> => {
    const allowed = await may(['iam:GetRole', 'sts:AssumeRole'], roleArn)
    return [
      ...(allowed.has('iam:GetRole') ? [] : [lack('iam:GetRole', `on ${roleArn}`)]),
      // NB: it gives this to others, and has no use for it itself.
      ...(allowed.has('sts:AssumeRole') ? [excess('sts:AssumeRole', `on ${roleArn}`)] : []),
    ]
  })
  return (await Promise.all(all)).flat()
}

async function onItself({ self, may }: Asking): Promise<readonly Shortcoming[]> {
  const actions = self.includes(':role/') ? neverOnItself.role : neverOnItself.user
  const allowed = await may(actions, self)
  return actions.filter((action) => allowed.has(action)).map((a) => excess(a, 'on itself'))
}

const lack = (permission: string, where: string): Shortcoming => ({
  kind: 'lacks',
  permission,
  where,
})
const excess = (permission: string, where: string): Shortcoming => ({
  kind: 'exceeds',
  permission,
  where,
})

// Whether the credentials can do the work, and no more than it needs, by IAM's own simulation.
import { CloudError } from '../../domain/errors.ts'
import type { Shortcoming } from '../../domain/lanes/places.ts'
import type { AwsRole } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { Accounts } from './accounts.ts'
import type { AwsApi } from './api.ts'
import {
  excess,
  lack,
  onAccount,
  onAssumedRoles,
  onGrantedRoles,
  onGroupsOf,
  type Asking,
} from './examine-modes.ts'
import type { CallerIdentity } from './calls/user-calls.ts'

const neverOnItself = {
  user: ['iam:AttachUserPolicy', 'iam:PutUserPolicy'],
  role: ['iam:AttachRolePolicy', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy'],
}
/** Of every account that a role is in, or that is listed; of the credentials' own where there is none. */
export async function examineAccounts(
  accounts: Accounts,
  roles: readonly AwsRole[],
  instance: string,
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const named = new Set([...accounts.listed, ...roles.map(({ account }) => account)])
  if (named.size === 0) {
    const caller = await accounts.own.callerIdentity(guard)
    return examineAccess(accounts.own, caller, { roles, instance }, guard)
  }
  const found: Shortcoming[] = []
  for (const account of named) {
    const api = accounts.of(account)
    const caller = await callerIn(api, accounts.listed.includes(account), guard)
    found.push(
      ...(caller?.account === account
        ? await examineAccess(api, caller, { roles: roles.filter(isIn(account)), instance }, guard)
        : [lack('sts:AssumeRole', `on a role of account ${account}`)]),
    )
  }
  return found
}

const isIn = (account: string) => (role: AwsRole) => role.account === account

/** Undefined where the role that is to be assumed does not let them in. What is refused by itself tells nothing. */
async function callerIn(
  api: AwsApi,
  byRole: boolean,
  guard: CallGuard,
): Promise<CallerIdentity | undefined> {
  try {
    return await api.callerIdentity(guard)
  } catch (error) {
    if (byRole && error instanceof CloudError && error.kind === 'denied') return undefined
    throw error
  }
}

async function examineAccess(
  api: AwsApi,
  caller: CallerIdentity,
  { roles, instance }: { readonly roles: readonly AwsRole[]; readonly instance: string },
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const { account } = caller
  if (caller.arn.endsWith(':root')) return [excess('*', 'the root user of the account')]
  const self = await selfOf(api, caller, guard)
  const may: Asking['may'] = async (actions, resource, given = {}) => {
    const context = Object.entries(given).map(([key, value]) => ({
      key,
      type: 'string' as const,
      value,
    }))
    const { found } = await api.simulate({ userArn: self, actions, resource, context }, guard)
    if (found === undefined)
      throw new CloudError('missing', `AWS: there is no ${self} to ask about`)
    return new Set(
      found.flatMap((r) => (r.EvalDecision === 'allowed' ? (r.EvalActionName ?? []) : [])),
    )
  }
  const asking: Asking = { account, self, may, instance }
  return [
    ...(await onAccount(api, asking, roles, guard)),
    ...(await onAssumedRoles(asking, roles)),
    ...(await onGrantedRoles(asking, roles)),
    ...(await onGroupsOf(api, asking, roles, guard)),
    ...(await onItself(asking)),
  ]
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

async function onItself({ self, may }: Asking): Promise<readonly Shortcoming[]> {
  const actions = self.includes(':role/') ? neverOnItself.role : neverOnItself.user
  const allowed = await may(actions, self)
  return actions.filter((action) => allowed.has(action)).map((a) => excess(a, 'on itself'))
}

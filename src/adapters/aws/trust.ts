// NB: a role that names a user of its own account trusts it without any policy on the user: no simulation tells.
import { CloudError } from '../../domain/errors.ts'
import type { AwsAssumeRole } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { noSuchRole, readRole } from './roles.ts'
import type { IamUser } from './calls/user-calls.ts'

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

function names(principal: unknown, user: IamUser): boolean {
  const named = isObject(principal) ? listOf(principal['AWS']) : listOf(principal)
  return [user.arn, user.userId, '*'].some((name) => named.includes(name))
}

function allows(statement: unknown, user: IamUser): boolean {
  if (!isObject(statement) || statement['Effect'] !== 'Allow') return false
  const actions = listOf(statement['Action']).map((action) => String(action).toLowerCase())
  const assume = actions.some((action) => ['sts:assumerole', 'sts:*', '*'].includes(action))
  return assume && names(statement['Principal'], user)
}

function parse(trust: string): unknown {
  try {
    return JSON.parse(trust)
  } catch (cause) {
    throw new CloudError('invalid', "AWS: a role's trust policy is no JSON", { cause })
  }
}

/** Whether the role itself names the user, under whatever condition. Throws CloudError('missing') without such a role. */
export async function trustsUser(
  api: AwsApi,
  { roleArn }: AwsAssumeRole,
  user: IamUser,
  guard: CallGuard,
): Promise<boolean> {
  // Between accounts the user's own policy is always needed.
  if (roleArn.split(':')[4] !== user.account) return false
  const role = await readRole(api, roleArn, guard)
  if (role === undefined) throw noSuchRole(roleArn)
  const document = parse(role.trust)
  return isObject(document) && listOf(document['Statement']).some((s) => allows(s, user))
}

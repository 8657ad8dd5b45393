import { CloudError } from '../../domain/errors.ts'
import type { AwsPrincipal, AwsRole, Evidence } from '../../domain/lanes/types.ts'
import type { Identity } from '../../domain/policy/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import type { Answer } from './exchange.ts'
import type { IamUser } from './user-calls.ts'

function assertAccount(actual: string, wanted: string): void {
  if (actual === wanted) return
  throw new CloudError(
    'denied',
    `AWS: Hallpass's credentials belong to account ${actual}, and this is about account ${wanted}`,
  )
}

/**
 * The user of that name. NB: in the wrong account every user is missing, and nothing may be concluded from that:
 * before an absence is believed, the credentials' own account is read.
 */
async function readUser(
  api: AwsApi,
  who: { readonly account: string; readonly name: string },
  guard: CallGuard,
): Promise<Answer<IamUser>> {
  const answer = await api.getUser(who.name, guard)
  const account = answer.found?.account ?? (await api.callerIdentity(guard)).account
  assertAccount(account, who.account)
  return answer
}

export type PrincipalReading =
  | { readonly state: 'same'; readonly user: IamUser; readonly evidence: Evidence }
  | { readonly state: 'replaced'; readonly user: IamUser; readonly evidence: Evidence }
  | { readonly state: 'missing'; readonly evidence: Evidence }

/** Whether the name still belongs to the principal's own id. */
export async function readPrincipal(
  api: AwsApi,
  principal: AwsPrincipal,
  guard: CallGuard,
): Promise<PrincipalReading> {
  const who = { account: principal.account, name: principal.userName }
  const { found: user, evidence } = await readUser(api, who, guard)
  if (!user) return { state: 'missing', evidence }
  return { state: user.userId === principal.userId ? 'same' : 'replaced', user, evidence }
}

/** The principal as it is now. Throws CloudError('missing') when it is gone or replaced. */
export async function requirePrincipal(api: AwsApi, principal: AwsPrincipal, guard: CallGuard) {
  const reading = await readPrincipal(api, principal, guard)
  if (reading.state === 'same') return reading
  const { account, userName, userId } = principal
  throw new CloudError(
    'missing',
    reading.state === 'missing'
      ? `AWS: there is no IAM user ${userName} in account ${account} any more`
      : `AWS: the IAM user ${userName} in account ${account} was replaced: it is ${reading.user.userId} now, and was ${userId}`,
  )
}

type Resolution = { ok: true; principal: AwsPrincipal } | { ok: false; why: string }
const unresolved = (why: string): Resolution => ({ ok: false, why })

export async function resolvePrincipal(
  api: AwsApi,
  role: AwsRole,
  identity: Identity | undefined,
  guard: CallGuard,
): Promise<Resolution> {
  const { account } = role
  const [entry, ...more] = (identity?.aws ?? []).filter((e) => e.account === account)
  if (!entry)
    return unresolved(
      `No IAM user of AWS account ${account} is known for this person. Add one to \`identities\` in the organization's policy: \`aws: [{ account: "${account}", user: <name of the IAM user> }]\`.`,
    )
  if (more.length > 0)
    return unresolved(
      `More than one IAM user of AWS account ${account} is given for this person. Keep one of them in \`identities\` in the organization's policy.`,
    )
  const { found: user } = await readUser(api, { account, name: entry.user }, guard)
  if (!user)
    return unresolved(
      `There is no IAM user \`${entry.user}\` in AWS account ${account}. Create it, or correct this person's entry in \`identities\` in the organization's policy.`,
    )
  if (entry.id !== undefined && entry.id !== user.userId)
    return unresolved(
      `The IAM user \`${entry.user}\` in AWS account ${account} has the id ${user.userId}, and \`identities\` in the organization's policy says ${entry.id}: the name may have changed hands. Correct the \`id\` if this is the same person.`,
    )
  return {
    ok: true,
    principal: { cloud: 'aws', account, userName: user.name, userId: user.userId },
  }
}

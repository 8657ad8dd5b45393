import { CloudError } from '../../domain/errors.ts'
import type { AwsPrincipal, AwsRole, Evidence, Observation } from '../../domain/lanes/types.ts'
import type { Identity } from '../../domain/policy/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import type { Answer } from './exchange.ts'
import type { IamUser } from './calls/user-calls.ts'

export function assertAccount(actual: string, wanted: string): void {
  if (actual === wanted) return
  throw new CloudError(
    'denied',
    `AWS: Hallpass's credentials belong to account ${actual}, and this is about account ${wanted}: name a role to assume there in HALLPASS_AWS_ACCOUNTS`,
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
  /** NB: under its name of now, which need not be the one that was asked about. */
  | { readonly state: 'same'; readonly user: IamUser; readonly evidence: Evidence }
  | {
      readonly state: Exclude<Observation['principal'], 'same'>
      /** Who has the name now. */
      readonly namesake: IamUser | undefined
      readonly evidence: Evidence
    }

/**
 * Who has the principal's own id: by the name that it had, and where that tells otherwise, among all users. `missing`
 * and `replaced`: nobody has the name, or another one has, and the list of users may not be read.
 */
export async function readPrincipal(
  api: AwsApi,
  principal: AwsPrincipal,
  guard: CallGuard,
): Promise<PrincipalReading> {
  const who = { account: principal.account, name: principal.userName }
  const { found: namesake, evidence } = await readUser(api, who, guard)
  const hasId = ({ userId }: IamUser) => userId === principal.userId
  if (namesake !== undefined && hasId(namesake)) return { state: 'same', user: namesake, evidence }
  const everyone = await listUsers(api, guard)
  if (everyone === undefined)
    return { state: namesake === undefined ? 'missing' : 'replaced', namesake, evidence }
  const user = everyone.users.find(hasId)
  return user === undefined
    ? { state: 'deleted', namesake, evidence: everyone.evidence }
    : { state: 'same', user, evidence: everyone.evidence }
}

/** Undefined where Hallpass may not read it: then only names can be asked about. */
async function listUsers(api: AwsApi, guard: CallGuard) {
  try {
    const { found: users = [], evidence } = await api.listUsers(guard)
    return { users, evidence }
  } catch (error) {
    if (error instanceof CloudError && error.kind === 'denied') return undefined
    throw error
  }
}

/** The principal as it is now. Throws CloudError('missing') when it is gone or replaced. */
export async function requirePrincipal(api: AwsApi, principal: AwsPrincipal, guard: CallGuard) {
  const reading = await readPrincipal(api, principal, guard)
  if (reading.state === 'same') return reading
  const { account, userName, userId } = principal
  const { namesake } = reading
  throw new CloudError(
    'missing',
    namesake === undefined
      ? `AWS: there is no IAM user ${userName} in account ${account} any more`
      : `AWS: the IAM user ${userName} in account ${account} was replaced: it is ${namesake.userId} now, and was ${userId}`,
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

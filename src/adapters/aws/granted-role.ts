// A role that is made for one grant (mode C): nothing can be used through it that has no end, at any step of its making.
import { CloudError, isFinal } from '../../domain/errors.ts'
import type { AwsPrincipal, AwsRolePerGrant, Binding, Evidence } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { sameDocument } from './documents.ts'
import { assertAccount, requirePrincipal } from './principals.ts'
import type { IamRole } from './calls/role-calls.ts'
import { endNow, endOf, endPolicy, rolePath, sessionSecondsMax, trustOf } from './role-documents.ts'
import type { IamUser } from './calls/user-calls.ts'

/** Everything that hangs on a role of ours, beside what it is to be. */
export interface RoleReading {
  readonly role: IamRole
  readonly attached: ReadonlySet<string>
  readonly inline: ReadonlySet<string>
  /** Its own policy, as JSON. */
  readonly end: string | undefined
}

const isOurs = ({ arn }: Pick<IamRole, 'arn'>): boolean => arn.includes(`:role${rolePath}`)

export async function readGrantedRole(
  api: AwsApi,
  name: string,
  guard: CallGuard,
): Promise<{ readonly reading: RoleReading | undefined; readonly evidence: Evidence }> {
  const { found: role, evidence } = await api.getRole(name, guard)
  if (role === undefined) return { reading: undefined, evidence }
  const { found: attached = new Set<string>() } = await api.attachedToRole(name, guard)
  const { found: inline = new Set<string>() } = await api.listRolePolicies(name, guard)
  const { found: end } = inline.has(endPolicy)
    ? await api.getRolePolicy(name, endPolicy, guard)
    : { found: undefined }
  return { reading: { role, attached, inline, end }, evidence }
}

export interface Wanted {
  readonly name: string
  readonly trust: string
  readonly end: string
  readonly policies: readonly string[]
  readonly boundary: string | undefined
}

export const wantedOf = (binding: Binding, role: AwsRolePerGrant, user: IamUser): Wanted => ({
  name: binding.name,
  trust: trustOf(binding, user),
  end: endOf(binding),
  policies: [...new Set(role.policies)],
  boundary: role.boundary,
})

/** Whether it is what is wanted, and nothing else hangs on it. */
export const isAsWanted = ({ role, attached, inline, end }: RoleReading, wanted: Wanted): boolean =>
  isOurs(role) &&
  sameDocument(role.trust, wanted.trust) &&
  sameDocument(end ?? '', wanted.end) &&
  inline.size === 1 &&
  role.boundary === wanted.boundary &&
  attached.size === wanted.policies.length &&
  wanted.policies.every((arn) => attached.has(arn))

/** IAM addresses users by name: the id is looked at first, so that nobody gets what a predecessor was granted. */
export async function putGrantedRole(
  api: AwsApi,
  asked: {
    readonly principal: AwsPrincipal
    readonly role: AwsRolePerGrant
    readonly binding: Binding
    readonly tags: Readonly<Record<string, string>>
  },
  guard: CallGuard,
): Promise<Evidence> {
  const { principal, binding } = asked
  const { user } = await requirePrincipal(api, principal, guard)
  const wanted = wantedOf(binding, asked.role, user)
  const { reading, evidence } = await readGrantedRole(api, wanted.name, guard)
  if (reading !== undefined) return (await mend(api, reading, wanted, guard)) ?? evidence
  const { name, trust, boundary } = wanted
  const { tags } = asked
  await api.createRole({ path: rolePath, name, trust, boundary, sessionSecondsMax, tags }, guard)
  try {
    return await furnish(api, principal, wanted, guard)
  } catch (error) {
    if (isFinal(error)) await undo(api, asked, error, guard)
    throw error
  }
}

async function furnish(api: AwsApi, principal: AwsPrincipal, wanted: Wanted, guard: CallGuard) {
  // NB: the name may have changed hands since the look. Nothing hangs on the role yet.
  await requirePrincipal(api, principal, guard)
  let last = await end(api, wanted, guard)
  for (const arn of wanted.policies) last = await api.attachToRole(wanted.name, arn, guard)
  return last
}

/** What will never be given leaves no role behind. Where it does for now, that is a matter of time. */
async function undo(
  api: AwsApi,
  { principal: { account }, role, binding: { name } }: Parameters<typeof putGrantedRole>[1],
  because: CloudError,
  guard: CallGuard,
): Promise<void> {
  try {
    await removeGrantedRole(api, { account, role, name }, guard)
  } catch (cause) {
    if (!(cause instanceof CloudError)) throw cause
    const message = `${because.message}; and the role ${name} could not be removed yet`
    throw new CloudError('transient', message, { cause })
  }
}

async function end(api: AwsApi, { name, end: document }: Wanted, guard: CallGuard) {
  const { found, evidence } = await api.putRolePolicy(
    { role: name, policy: endPolicy, document },
    guard,
  )
  if (found) return evidence
  // It was there a moment ago: reads and writes are apart, or somebody deleted it.
  throw new CloudError('conflict', `AWS: the role ${name} is not there at the moment`)
}

/**
 * Its end comes first: a later one shuts nobody out meanwhile, and an earlier one holds at once. What was taken away
 * comes last, when nothing is left that was added. Undefined where there was nothing to do.
 */
async function mend(
  api: AwsApi,
  reading: RoleReading,
  wanted: Wanted,
  guard: CallGuard,
): Promise<Evidence | undefined> {
  const { role, attached, inline } = reading
  const { name, trust, boundary, policies } = wanted
  if (!isOurs(role)) throw notOurs(name)
  let last: Evidence | undefined
  if (!sameDocument(reading.end ?? '', wanted.end)) last = await end(api, wanted, guard)
  for (const policy of [...inline].filter((other) => other !== endPolicy))
    last = (await api.deleteRolePolicy(name, policy, guard)).evidence
  for (const arn of [...attached].filter((other) => !policies.includes(other)))
    last = (await api.detachFromRole(name, arn, guard)).evidence
  if (role.boundary !== boundary) last = await api.setBoundary(name, boundary, guard)
  if (!sameDocument(role.trust, trust)) last = await api.updateTrust(name, trust, guard)
  for (const arn of policies.filter((one) => !attached.has(one)))
    last = await api.attachToRole(name, arn, guard)
  return last
}

const notOurs = (name: string): CloudError =>
  new CloudError(
    'invalid',
    `AWS: there is a role ${name} outside of the path ${rolePath}, which Hallpass did not make: rename or delete it`,
  )

/**
 * Sessions stop with the first write; then everything goes that keeps a role from being deleted, whoever put it there.
 * NB: what a read does not show is removed all the same: it may be behind. The role outlives its user, so that it is
 * removed whether or not they are still there.
 */
export async function removeGrantedRole(
  api: AwsApi,
  asked: { readonly account: string; readonly role: AwsRolePerGrant; readonly name: string },
  guard: CallGuard,
): Promise<Evidence> {
  const { name, role } = asked
  const { found: known } = await api.getRole(name, guard)
  const account = known?.arn.split(':')[4] ?? (await api.callerIdentity(guard)).account
  assertAccount(account, asked.account)
  if (known !== undefined && !isOurs(known)) throw notOurs(name)
  const gone = await stop(api, name, guard)
  if (gone !== undefined) return gone
  const { found: attached = [] } = await api.attachedToRole(name, guard)
  for (const arn of new Set([...attached, ...role.policies]))
    await api.detachFromRole(name, arn, guard)
  const { found: inline = [] } = await api.listRolePolicies(name, guard)
  for (const policy of new Set([...inline, endPolicy]))
    await api.deleteRolePolicy(name, policy, guard)
  return (await api.deleteRole(name, guard)).evidence
}

/** Tells when there is no such role, by a write: which is never behind. */
async function stop(api: AwsApi, name: string, guard: CallGuard): Promise<Evidence | undefined> {
  const denial = { role: name, policy: endPolicy, document: endNow }
  try {
    const { found, evidence } = await api.putRolePolicy(denial, guard)
    return found ? undefined : evidence
  } catch (error) {
    // Somebody filled it up: all of that goes next.
    if (error instanceof CloudError && error.kind === 'quota') return undefined
    throw error
  }
}

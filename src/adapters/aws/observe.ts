import { CloudError } from '../../domain/errors.ts'
import type {
  AwsRole,
  Binding,
  BindingId,
  Evidence,
  LaneOf,
  Observation,
  ObservedBinding,
} from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { documentOf, sameDocument } from './documents.ts'
import type { Answer } from './exchange.ts'
import { isAsWanted, readGrantedRole, wantedOf } from './granted-role.ts'
import { isAmong, isMembership, type Membership } from './memberships.ts'
import { readPrincipal } from './principals.ts'
import { denialIn } from './sessions.ts'
import { observeDenials } from './observe-denials.ts'
import type { IamUser } from './calls/user-calls.ts'

/** Who is looked at: the principal, or whoever has the name that it had. */
interface Looked {
  readonly user: IamUser
  readonly isPrincipal: boolean
}

/** Whoever holds much must not wait for as many answers one by one, nor use up what IAM takes of an account. */
const readAtOnce = 5

/** Each list is read at most once, and only where a binding is about it. */
function createLists(api: AwsApi, { name }: IamUser, guard: CallGuard) {
  /** NB: a user who is renamed between two calls seems to have nothing. */
  const required = async <T>({ found, evidence }: Answer<T>) => {
    if (found !== undefined) return { found, evidence }
    throw new CloudError('conflict', `AWS: the IAM user ${name} changed while it was looked at`)
  }
  const once = <T>(read: () => Promise<Answer<T>>) => {
    let reading: Promise<{ readonly found: T; readonly evidence: Evidence }> | undefined
    return () => (reading ??= read().then(required))
  }
  return {
    inline: once(() => api.listUserPolicies(name, guard)),
    groups: once(() => api.groupsOf(name, guard)),
    attached: once(() => api.attachedToUser(name, guard)),
  }
}
type Lists = ReturnType<typeof createLists>

const absent = (evidence: Evidence): ObservedBinding => ({ state: 'absent', evidence })

/**
 * NB: a policy of ours that got onto a replaced user (the user changed between our look and our write) is told as
 * `different`, so that it is removed: that principal was never meant to have it.
 */
async function observeInline(
  api: AwsApi,
  binding: Binding,
  [lists, { user, isPrincipal }]: [Lists, Looked],
  guard: CallGuard,
): Promise<ObservedBinding> {
  const names = await lists.inline()
  if (!names.found.has(binding.name)) return absent(names.evidence)
  const { found, evidence } = await api.getUserPolicy(user.name, binding.name, guard)
  if (found === undefined) return absent(evidence)
  const wanted = isPrincipal && sameDocument(found, documentOf(binding))
  return { state: wanted ? 'present' : 'different', evidence }
}

/** NB: what has no mark is never ours on a namesake: another grant of their own may have given it. */
async function observeMembership(
  role: Membership,
  [lists, { isPrincipal }]: [Lists, Looked],
): Promise<ObservedBinding> {
  const { found, evidence } = await (role.mode === 'group' ? lists.groups() : lists.attached())
  return isPrincipal && isAmong(found, role) ? { state: 'present', evidence } : absent(evidence)
}

/** NB: a role stands there whether or not its user does. Without them nobody was meant to have it. */
async function observeRole(
  api: AwsApi,
  { binding, role }: { binding: Binding; role: Extract<AwsRole, { mode: 'role-per-grant' }> },
  looked: Looked | undefined,
  guard: CallGuard,
): Promise<ObservedBinding> {
  const { reading, evidence } = await readGrantedRole(api, binding.name, guard)
  if (reading === undefined) return absent(evidence)
  const wanted =
    looked?.isPrincipal === true && isAsWanted(reading, wantedOf(binding, role, looked.user))
  return { state: wanted ? 'present' : 'different', evidence }
}

/** One read of a user: who it is, and of its policies, groups and roles what is asked about. */
export async function observeLane(
  api: AwsApi,
  lane: LaneOf<'aws'>,
  bindings: readonly Binding[],
  guard: CallGuard,
): Promise<Observation> {
  if (bindings.some(({ name }) => denialIn(name) !== undefined))
    return observeDenials(api, lane, bindings, guard)
  const reading = await readPrincipal(api, lane.principal, guard)
  const { state: principal, evidence } = reading
  const isPrincipal = reading.state === 'same'
  const user = reading.state === 'same' ? reading.user : reading.namesake
  const looked = user === undefined ? undefined : { user, isPrincipal }
  const lists = user === undefined ? undefined : createLists(api, user, guard)

  const observeOne = async (binding: Binding): Promise<ObservedBinding> => {
    const { role } = binding
    if (role.cloud !== 'aws') return absent(evidence)
    if (role.mode === 'role-per-grant') return observeRole(api, { binding, role }, looked, guard)
    if (looked === undefined || lists === undefined) return absent(evidence)
    if (isMembership(role)) return observeMembership(role, [lists, looked])
    return observeInline(api, binding, [lists, looked], guard)
  }
  const observed = new Map<BindingId, ObservedBinding>()
  for (let from = 0; from < bindings.length; from += readAtOnce) {
    const some = bindings.slice(from, from + readAtOnce)
    const seen = await Promise.all(
      some.map(async (binding) => [binding.id, await observeOne(binding)] as const),
    )
    for (const [id, one] of seen) observed.set(id, one)
  }
  return { principal, bindings: observed, evidence }
}

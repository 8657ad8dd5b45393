// Who a person is in a cloud: by the policy's map, else by the organization's SAML provider, else by a template.
import { CloudError, isFinal } from '../domain/errors.ts'
import { sharedIdOf } from '../domain/lanes/bindings-of.ts'
import { cloudTitles } from '../domain/lanes/clouds.ts'
import { laneOf } from '../domain/lanes/lane-of.ts'
import type { CloudRole, Principal } from '../domain/lanes/types.ts'
import { directoryOf, principalId } from '../domain/lanes/principals.ts'
import type { Offer } from '../domain/grants/types.ts'
import type { ReadyBinding } from '../domain/policy/identity-step.ts'
import { identityOf, isIn, isMapped, type FoundIdentity } from '../domain/policy/identity-of.ts'
import { principalUnasked } from '../domain/policy/principal-unasked.ts'
import type { Policy, ResolvedBinding } from '../domain/policy/types.ts'
import type { Person, Subject } from '../domain/subjects.ts'
import type { CallGuard, Cloud } from './ports.ts'
import type { ReadingDeps } from './deps.ts'
import { wordsOf } from '../domain/redact.ts'

/** Whose identity, and where it is asked for. */
export interface Whose {
  readonly policy: Policy
  readonly subject: Subject
  readonly person: Person
  /** What was offered to them before, where this is about that. */
  readonly offered?: Offer['bindings']
}

/** Each cloud role once. What the person has there already is asked too. */
export async function resolveStanding(
  deps: ReadingDeps,
  whose: Whose,
  roles: readonly CloudRole[],
): Promise<readonly ResolvedBinding[]> {
  return resolveEach(deps, whose, roles, true)
}

/** What they have there already is not asked. */
export const resolvePrincipals = (
  deps: ReadingDeps,
  whose: Whose,
  roles: readonly CloudRole[],
): Promise<readonly ResolvedBinding[]> => resolveEach(deps, whose, roles, false)

async function resolveEach(
  deps: ReadingDeps,
  whose: Whose,
  roles: readonly CloudRole[],
  withStanding: boolean,
): Promise<readonly ResolvedBinding[]> {
  const names = await readNames(deps, whose, roles)
  const answers = await Promise.all(
    roles.map((role) => answered(resolveOne(deps, whose, names, role, withStanding))),
  )
  const isAnyAnswered = answers.some((answer) => 'binding' in answer)
  return answers.map((answer, index) => {
    if ('binding' in answer) return answer.binding
    // One cloud's silence keeps nobody from what the others give; a silence of all of them is waited for.
    const role = roles[index]
    const known = isAnyAnswered && role !== undefined ? unasked(whose, names, role) : undefined
    if (known === undefined) throw answer.error
    return known
  })
}

type Answer = { readonly binding: ResolvedBinding } | { readonly error: unknown }

const answered = (binding: Promise<ResolvedBinding>): Promise<Answer> =>
  binding.then(
    (resolved) => ({ binding: resolved }),
    (error: unknown) => ({ error }),
  )

/**
 * NB: whether they have it there already is not known then. What stands in a place that is Hallpass's alone is seen
 * before anything is put; elsewhere ours stands beside it, and goes by itself.
 */
function unasked(
  { policy, person, offered = [] }: Whose,
  names: readonly string[],
  role: CloudRole,
): ResolvedBinding | undefined {
  const found = identityOf(policy, person, directoryOf(role), names)
  if (found.kind !== 'mapped') return undefined
  const known = principalUnasked(role, found.identity, offered)
  if (known === undefined) return undefined
  const { principal, given } = known
  return { ok: true, role, principal, standing: false, ...(given === role ? {} : { given }) }
}

/** Asked once, and only where the policy looks at them for one of these accounts. */
async function readNames(
  deps: ReadingDeps,
  { policy, subject, person }: Whose,
  roles: readonly CloudRole[],
): Promise<readonly string[]> {
  const wanted = roles.map(directoryOf).some((directory) => {
    const mapped = policy.identities.some(
      (identity) => identity.github === person.id && isIn(identity, directory),
    )
    return !mapped && policy.identitySources.saml.some(({ account }) => account === directory.key)
  })
  if (!wanted) return []
  const identities = await deps.github.samlIdentities(subject, person)
  return identities.map(({ nameId }) => nameId)
}

/** What no later try will change is for people to hear, and not for the delivery to be tried again for. */
async function resolveOne(
  deps: ReadingDeps,
  whose: Whose,
  names: readonly string[],
  role: CloudRole,
  withStanding: boolean,
): Promise<ResolvedBinding> {
  const cloud = deps.clouds.get(role.cloud)
  if (cloud === undefined)
    return missing(role, `This Hallpass is not connected to ${cloudTitles[role.cloud]}.`)
  const found = identityOf(whose.policy, whose.person, directoryOf(role), names)
  if (found.kind === 'ambiguous') return { ok: false, role, why: found.why, problem: 'ambiguous' }
  try {
    const binding = await resolveIn(deps, cloud, whose, found, role)
    if (!binding.ok || !withStanding) return binding
    return { ...binding, standing: await isStanding(deps, cloud, binding, role) }
  } catch (error) {
    if (!isFinal(error) || !withStanding) throw error
    return { ok: false, role, why: wordsOf(error), problem: 'refused' }
  }
}

async function isStanding(
  deps: ReadingDeps,
  cloud: Pick<Cloud, 'standing'>,
  { principal, given }: ReadyBinding,
  role: CloudRole,
): Promise<boolean> {
  const wanted = given ?? role
  const standing = await cloud.standing(wanted, principal, readGuard(deps))
  return standing && !(await isOurs(deps, wanted, principal))
}

/**
 * What bears no mark in the cloud is known from the ledger alone: it is ours from the first try until it is proven gone.
 * NB: what somebody gives them besides is not told from it meanwhile.
 */
async function isOurs(
  { ledger }: ReadingDeps,
  role: CloudRole,
  principal: Principal,
): Promise<boolean> {
  const id = sharedIdOf(role, principal)
  if (id === undefined) return false
  const lane = await ledger.lane(laneOf({ role, principal }).id)
  return (lane?.bindings ?? []).some(
    ({ binding, attemptedAt, certainAt }) =>
      binding.id === id && attemptedAt !== undefined && certainAt === undefined,
  )
}

const missing = (role: CloudRole, why: string): ResolvedBinding => ({
  ok: false,
  role,
  why,
  problem: 'missing',
})

async function resolveIn(
  deps: ReadingDeps,
  cloud: Pick<Cloud, 'resolve'>,
  { policy, person }: Whose,
  found: Exclude<FoundIdentity, { kind: 'ambiguous' }>,
  role: CloudRole,
): Promise<ResolvedBinding> {
  const identity = found.kind === 'none' ? undefined : found.identity
  const answer = await cloud.resolve(role, identity, readGuard(deps))
  if (!answer.ok) return missing(role, answer.why)
  const { principal, given = role } = answer
  const why =
    found.kind === 'derived'
      ? (mappedToAnother(policy, person, principal) ??
        (await otherThanBefore(deps, person, principal)))
      : undefined
  return why === undefined
    ? { ok: true, role, principal, standing: false, ...(given === role ? {} : { given }) }
    : { ok: false, role, ...why }
}

/** NB: the map may know the user by its id alone, for it was renamed since. */
const mappedToAnother = (policy: Policy, person: Person, principal: Principal) =>
  isMapped(policy, directoryOf(principal), { id: principalId(principal) }, person)
    ? ({ why: `${principalId(principal)} is somebody else’s`, problem: 'ambiguous' } as const)
    : undefined

/**
 * NB: what is derived from names is believed once, and kept: names change hands, in GitHub, in SAML and in the cloud.
 */
async function otherThanBefore(
  deps: ReadingDeps,
  person: Person,
  principal: Principal,
): Promise<{ readonly why: string; readonly problem: 'changed' | 'ambiguous' } | undefined> {
  const { cloud, key: account } = directoryOf(principal)
  const id = principalId(principal)
  const [link, holder] = await Promise.all([
    deps.ledger.identityLink(person.id, cloud, account),
    deps.ledger.identityHolder(cloud, account, id),
  ])
  if (link !== undefined && link.principalId !== id)
    return {
      why: `they were ${link.principalId} before, and are ${id} now`,
      problem: 'changed',
    }
  if (holder !== undefined && holder.personId !== person.id)
    return { why: `${id} was GitHub id ${holder.personId} before`, problem: 'ambiguous' }
  return undefined
}

const readTimeoutMs = 8_000

/** Bounds reads that no lane's claim bounds. */
function readGuard(deps: ReadingDeps): CallGuard {
  const signal = AbortSignal.any([AbortSignal.timeout(readTimeoutMs), deps.stopping])
  return {
    signal,
    check() {
      if (signal.aborted) throw new CloudError('transient', 'The cloud took too long to answer.')
    },
  }
}

// Reads everything that the policy's decision looks at, live, as GitHub and the clouds say it now.
import { isHeld } from '../domain/grants/phases.ts'
import { isEligible } from '../domain/policy/eligible.ts'
import type {
  Facts,
  FactsNeeded,
  Policy,
  PullRequestFacts,
  RepositoryFacts,
  ResolvedBinding,
  RoleDefinition,
} from '../domain/policy/types.ts'
import type { CloudRole } from '../domain/lanes/types.ts'
import type { ReviewRequested } from '../domain/signals.ts'
import { subjectKey, type Person, type RoleName, type Subject } from '../domain/subjects.ts'
import { CloudError, isFinal } from '../domain/errors.ts'
import type { CallGuard } from './ports.ts'
import type { Deps } from './deps.ts'

/** What can be read before the policy is known. */
export interface Ground {
  readonly repository: RepositoryFacts
  readonly pull: PullRequestFacts
  readonly actorRole: RoleName
}

/** Undefined when the repository or the pull request is gone, or now belongs to another id. */
export async function readGround(deps: Deps, signal: ReviewRequested): Promise<Ground | undefined> {
  const { github } = deps
  const [repository, pull, actorRole] = await Promise.all([
    github.repository(signal.subject),
    github.current(signal.subject),
    github.roleOf(signal.subject, signal.actor),
  ])
  return repository === undefined || pull?.kind !== 'pull_request'
    ? undefined
    : { repository, pull, actorRole }
}

export async function gatherFacts(
  deps: Deps,
  signal: ReviewRequested,
  ground: Ground,
  policy: Policy,
  needed: FactsNeeded,
): Promise<Facts> {
  const { github, clock } = deps
  const { subject, reviewer } = signal
  const teams = await readTeams(deps, subject, needed.teams, reviewer)
  // A cloud is not asked for what policy refuses anyway: its silence would keep the other roles waiting.
  const roles = needed.roles.filter((role) => isEligible(role, reviewer.id, teams))
  const [recipient, recipientRole, changedPaths, resolved, rows] = await Promise.all([
    github.account(subject, reviewer.id),
    github.roleOf(subject, reviewer),
    needed.changedPaths ? github.changedPaths(subject, ground.pull.headSha) : undefined,
    resolveRoles(deps, policy, roles, reviewer.id),
    deps.ledger.grantsOf(subjectKey(subject)),
  ])
  const held = rows
    .map(({ grant }) => grant)
    .filter((grant) => grant.phase === 'requested' || isHeld(grant))
    .filter(({ revision }) => revision.offer.recipient.id === reviewer.id)
    .map(({ revision }) => revision.offer.role)
  return {
    ...ground,
    now: clock.now(),
    subject,
    actor: signal.actor,
    // An account that is gone can hold nothing: it counts as one that is no person.
    recipient: recipient ?? { ...reviewer, type: 'Mannequin' },
    recipientRole,
    teams,
    changedPaths,
    resolved,
    held: new Set(held),
  }
}

/** By slug. */
export async function readTeams(
  deps: Deps,
  subject: Subject,
  slugs: readonly string[],
  person: Person,
): Promise<Facts['teams']> {
  const entries = slugs.map(
    async (slug) => [slug, await deps.github.teamMembership(subject, slug, person)] as const,
  )
  return new Map(await Promise.all(entries))
}

/** Of each role: who the person would be in its clouds, and whether they have there already what it gives. */
async function resolveRoles(
  deps: Deps,
  policy: Policy,
  roles: readonly RoleDefinition[],
  personId: number,
): Promise<Facts['resolved']> {
  const entries = roles.map(async ({ name, bindings }) => {
    const found = bindings.map((role) => resolveHeld(deps, policy, role, personId))
    return [name, await Promise.all(found)] as const
  })
  return new Map(await Promise.all(entries))
}

/** What no later try will change is for people to hear, and not for the delivery to be tried again for. */
async function resolveHeld(
  deps: Deps,
  policy: Policy,
  role: CloudRole,
  personId: number,
): Promise<ResolvedBinding> {
  try {
    return await withStanding(deps, await resolve(deps, policy, role, personId))
  } catch (error) {
    if (!isFinal(error)) throw error
    return { ok: false, role, why: error.message, refused: true }
  }
}

/** Who the person would be in the role's clouds. What they have there already is not asked. */
export const resolvePrincipals = (
  deps: Deps,
  policy: Policy,
  { bindings }: RoleDefinition,
  personId: number,
): Promise<readonly ResolvedBinding[]> =>
  Promise.all(bindings.map((role) => resolve(deps, policy, role, personId)))

async function resolve(
  deps: Deps,
  policy: Policy,
  role: CloudRole,
  personId: number,
): Promise<ResolvedBinding> {
  const cloud = deps.clouds.get(role.cloud)
  if (cloud === undefined)
    return { ok: false, role, why: `This Hallpass is not connected to ${role.cloud}.` }
  const identity = policy.identities.find(({ github }) => github === personId)
  const found = await cloud.resolve(role, identity, readGuard(deps))
  return found.ok
    ? { ok: true, role, principal: found.principal, standing: false }
    : { ok: false, role, why: found.why }
}

async function withStanding(deps: Deps, binding: ResolvedBinding): Promise<ResolvedBinding> {
  const cloud = deps.clouds.get(binding.role.cloud)
  if (!binding.ok || cloud === undefined) return binding
  const standing = await cloud.standing(binding.role, binding.principal, readGuard(deps))
  return { ...binding, standing }
}

const readTimeoutMs = 8_000

/** Bounds reads that no lane's claim bounds. */
function readGuard(deps: Deps): CallGuard {
  const signal = AbortSignal.any([AbortSignal.timeout(readTimeoutMs), deps.stopping])
  return {
    signal,
    check() {
      if (signal.aborted) throw new CloudError('transient', 'The cloud took too long to answer.')
    },
  }
}

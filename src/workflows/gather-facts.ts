// Reads everything that the policy's decision looks at, live, as GitHub and the clouds say it now.
import { cloudRolesOf } from '../domain/policy/identity-step.ts'
import { isNamed } from '../domain/policy/eligible.ts'
import { placesOf } from '../domain/policy/parameters.ts'
import { matchPaths, matchStepsMax } from '../domain/policy/path-match.ts'
import type { Offer } from '../domain/grants/types.ts'
import type {
  Ask,
  Facts,
  FactsNeeded,
  PersonFacts,
  Policy,
  PullRequestFacts,
  RepositoryFacts,
  RoleDefinition,
  Rule,
  SubjectFacts,
  Teams,
} from '../domain/policy/types.ts'
import type { CloudRole } from '../domain/lanes/types.ts'
import type { Actor, Person, RoleName, Subject } from '../domain/subjects.ts'
import type { ReadingDeps } from './deps.ts'
import { resolveStanding } from './resolve-identity.ts'

/** What can be read before the policy is known. */
export interface Ground {
  readonly repository: RepositoryFacts
  readonly current: SubjectFacts
  readonly actorRole: RoleName
}

/** Undefined when the repository or the subject is gone, or now belongs to another id. */
export async function readGround(
  deps: ReadingDeps,
  { subject, actor }: Pick<Ask, 'subject' | 'actor'>,
): Promise<Ground | undefined> {
  const { github } = deps
  const [repository, current, actorRole] = await Promise.all([
    github.repository(subject),
    github.current(subject),
    github.roleOf(subject, actor),
  ])
  return repository === undefined || current === undefined
    ? undefined
    : { repository, current, actorRole }
}

/** The value of the property that enrolls a repository, where the policy names one. */
export const readProperty = async (
  deps: ReadingDeps,
  subject: Subject,
  { enrolledBy }: Policy,
): Promise<string | undefined> =>
  enrolledBy === undefined ? undefined : deps.github.property(subject, enrolledBy.property)

/** What is the same for every recipient. */
export type SharedFacts = Pick<
  Facts,
  | 'subject'
  | 'repository'
  | 'current'
  | 'property'
  | 'actor'
  | 'author'
  | 'changedPaths'
  | 'onBase'
  | 'separation'
>

export async function gatherShared(
  deps: ReadingDeps,
  ask: Pick<Ask, 'subject' | 'actor'>,
  ground: Ground,
  policy: Policy,
  needed: FactsNeeded,
  property: string | undefined,
): Promise<SharedFacts> {
  const { subject, actor } = ask
  const { repository, current, actorRole } = ground
  const pull = current.kind === 'pull_request' ? current : undefined
  const [actorTeams, author, changedPaths, separation] = await Promise.all([
    readTeams(deps, subject, needed.teams.actor, actor),
    readAuthor(deps, subject, current.author, policy, needed),
    needed.changedPaths && pull ? deps.github.changedPaths(subject, pull.headSha) : undefined,
    needed.separation && pull ? deps.github.headPeople(subject, pull) : nobody,
  ])
  const merging = pull && { pull, repository }
  const onBase = await readOnBase(deps, subject, merging, policy, needed, changedPaths)
  return {
    subject,
    repository,
    current,
    property,
    actor: { account: actor, role: actorRole, teams: actorTeams },
    author,
    changedPaths,
    onBase,
    separation,
  }
}

const nobody = { people: [], unproven: false }

/** Their standing is read only where a rule asks for it. */
async function readAuthor(
  deps: ReadingDeps,
  subject: Subject,
  author: Person,
  { roles }: Policy,
  needed: FactsNeeded,
): Promise<PersonFacts> {
  const asked = needed.rules.some(({ when, give }) => when.author !== undefined && roles.has(give))
  const account: Actor = { id: author.id, login: author.login, type: 'User' }
  if (!asked) return { account, role: 'none', teams: new Map() }
  const [role, teams] = await Promise.all([
    deps.github.roleOf(subject, author),
    readTeams(deps, subject, needed.teams.author, author),
  ])
  return { account, role, teams }
}

/**
 * NB: what is on the base branch alone may have been put there by whoever opened the pull request: any branch can be
 * one. So it has to be on the default branch as well.
 */
async function readOnBase(
  deps: ReadingDeps,
  subject: Subject,
  merging: { readonly pull: PullRequestFacts; readonly repository: RepositoryFacts } | undefined,
  policy: Policy,
  { rules }: FactsNeeded,
  changedPaths: Facts['changedPaths'],
): Promise<readonly string[]> {
  if (merging === undefined || changedPaths === undefined) return []
  const { pull, repository } = merging
  const steps = { left: matchStepsMax }
  const places = rules.flatMap((rule) => {
    const role = policy.roles.get(rule.give)
    if (role === undefined || role.parameters.length === 0) return []
    const match = matchPaths(rule, role, { changedPaths, current: pull }, steps)
    return match.kind === 'matched' ? placesOf(role, match.values) : []
  })
  const { defaultBranch } = repository
  const commits = [
    pull.baseSha,
    ...(pull.baseRef === defaultBranch ? [] : [`refs/heads/${defaultBranch}`]),
  ]
  const found = [...new Set(places)].map(async (place) => {
    const on = await Promise.all(
      commits.map((commit) => deps.github.existsAt(subject, commit, place)),
    )
    return on.every(Boolean) ? [place] : []
  })
  return (await Promise.all(found)).flat()
}

/** What is about one recipient, on GitHub and in the clouds. */
export type RecipientFacts = Pick<Facts, 'recipient' | 'resolved'>

export async function gatherRecipient(
  deps: ReadingDeps,
  person: Person,
  policy: Policy,
  needed: FactsNeeded,
  shared: SharedFacts,
  offered: Offer['bindings'] = [],
): Promise<RecipientFacts> {
  const { subject } = shared
  const [account, role, teams] = await Promise.all([
    deps.github.account(subject, person.id),
    deps.github.roleOf(subject, person),
    readTeams(deps, subject, needed.teams.recipient, person),
  ])
  const clouds = cloudRoles(policy, needed, shared, (wanted) => mayHold(wanted, person.id, teams))
  return {
    // An account that is gone can hold nothing: it counts as one that is no person.
    recipient: { account: account ?? { ...person, type: 'Mannequin' }, role, teams },
    resolved: await resolveStanding(deps, { policy, subject, person, offered }, clouds),
  }
}

/** A cloud is not asked for what policy refuses anyway: its silence would keep the other roles waiting. */
const mayHold = (role: RoleDefinition, personId: number, teams: Teams): boolean =>
  isNamed([...role.eligible, ...(role.breakGlass?.eligible ?? [])], personId, teams)

/** Each once. */
function cloudRoles(
  policy: Policy,
  { rules, roles }: FactsNeeded,
  shared: SharedFacts,
  wants: (role: RoleDefinition) => boolean,
): readonly CloudRole[] {
  const steps = { left: matchStepsMax }
  const all = rules.flatMap((rule: Rule) => {
    const role = roles.find(({ name }) => name === rule.give)
    if (role === undefined || !wants(role)) return []
    return cloudRolesOf({ role, match: () => matchPaths(rule, role, shared, steps) })
  })
  return [...new Map(all.map((role) => [JSON.stringify(role), role])).values()]
}

/** By slug. */
export async function readTeams(
  deps: Pick<ReadingDeps, 'github'>,
  subject: Subject,
  slugs: readonly string[],
  person: Person,
): Promise<Teams> {
  const entries = slugs.map(
    async (slug) => [slug, await deps.github.teamMembership(subject, slug, person)] as const,
  )
  return new Map(await Promise.all(entries))
}

// Reads again what grants stand on, those that live and those that wait for approval. Lost ground ends them; an API that
// does not answer keeps them to their lease.
import { GitHubError } from '../domain/errors.ts'
import type { GrantCommand, GrantId, Offer } from '../domain/grants/types.ts'
import { isOpen, type Open } from '../domain/grants/phases.ts'
import { teamsAmong } from '../domain/policy/eligible.ts'
import { isAsked, notInstalled, repositoryGone, standingOf } from '../domain/policy/standing.ts'
import type { Lost, Reviewed, StandingFacts } from '../domain/policy/standing.ts'
import type {
  Policy,
  RepositoryFacts,
  ResolvedBinding,
  RoleDefinition,
  SubjectFacts,
} from '../domain/policy/types.ts'
import type { Subject, SubjectKey } from '../domain/subjects.ts'
import { changesOf, logChanges, retryingConflicts } from './decide-all.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import { readProperty, readTeams } from './gather-facts.ts'
import { resolvePrincipals } from './resolve-identity.ts'
import { underClaim, type Held } from './under-claim.ts'

/** `busy`: somebody else is reading it now. */
export async function recheckStanding(deps: Deps, key: SubjectKey): Promise<'done' | 'busy'> {
  return underClaim<'done' | 'busy'>(deps, `standing:${key}`, async (held) => {
    const rows = await deps.ledger.grantsOf(key)
    const versions = new Map(rows.map(({ grant, standingVersion }) => [grant.id, standingVersion]))
    const standing = rows.map(({ grant }) => grant).filter(isOpen)
    const first = standing[0]
    if (first === undefined) return 'done'
    const read = await readSubject(deps, first.revision.offer.subject)
    const verdicts = new Map<string, Verdict>(
      await Promise.all(
        standing.map(async (grant) => [grant.id, await judge(deps, grant, read)] as const),
      ),
    )
    await retryingConflicts(() => record(deps, held, key, { verdicts, versions }))
    const unread = [...verdicts.values()].find((verdict) => 'unread' in verdict)
    if (unread !== undefined) throw unread.unread
    return 'done'
  })
}

/** `unread`: GitHub says that it stands, and the policy or the cloud says nothing: it is not ended, and not confirmed. */
type Verdict =
  | { readonly lost: GrantCommand }
  | { readonly stands: true }
  | { readonly unread: unknown }

/** `lost`: of a repository that is gone, or out of reach, nothing else can be read. */
type SubjectReading = { readonly lost: Lost } | FoundSubject

interface FoundSubject {
  readonly repository: RepositoryFacts
  readonly current: StandingFacts['current']
  readonly catalog: CatalogReading
}

async function readSubject(deps: Deps, subject: Subject): Promise<SubjectReading> {
  try {
    const [repository, current] = await Promise.all([
      deps.github.repository(subject),
      deps.github.current(subject),
    ])
    if (repository === undefined)
      return { lost: (await lostInstallation(deps, subject)) ?? repositoryGone }
    return { repository, current, catalog: await readCatalog(deps, subject, repository) }
  } catch (error) {
    if (!(error instanceof GitHubError && error.kind === 'denied')) throw error
    const lost = await lostInstallation(deps, subject)
    if (lost === undefined) throw error
    return { lost }
  }
}

/** Nobody can be asked as an installation that is gone or suspended: the App itself is. */
async function lostInstallation(deps: Deps, subject: Subject): Promise<Lost | undefined> {
  const state = await deps.github.installation(subject)
  return state === 'installed' ? undefined : notInstalled(state)
}

interface CatalogReading {
  readonly policy?: Policy
  readonly property?: string | undefined
  readonly error?: unknown
}

/** A policy that cannot be read, or not be understood, must not keep what GitHub says from being heard. */
async function readCatalog(
  deps: Deps,
  subject: Subject,
  repository: RepositoryFacts,
): Promise<CatalogReading> {
  try {
    const reading = await deps.policy.readCatalog(subject, repository)
    if (reading.kind === 'policy') {
      const { policy } = reading
      return { policy, property: await readProperty(deps, subject, policy) }
    }
    const where = reading.kind === 'missing' ? reading.where : reading.document.where
    return { error: new Error(`The policy at ${where} is ${reading.kind}: standing is not judged`) }
  } catch (error) {
    return { error }
  }
}

async function judge(deps: Deps, grant: Open, read: SubjectReading): Promise<Verdict> {
  // NB: that nothing else can be read must not keep what was given there.
  if ('lost' in read) return ending(grant, read.lost)
  const { offer } = grant.revision
  const { subject, recipient } = offer
  const { policy, property, error } = read.catalog
  const role = policy?.roles.get(offer.role)
  const [recipientRole, teams, reviewed, principals] = await Promise.all([
    deps.github.roleOf(subject, recipient),
    readTeams(deps, subject, role === undefined ? [] : teamsNamed(offer, role), recipient),
    readReviewed(deps, offer, read.current),
    // Whom the policy names is looked up again when somebody approves: what waits is shown anew then.
    policy && role && grant.phase !== 'requested'
      ? readPrincipals(deps, policy, offer)
      : noPrincipals,
  ])
  const lost = standingOf(offer, {
    repository: read.repository,
    current: read.current,
    policy,
    property,
    accounts: deps.accounts,
    recipientRole,
    teams,
    reviewed,
    resolved: principals.found,
  })
  if (lost !== undefined) return ending(grant, lost)
  const unread = error ?? principals.error
  return unread === undefined ? { stands: true } : { unread }
}

function ending({ phase }: Open, lost: Lost): Verdict {
  const by = { kind: 'hallpass' } as const
  return phase === 'requested'
    ? { lost: { type: 'withdraw', by, because: lost.detail } }
    : { lost: { type: 'end', ...lost, by } }
}

interface Principals {
  readonly found?: readonly ResolvedBinding[]
  readonly error?: unknown
}

const noPrincipals: Principals = {}

/** A cloud that does not answer must not keep what GitHub says from being heard. */
async function readPrincipals(
  deps: Deps,
  policy: Policy,
  { subject, recipient, bindings }: Offer,
): Promise<Principals> {
  const roles = bindings.map(({ role }) => role)
  try {
    const whose = { policy, subject, person: recipient, offered: bindings }
    const found = await resolvePrincipals(deps, whose, roles)
    return { found }
  } catch (error) {
    return { error }
  }
}

const teamsNamed = ({ team, breakGlass }: Offer, role: RoleDefinition): readonly string[] =>
  teamsAmong([
    ...(breakGlass === undefined ? role.eligible : (role.breakGlass?.eligible ?? [])),
    ...(team === undefined ? [] : [{ kind: 'team', slug: team.slug }]),
  ])

/** Asked only where the list of who is asked for a review does not hold them any more. */
async function readReviewed(
  deps: Deps,
  offer: Offer,
  current: SubjectFacts | undefined,
): Promise<Reviewed | undefined> {
  const ends = offer.until.includes('reviewed') || offer.until.includes('unrequested')
  if (!ends || current === undefined || isAsked(offer, current) !== false) return undefined
  return deps.github.reviewedSince(offer.subject, offer.recipient, offer.askedAt)
}

interface Reading {
  readonly verdicts: ReadonlyMap<GrantId, Verdict>
  /** Of the questions that had been asked when the reading began. */
  readonly versions: ReadonlyMap<GrantId, number>
}

async function record(
  deps: Deps,
  held: Held,
  key: SubjectKey,
  { verdicts, versions }: Reading,
): Promise<void> {
  const now = deps.clock.now()
  const rows = await deps.ledger.grantsOf(key)
  const judged = rows.flatMap(({ grant }) => {
    const verdict = verdicts.get(grant.id)
    return verdict === undefined ? [] : [{ grant, verdict }]
  })
  const grants = changesOf(
    judged.flatMap(({ grant, verdict }) =>
      'lost' in verdict ? [{ grant, command: verdict.lost }] : [],
    ),
    now,
  )
  await commitAndNudge(deps, {
    now,
    claim: held.current(),
    grants,
    standingConfirmed: judged.flatMap(({ grant, verdict }) =>
      'stands' in verdict ? [{ id: grant.id, version: versions.get(grant.id) ?? 0 }] : [],
    ),
  })
  logChanges(deps, grants)
}

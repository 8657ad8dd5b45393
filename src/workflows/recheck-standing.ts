// Reads again what live grants stand on. Lost ground ends them; an API that does not answer keeps them to their lease.
import type { Active, Approved, GrantCommand, Offer } from '../domain/grants/types.ts'
import { isHeld } from '../domain/grants/phases.ts'
import { teamsAmong } from '../domain/policy/eligible.ts'
import { isAsked, repositoryGone, standingOf } from '../domain/policy/standing.ts'
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
    const standing = rows.map(({ grant }) => grant).filter(isHeld)
    const first = standing[0]
    if (first === undefined) return 'done'
    const read = await readSubject(deps, first.revision.offer.subject)
    const verdicts = new Map<string, Verdict>(
      await Promise.all(
        standing.map(async (grant) => [grant.id, await judge(deps, grant, read)] as const),
      ),
    )
    await retryingConflicts(() => record(deps, held, key, verdicts))
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

interface SubjectReading {
  readonly repository: StandingFacts['repository']
  readonly current: StandingFacts['current']
  readonly catalog: CatalogReading
}

async function readSubject(deps: Deps, subject: Subject): Promise<SubjectReading> {
  const [repository, current] = await Promise.all([
    deps.github.repository(subject),
    deps.github.current(subject),
  ])
  // A repository that is gone has lost its ground whatever the policy says.
  const catalog = repository === undefined ? {} : await readCatalog(deps, subject, repository)
  return { repository, current, catalog }
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

async function judge(deps: Deps, grant: Approved | Active, read: SubjectReading): Promise<Verdict> {
  const { offer } = grant.revision
  const { subject, recipient } = offer
  const { policy, property, error } = read.catalog
  // NB: of a repository that is gone nothing else can be read, which must not keep what was given there.
  if (read.repository === undefined) return ending(repositoryGone)
  const role = policy?.roles.get(offer.role)
  const [recipientRole, teams, reviewed, principals] = await Promise.all([
    deps.github.roleOf(subject, recipient),
    readTeams(deps, subject, role === undefined ? [] : teamsNamed(offer, role), recipient),
    readReviewed(deps, offer, read.current),
    policy && role ? readPrincipals(deps, policy, offer) : noPrincipals,
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
  if (lost !== undefined) return ending(lost)
  const unread = error ?? principals.error
  return unread === undefined ? { stands: true } : { unread }
}

const ending = (lost: Lost): Verdict => ({
  lost: { type: 'end', ...lost, by: { kind: 'hallpass' } },
})

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

async function record(
  deps: Deps,
  held: Held,
  key: SubjectKey,
  verdicts: ReadonlyMap<string, Verdict>,
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
      'stands' in verdict ? [grant.id] : [],
    ),
  })
  logChanges(deps, grants)
}

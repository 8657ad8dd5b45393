// Reads again what live grants stand on. Lost ground ends them; an API that does not answer keeps them to their lease.
import type { Active, Approved, GrantCommand } from '../domain/grants/types.ts'
import { standingOf } from '../domain/policy/standing.ts'
import type { StandingFacts } from '../domain/policy/standing.ts'
import type { Subject, SubjectKey } from '../domain/subjects.ts'
import { changesOf, logChanges, retryingConflicts } from './decide-all.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import { resolveRoles } from './gather-facts.ts'
import type { PolicyReading } from './ports.ts'
import { underClaim } from './under-claim.ts'

export async function recheckStanding(deps: Deps, key: SubjectKey): Promise<void> {
  await underClaim(deps, `standing:${key}`, async () => {
    const rows = await deps.ledger.grantsOf(key)
    const standing = rows.map(({ grant }) => grant).filter(isStanding)
    const first = standing[0]
    if (first === undefined) return
    const read = await readSubject(deps, first.revision.offer.subject)
    const verdicts = await Promise.all(
      standing.map(async (grant) => ({ grant, lost: await lostGround(deps, grant, read) })),
    )
    await retryingConflicts(() =>
      record(deps, key, new Map(verdicts.map(({ grant, lost }) => [grant.id, lost]))),
    )
  })
}

const isStanding = (grant: { readonly phase: string }): grant is Approved | Active =>
  grant.phase === 'approved' || grant.phase === 'active'

interface SubjectReading {
  readonly repository: StandingFacts['repository']
  readonly pull: StandingFacts['pull']
  readonly policy: PolicyReading | undefined
}

async function readSubject(deps: Deps, subject: Subject): Promise<SubjectReading> {
  const [repository, pull] = await Promise.all([
    deps.github.repository(subject),
    deps.github.pullRequest(subject),
  ])
  const policy = repository && (await deps.policy.read(subject, repository))
  return { repository, pull, policy }
}

async function lostGround(
  deps: Deps,
  grant: Approved | Active,
  read: SubjectReading,
): Promise<GrantCommand | undefined> {
  const { offer } = grant.revision
  const { subject, recipient } = offer
  const policy = read.policy?.kind === 'policy' ? read.policy.policy : undefined
  const role = policy?.roles.get(offer.role)
  const slugs = (role?.eligible ?? []).flatMap((who) => (who.kind === 'team' ? [who.slug] : []))
  const [recipientRole, teams, resolved] = await Promise.all([
    deps.github.roleOf(subject, recipient),
    Promise.all(
      slugs.map(
        async (slug) => [slug, await deps.github.teamMembership(subject, slug, recipient)] as const,
      ),
    ),
    policy && role ? resolveRoles(deps, policy, [role], recipient.id) : undefined,
  ])
  const lost = standingOf(offer, {
    repository: read.repository,
    pull: read.pull,
    policy,
    accounts: deps.accounts,
    recipientRole,
    teams: new Map(teams),
    resolved: resolved?.get(offer.role),
  })
  return lost && { type: 'end', ...lost, by: { kind: 'hallpass' } }
}

async function record(
  deps: Deps,
  key: SubjectKey,
  verdicts: ReadonlyMap<string, GrantCommand | undefined>,
): Promise<void> {
  const now = deps.clock.now()
  const rows = await deps.ledger.grantsOf(key)
  const known = rows.map(({ grant }) => grant).filter(({ id }) => verdicts.has(id))
  const grants = changesOf(
    known.flatMap((grant) => {
      const command = verdicts.get(grant.id)
      return command === undefined ? [] : [{ grant, command }]
    }),
    now,
  )
  await commitAndNudge(deps, {
    now,
    grants,
    standingConfirmed: known.filter(({ id }) => verdicts.get(id) === undefined).map(({ id }) => id),
  })
  logChanges(deps, grants)
}

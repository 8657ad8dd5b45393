// Whether the ground that a live grant stands on is still there.
import type { Principal } from '../lanes/types.ts'
import type { EndReason, Offer } from '../grants/types.ts'
import type { RoleName } from '../subjects.ts'
import { isEligible } from './eligible.ts'
import { isOfferedIn } from './offered.ts'
import type { Policy, PullRequestFacts, RepositoryFacts, ResolvedBinding } from './types.ts'

/** What is true now. `undefined` for the repository or pull request: gone. For the policy: unreadable, which ends nothing. */
export interface StandingFacts {
  readonly repository: RepositoryFacts | undefined
  readonly pull: PullRequestFacts | undefined
  readonly policy: Policy | undefined
  readonly accounts: ReadonlySet<number>
  readonly recipientRole: RoleName
  readonly teams: ReadonlyMap<string, 'member' | 'not-member' | 'unknown'>
  /** Undefined when the cloud did not tell, which ends nothing. */
  readonly resolved: readonly ResolvedBinding[] | undefined
}

export interface Lost {
  readonly reason: EndReason
  readonly detail: string
}

/** Undefined while it stands. */
export function standingOf(offer: Offer, facts: StandingFacts): Lost | undefined {
  return onSubject(offer, facts) ?? onPolicy(offer, facts)
}

const lost = (detail: string): Lost => ({ reason: 'standing-lost', detail })

function onSubject(offer: Offer, facts: StandingFacts): Lost | undefined {
  const { repository, pull, accounts, recipientRole } = facts
  if (repository === undefined) return lost('the repository is gone, or another one has its name')
  if (pull === undefined) return lost('the pull request is gone')
  if (!accounts.has(repository.accountId))
    return lost('the repository now belongs to an account that is not served')
  if (repository.accountId !== offer.subject.accountId)
    return lost('the repository was transferred to another account')
  if (repository.archived) return lost('the repository was archived')
  if (pull.state === 'closed')
    return { reason: pull.merged ? 'merged' : 'closed', detail: 'the pull request was closed' }
  if (recipientRole === 'none')
    return lost('the recipient has no access to the repository any more')
  if (offer.boundHead !== undefined && offer.boundHead !== pull.headSha)
    return lost('it was bound to a commit, and another one was pushed')
  return undefined
}

function onPolicy(offer: Offer, facts: StandingFacts): Lost | undefined {
  const { policy, repository, pull } = facts
  if (policy === undefined || repository === undefined || pull === undefined) return undefined
  const role = policy.roles.get(offer.role)
  if (role === undefined) return lost('the policy does not offer the role any more')
  if (!isOfferedIn(role, repository, policy))
    return lost('the policy does not offer the role to this repository any more')
  if (repository.visibility === 'public' && !role.publicRepositories)
    return lost('the repository was made public')
  if (pull.headRepositoryId !== repository.id && !role.forks)
    return lost('the pull request comes from a fork')
  if (!isEligible(role, offer.recipient.id, facts.teams))
    return lost('the recipient is not eligible for the role any more')
  return samePrincipals(offer, facts.resolved)
}

/** Every principal that was offered must still be what the identity map says: by immutable id, so a renamed user is the same one. */
function samePrincipals(
  offer: Offer,
  resolved: readonly ResolvedBinding[] | undefined,
): Lost | undefined {
  if (resolved === undefined) return undefined
  const now = resolved.flatMap((binding) => (binding.ok ? [keyOf(binding.principal)] : []))
  const all = offer.bindings.every(({ principal }) => now.includes(keyOf(principal)))
  return all ? undefined : lost('the identity map names another cloud identity, or none')
}

const keyOf = ({ cloud, account, userId }: Principal): string => `${cloud}/${account}/${userId}`

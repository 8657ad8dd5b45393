// Whether the ground that a live grant stands on is still there.
import { keyOfPrincipal } from '../lanes/principals.ts'
import type { EndReason, Offer } from '../grants/types.ts'
import type { RoleName } from '../subjects.ts'
import { kindOf } from './asking.ts'
import { isNamed } from './eligible.ts'
import { isOfferedIn } from './offered.ts'
import { hasLabel } from './still-step.ts'
import type {
  Policy,
  RepositoryFacts,
  ResolvedBinding,
  RoleDefinition,
  SubjectFacts,
  Teams,
} from './types.ts'

/** What is true now. `undefined` for the repository or the subject: gone. For the policy: unreadable, which ends nothing. */
export interface StandingFacts {
  readonly repository: RepositoryFacts | undefined
  readonly current: SubjectFacts | undefined
  readonly policy: Policy | undefined
  /** The repository's value of the property that enrolls, where the policy names one. */
  readonly property: string | undefined
  readonly accounts: ReadonlySet<number>
  readonly recipientRole: RoleName
  readonly teams: Teams
  /** Whether the recipient has given a verdict since they were asked. Undefined when that was not read, which ends nothing. */
  readonly reviewed: Reviewed | undefined
  /** Undefined when the cloud did not tell, which ends nothing. */
  readonly resolved: readonly ResolvedBinding[] | undefined
}

/** `commented`: they wrote, and GitHub took them off the list of who is asked; they still review. */
export type Reviewed = 'not' | 'commented' | 'verdict'

export interface Lost {
  readonly reason: EndReason
  readonly detail: string
}

/** Undefined while it stands. */
export function standingOf(offer: Offer, facts: StandingFacts): Lost | undefined {
  return onSubject(offer, facts) ?? onPolicy(offer, facts)
}

const lost = (detail: string): Lost => ({ reason: 'standing-lost', detail })

/** Deleted, transferred, or out of reach. */
export const repositoryGone = lost('the repository is gone, or another one has its name')

export const notInstalled = (how: 'suspended' | 'uninstalled'): Lost =>
  lost(how === 'suspended' ? 'the App was suspended' : 'the App was uninstalled')

function onSubject(offer: Offer, facts: StandingFacts): Lost | undefined {
  const { repository, current, accounts, recipientRole } = facts
  if (repository === undefined) return repositoryGone
  if (current === undefined) return lost(`the ${kindOf(offer.subject)} is gone`)
  if (!accounts.has(repository.accountId))
    return lost('the repository now belongs to an account that is not served')
  if (repository.accountId !== offer.subject.accountId)
    return lost('the repository was transferred to another account')
  if (repository.archived) return lost('the repository was archived')
  if (current.state === 'closed') return closed(current)
  if (recipientRole === 'none')
    return lost('the recipient has no access to the repository any more')
  return onHead(offer, current) ?? onAct(offer, current, facts)
}

function closed(current: SubjectFacts): Lost {
  const merged = current.kind === 'pull_request' && current.merged
  return { reason: merged ? 'merged' : 'closed', detail: `the ${kindOf(current)} was closed` }
}

function onHead({ boundHead }: Offer, current: SubjectFacts): Lost | undefined {
  if (boundHead === undefined) return undefined
  if (current.kind === 'pull_request' && boundHead === current.headSha) return undefined
  return { reason: 'pushed', detail: 'it was bound to a commit, and another one was pushed' }
}

/** What was done is not so any more, and the delivery that said so was lost. */
function onAct(offer: Offer, current: SubjectFacts, { reviewed }: StandingFacts): Lost | undefined {
  const { until, label, recipient } = offer
  if (until.includes('unlabeled') && label !== undefined && !hasLabel(current, label))
    return { reason: 'unlabeled', detail: 'the label was taken away' }
  if (until.includes('unassigned') && !current.assignees.some(({ id }) => id === recipient.id))
    return { reason: 'unassigned', detail: 'the recipient is not assigned any more' }
  if (isAsked(offer, current) !== false || reviewed === undefined) return undefined
  if (reviewed === 'verdict')
    return until.includes('reviewed')
      ? { reason: 'reviewed', detail: 'the recipient has reviewed' }
      : undefined
  return reviewed === 'not' && until.includes('unrequested')
    ? { reason: 'unrequested', detail: 'the review is not requested any more' }
    : undefined
}

/** Whether the recipient's review is requested now. Undefined where none ever was. */
export function isAsked(
  { trigger, team, recipient }: Offer,
  current: SubjectFacts,
): boolean | undefined {
  if (trigger !== 'review_requested' || current.kind === 'issue') return undefined
  return team === undefined
    ? current.requestedReviewers.some(({ id }) => id === recipient.id)
    : current.requestedTeams.some(({ id }) => id === team.id)
}

function onPolicy(offer: Offer, facts: StandingFacts): Lost | undefined {
  const { policy, repository, current, property } = facts
  if (policy === undefined || repository === undefined || current === undefined) return undefined
  const role = policy.roles.get(offer.role)
  if (role === undefined) return lost('the policy does not offer the role any more')
  if (!isOfferedIn(role, repository, policy, property))
    return lost('the policy does not offer the role to this repository any more')
  if (repository.visibility === 'public' && !role.publicRepositories)
    return lost('the repository was made public')
  const isFork = current.kind === 'pull_request' && current.headRepositoryId !== repository.id
  if (isFork && !role.forks) return lost('the pull request comes from a fork')
  return onRecipient(offer, role, facts)
}

function onRecipient(offer: Offer, role: RoleDefinition, facts: StandingFacts): Lost | undefined {
  const { recipient, team, breakGlass } = offer
  const people = breakGlass === undefined ? role.eligible : (role.breakGlass?.eligible ?? [])
  if (!isNamed(people, recipient.id, facts.teams))
    return lost('the recipient is not eligible for the role any more')
  if (team !== undefined && facts.teams.get(team.slug) !== 'member')
    return lost('the recipient is not in the team any more that was asked')
  return samePrincipals(offer, facts.resolved)
}

/** Every principal that was offered must still be what the identities say: by immutable id, so a renamed user is the same one. */
function samePrincipals(
  offer: Offer,
  resolved: readonly ResolvedBinding[] | undefined,
): Lost | undefined {
  if (resolved === undefined) return undefined
  const now = resolved.flatMap((binding) => (binding.ok ? [keyOfPrincipal(binding.principal)] : []))
  const all = offer.bindings.every(({ principal }) => now.includes(keyOfPrincipal(principal)))
  return all ? undefined : lost('the identity map names another cloud identity, or none')
}

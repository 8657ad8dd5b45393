// From an offer to a grant, and all that its commit carries so that no other act comes between.
import { apply } from '../domain/grants/apply.ts'
import type { Debt } from '../domain/debts/types.ts'
import { freezableOf } from '../domain/grants/freeze.ts'
import { revisionOf } from '../domain/grants/revision.ts'
import type { Grant, Offer } from '../domain/grants/types.ts'
import { bindingIdsOf, bindingsOf } from '../domain/lanes/bindings-of.ts'
import { laneOf } from '../domain/lanes/lane-of.ts'
import { directoryOf, principalId } from '../domain/lanes/principals.ts'
import { actOfOffer } from '../domain/policy/act-of.ts'
import { factsToJson, type DecidedOn } from '../domain/policy/facts-json.ts'
import { isIn } from '../domain/policy/identity-of.ts'
import { limitsOf } from '../domain/policy/limit-step.ts'
import type { Ask, Facts, Policy } from '../domain/policy/types.ts'
import { subjectKey } from '../domain/subjects.ts'
import type { Instant } from '../domain/time.ts'
import type { Deps } from './deps.ts'
import type { Commit, GrantChange, Limited, PolicyText } from './ports.ts'

/** An offer and what it was decided on. */
export interface Decided {
  readonly ask: Ask
  readonly offer: Offer
  readonly facts: Facts
}

/** How long a request that nobody has to approve would wait: it never does. */
const lapseSecondsLeftOut = 86_400

/** The part of a commit that starts these grants. Only what is the same for all of it is left to the caller. */
export function startGrants(
  deps: Deps,
  policy: Policy,
  documents: readonly PolicyText[],
  decided: readonly Decided[],
  now: Instant,
): Omit<Commit, 'now'> & { readonly grants: readonly GrantChange[] } {
  const started = decided.map((each) => ({ ...each, change: start(deps, each.offer, now) }))
  const debts = started.flatMap(({ change }) => debtOf(deps, change.grant, now))
  return {
    grants: started.map(({ change }) => change),
    newBindings: started.flatMap(({ change }) => newBindingsOf(deps, change.grant)),
    acts: decided.map(({ offer }) => actOfOffer(offer)),
    limits: decided.flatMap(({ offer }) => limitedBy(policy, offer)),
    unfrozen: decided.map(({ offer }) => freezableOf(offer)),
    identityLinks: eachOnce(decided.flatMap(({ offer }) => linksOf(policy, offer))),
    decisions: started.map(({ change, ask, facts }) => ({
      grantId: change.grant.id,
      revision: change.grant.revision.number,
      facts: { ask, facts: factsToJson(facts) } satisfies DecidedOn,
      documents,
    })),
    debts,
    events: debts.map((debt) => ({
      stream: `subject:${subjectKey(debt.subject)}`,
      event: { type: 'debt.opened', debt },
    })),
  }
}

function start(deps: Deps, offer: Offer, now: Instant): GrantChange {
  const id = deps.random.grantId()
  const revision = revisionOf(offer, 1, deps.random.code())
  const bindingIds = bindingIdsOf(offer, id, deps.ledger.instance)
  const lapseSeconds = offer.approval === 'none' ? lapseSecondsLeftOut : offer.approval.lapseSeconds
  const result = apply({ type: 'request', id, revision, lapseSeconds, bindingIds }, undefined, now)
  if (result.kind === 'refused') throw new Error(`A new grant was refused: ${result.reason}`)
  return { grant: result.grant, expectedVersion: 0, events: result.events }
}

/** Bindings are known once the window is: from the approval on. */
export function newBindingsOf(
  deps: Pick<Deps, 'ledger'>,
  grant: Grant,
): NonNullable<Commit['newBindings']> {
  if (grant.phase !== 'approved') return []
  const { offer } = grant.revision
  const { approvedAt, endsAt } = grant
  return bindingsOf(offer, grant.id, deps.ledger.instance, approvedAt, endsAt).map((binding) => ({
    binding,
    lane: laneOf(binding),
    grantId: grant.id,
  }))
}

/** What the ledger counts again when it is given. */
export function limitedBy(policy: Policy, offer: Offer): readonly Limited[] {
  const role = policy.roles.get(offer.role)
  if (role === undefined) return []
  const limits = limitsOf({ policy, role })
  const { leaseSeconds } = offer
  return (['role', 'person', 'repository'] as const).map((scope) => ({
    scope,
    limits: limits[scope],
    leaseSeconds,
    ...freezableOf(offer),
  }))
}

/** Whom the policy does not name itself is remembered: another one later is refused. */
const linksOf = ({ identities }: Policy, { recipient, bindings }: Offer) =>
  bindings.flatMap(({ principal }) => {
    const directory = directoryOf(principal)
    const mapped = identities.some(
      (identity) => identity.github === recipient.id && isIn(identity, directory),
    )
    const { cloud, key: account } = directory
    return mapped
      ? []
      : [{ personId: recipient.id, cloud, account, principalId: principalId(principal) }]
  })

const eachOnce = <T>(all: readonly T[]): readonly T[] => [
  ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
]

function debtOf(deps: Deps, { id, revision: { offer } }: Grant, now: Instant): readonly Debt[] {
  const { breakGlass } = offer
  if (breakGlass === undefined) return []
  return [
    {
      id: deps.random.grantId(),
      personId: offer.recipient.id,
      requesterId: offer.requester.id,
      grantId: id,
      subject: offer.subject,
      role: offer.role,
      code: deps.random.code(),
      openedAt: now,
      reviewers: breakGlass.reviewers,
      reason: offer.reason ?? '',
      issue: undefined,
      acknowledged: undefined,
    },
  ]
}

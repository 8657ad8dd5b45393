import { canonicalJson, sha256Hex } from '../log/canonical.ts'
import { principalId } from '../lanes/principals.ts'
import type { Principal } from '../lanes/types.ts'
import type { Approval } from '../policy/types.ts'
import type { Offer, Revision } from './types.ts'

/** The offer as it can be approved. `code` is random and names this revision alone. */
export function revisionOf(offer: Offer, number: number, code: string): Revision {
  return { number, offer, digest: sha256Hex(canonicalJson(whatIsApproved(offer))), code }
}

/**
 * Everything that decides who gets what, where, for how long and on whose word; by immutable ids only.
 * NB: commits, file names, logins and sentences stay out, so that a rename or an unrelated merge voids nothing.
 */
function whatIsApproved(offer: Offer): unknown {
  const { policy, breakGlass } = offer
  return {
    ...whatIsGiven(offer),
    leaseSeconds: offer.leaseSeconds,
    until: asSet(offer.until),
    // What `until` watches.
    label: offer.label?.toLowerCase(),
    team: offer.team?.id,
    boundHead: offer.boundHead,
    approval: whoApproves(offer.approval),
    separated: asSet(offer.separated),
    separationUnproven: offer.separationUnproven,
    breakGlass: breakGlass && {
      notify: asSet(breakGlass.notify),
      reviewers: asSet(breakGlass.reviewers),
    },
    policy: {
      organization: contentsOf(policy.organization),
      repository: policy.repository?.blob,
    },
  }
}

/** NB: what was narrowed is other contents than the same document once it is accepted. */
const contentsOf = ({ blob, heldBackTo }: Offer['policy']['organization']): string =>
  heldBackTo === undefined ? blob : `${heldBackTo}+${blob}`

/** Who gets what, where: no extension changes it. Parameters are filled into the bindings. */
export function whatIsGiven(offer: Offer) {
  const { accountId, repositoryId, number, kind } = offer.subject
  return {
    subject: { accountId, repositoryId, number, kind },
    recipient: offer.recipient.id,
    role: offer.role,
    bindings: offer.bindings.map(({ role, principal }) => ({
      role,
      principal: immutable(principal),
    })),
    residualSeconds: offer.residualSeconds,
    selfExpiring: offer.selfExpiring,
  }
}

/** Without names that are for reading and may change. */
const immutable = (principal: Principal) =>
  principal.cloud === 'aws'
    ? { cloud: principal.cloud, account: principal.account, userId: principal.userId }
    : { cloud: principal.cloud, id: principalId(principal) }

/** How long a request waits decides nothing about what it gives. */
const whoApproves = (approval: Approval): unknown =>
  approval === 'none'
    ? 'none'
    : {
        stages: approval.stages.map(({ by, count }) => ({ by: asSet(by), count })),
        separate: approval.separate,
      }

/** The same members in any order, once each, make the same set. */
const asSet = (members: readonly unknown[]): readonly string[] =>
  [...new Set(members.map(canonicalJson))].sort()

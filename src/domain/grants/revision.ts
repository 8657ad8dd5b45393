import { canonicalJson, sha256Hex } from '../log/canonical.ts'
import type { Principal } from '../lanes/types.ts'
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
  const { accountId, repositoryId, number, kind } = offer.subject
  const { approval, policy } = offer
  return {
    subject: { accountId, repositoryId, number, kind },
    recipient: offer.recipient.id,
    role: offer.role,
    bindings: offer.bindings.map(({ role, principal }) => ({
      role,
      principal: immutable(principal),
    })),
    leaseSeconds: offer.leaseSeconds,
    residualSeconds: offer.residualSeconds,
    selfExpiring: offer.selfExpiring,
    until: asSet(offer.until),
    boundHead: offer.boundHead,
    approval: approval === 'none' ? 'none' : { by: asSet(approval.by), count: approval.count },
    separated: asSet(offer.separated),
    policy: { organization: policy.organization.blob, repository: policy.repository?.blob },
  }
}

const immutable = ({ cloud, account, userId }: Principal) => ({ cloud, account, userId })

/** The same members in any order, once each, make the same set. */
const asSet = (members: readonly unknown[]): readonly string[] =>
  [...new Set(members.map(canonicalJson))].sort()

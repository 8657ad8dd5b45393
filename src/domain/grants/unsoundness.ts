import { isSound } from './stages.ts'
import type { Offer } from './types.ts'

/** Why nothing may be decided on this offer, whoever made it. `ids` names its bindings, one each. */
export function unsoundness(offer: Offer, ids: readonly unknown[]): string | undefined {
  if (!Number.isSafeInteger(offer.leaseSeconds) || offer.leaseSeconds < 1) {
    return 'A lease lasts whole seconds, at least one.'
  }
  if (offer.bindings.length === 0) return 'The role has no bindings: there is nothing to give.'
  if (new Set(ids).size !== offer.bindings.length) {
    return 'Each binding of the offer needs one id of its own.'
  }
  return isSound(offer.approval)
    ? undefined
    : 'Each stage of an approval needs one person at least.'
}

// What policy makes of a review request, over facts that were read for it. Pure: the same input gives the same answer.
import type { Evaluation, Facts, Policy, Refusal } from './types.ts'
import type { Offer } from '../grants/types.ts'
import type { ReviewRequested } from '../signals.ts'
import { candidatesOf, originRefusal, type Candidate } from './candidates.ts'
import { offerOf } from './offer.ts'
import { requestRefusal } from './request-refusal.ts'
import { judge } from './rule-refusal.ts'
import { standingRefusal } from './standing-refusal.ts'

export { factsNeeded } from './facts-needed.ts'
export { standingRefusal } from './standing-refusal.ts'

/** No rule applies: no offers and no refusals. Otherwise each role is offered once or refused with its reasons. */
export function evaluate(
  signal: ReviewRequested,
  policy: Policy,
  facts: Facts,
  servedAccounts: ReadonlySet<number>,
): Evaluation {
  const unheard = standingRefusal(signal, facts, servedAccounts)
  if (unheard !== undefined) return refused([unheard])
  const heard: Candidate[] = []
  const fromOutside: Refusal[] = []
  for (const candidate of candidatesOf(policy, facts)) {
    const refusal = originRefusal(candidate, facts)
    if (refusal === undefined) heard.push(candidate)
    else fromOutside.push(refusal)
  }
  // NB: without a rule that may be heard, nothing is said to people, whatever else is wrong.
  if (heard.length === 0) return refused(fromOutside)
  const against = requestRefusal(signal, facts)
  if (against !== undefined) return refused([...fromOutside, against])
  return settle(heard, fromOutside, { signal, policy, facts })
}

const refused = (refusals: readonly Refusal[]): Evaluation => ({ offers: [], refusals })

/** The first rule that yields an offer of a role wins it; a role that is offered is not refused as well. */
function settle(
  candidates: readonly Candidate[],
  fromOutside: readonly Refusal[],
  asked: { signal: ReviewRequested; policy: Policy; facts: Facts },
): Evaluation {
  const offers = new Map<string, Offer>()
  const refusals: Refusal[] = [...fromOutside]
  for (const candidate of candidates) {
    if (offers.has(candidate.rule.give)) continue
    const judged = judge(candidate, asked.policy, asked.facts)
    if (judged.ok)
      offers.set(candidate.rule.give, offerOf(candidate, judged.role, judged.bindings, asked))
    else refusals.push(judged.refusal)
  }
  const offered = new Set(offers.keys())
  return { offers: [...offers.values()], refusals: refusals.filter(firstOfItsKind(offered)) }
}

function firstOfItsKind(offered: ReadonlySet<string>) {
  const seen = new Set<string>()
  return ({ role, code, audience }: Refusal): boolean => {
    const key = JSON.stringify([role, code, audience])
    if (seen.has(key) || (role !== undefined && offered.has(role))) return false
    seen.add(key)
    return true
  }
}

// A longer lease for what runs: a new offer, which needs the approval that the first one needed.
import { canonicalJson } from '../log/canonical.ts'
import { secondMs, type Instant } from '../time.ts'
import { events, refused } from './decision.ts'
import { extensionOf } from './extension.ts'
import { leaseEndOf } from './lease-end.ts'
import { isHeld } from './phases.ts'
import { whatIsGiven } from './revision.ts'
import type { Active, Approved, Decision, Grant, GrantCommand, Revision } from './types.ts'
import { unsoundness } from './unsoundness.ts'

type Extend = Extract<GrantCommand, { type: 'extend' }>

export function decideExtend(
  { revision, lapseSeconds, voids = false }: Extend,
  grant: Grant,
  now: Instant,
): Decision {
  if (!isHeld(grant)) return refused(`The grant is ${grant.phase}.`)
  const no = whyNotNext(revision, grant, voids) ?? whyNotLonger(revision, grant, now)
  if (no !== undefined) return refused(no)
  const { digest, offer } = revision
  if (offer.approval === 'none') {
    const endsAt = leaseEndOf(offer, now)
    return events({ type: 'grant.extended', digest, endsAt, revision })
  }
  const lapsesAt = now + lapseSeconds * secondMs
  const voided = grant.extension?.approvals.length ?? 0
  return events({ type: 'grant.extension-requested', revision, lapsesAt, voided })
}

function whyNotNext(
  revision: Revision,
  grant: Approved | Active,
  voids: boolean,
): string | undefined {
  const latest = grant.extension?.revision ?? grant.revision
  if (revision.number !== latest.number + 1) return `Revision ${latest.number} is the current one.`
  const isSame = grant.extension?.revision.digest === revision.digest
  if (isSame && !voids) return 'This extension is asked for.'
  if ([grant.revision.code, latest.code].includes(revision.code)) {
    return 'A revision needs a code of its own.'
  }
  return undefined
}

function whyNotLonger(
  { offer }: Revision,
  grant: Approved | Active,
  now: Instant,
): string | undefined {
  const former = grant.revision.offer
  const unsound = unsoundness(offer, grant.holds)
  if (unsound !== undefined) return unsound
  if (canonicalJson(whatIsGiven(offer)) !== canonicalJson(whatIsGiven(former))) {
    return 'What it gives is not what it was. Ask for it anew once this has ended.'
  }
  if (former.boundHead !== undefined && offer.boundHead !== former.boundHead) {
    return 'It is bound to another commit.'
  }
  if (canonicalJson(extensionOf(grant, offer)) !== canonicalJson(offer)) {
    return 'It stands on another ground than the grant.'
  }
  // NB: breaking the glass once more takes a request of its own, which an open debt keeps from being made.
  if (offer.breakGlass !== undefined && offer.approval === 'none') {
    return 'What broke the glass goes on only with an approval.'
  }
  // NB: the tick that ends it may be late.
  if (now >= grant.endsAt) return 'The lease is over. Ask again.'
  return leaseEndOf(offer, now) <= grant.endsAt
    ? 'It would end no later than it does now.'
    : undefined
}

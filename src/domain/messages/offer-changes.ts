// What differs between two offers, for whoever approves the later one.
import { canonicalJson } from '../log/canonical.ts'
import type { Offer } from '../grants/types.ts'
import { keyOfPrincipal } from '../lanes/principals.ts'
import { approvalInWords } from './answers/takes.ts'
import { code } from './escape.ts'
import { duration } from './format.ts'
import { until } from './offer-words.ts'

export function changesIn(former: Offer, offer: Offer): readonly string[] {
  return aspects.flatMap((aspect) => {
    if (canonicalJson({ is: aspect.of(former) }) === canonicalJson({ is: aspect.of(offer) }))
      return []
    const { shown } = aspect
    return shown === undefined
      ? [aspect.name]
      : [`${aspect.name}: ${shown(offer)}, before: ${shown(former)}`]
  })
}

/** NB: names of users change without anything changing. */
const bindingsOf = ({ bindings }: Offer): unknown =>
  bindings.map(({ role, principal }) => ({ role, principal: keyOfPrincipal(principal) }))
const organizationOf = ({ policy: { organization } }: Offer): unknown => ({
  blob: organization.blob,
  heldBackTo: organization.heldBackTo,
})
const byNumber = (a: number, b: number): number => a - b

interface Aspect {
  readonly name: string
  readonly of: (offer: Offer) => unknown
  /** Undefined: that it changed says enough, and what it is now stands above. */
  readonly shown?: (offer: Offer) => string
}

/** All that makes another digest. */
const aspects: readonly Aspect[] = [
  {
    name: 'Lease',
    of: ({ leaseSeconds }) => leaseSeconds,
    shown: ({ leaseSeconds }) => duration(leaseSeconds),
  },
  { name: 'Who would use it, or what it gives', of: bindingsOf },
  {
    name: 'Sessions may outlive it by',
    of: ({ residualSeconds }) => residualSeconds,
    shown: ({ residualSeconds }) => duration(residualSeconds),
  },
  { name: 'Whether the cloud ends it by itself', of: ({ selfExpiring }) => selfExpiring },
  { name: 'What ends it', of: (offer) => until(offer), shown: until },
  {
    name: 'The commit it is for',
    of: ({ boundHead }) => boundHead,
    shown: ({ boundHead }) => (boundHead === undefined ? 'any' : code(boundHead)),
  },
  {
    name: 'Who approves',
    of: ({ approval }) => approval,
    shown: ({ approval }) => approvalInWords(approval),
  },
  {
    name: 'Who worked on it, and so does not approve it',
    of: ({ separated, separationUnproven }) => [
      [...separated].toSorted(byNumber),
      separationUnproven,
    ],
  },
  {
    name: 'The label or team whose removal ends it',
    of: ({ label, team }) => ({ label: label?.toLowerCase(), team: team?.id }),
  },
  { name: "The organization's policy", of: organizationOf },
  { name: "The repository's policy", of: ({ policy }) => policy.repository?.blob },
]

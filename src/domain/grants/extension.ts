import type { Grant, Offer } from './types.ts'

/**
 * The offer of a longer lease: what policy offers now, on the ground that the grant was given for. All that ends the
 * grant goes on ending it, and nobody who was kept from approving it may approve that it goes on.
 */
export function extensionOf(grant: Grant, offered: Offer): Offer {
  const former = grant.revision.offer
  const { cause, askedAt, trigger, rule, label, team } = former
  return {
    ...offered,
    ...{ cause, askedAt, trigger, rule, label, team },
    // NB: a rule may have come to break the glass since: without an approval that is no reason to go on.
    breakGlass: offered.breakGlass ?? former.breakGlass,
    until: both(offered.until, former.until),
    boundHead: offered.boundHead ?? former.boundHead,
    separated: isSeparate(offered) ? both(offered.separated, former.separated) : offered.separated,
  }
}

const isSeparate = ({ approval }: Offer): boolean => approval !== 'none' && approval.separate

const both = <T>(one: readonly T[], other: readonly T[]): readonly T[] => [
  ...new Set([...one, ...other]),
]

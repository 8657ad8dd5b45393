// How much of what nobody recorded the end of is removed without asking a person.
import { sha256Hex } from '../log/canonical.ts'
import type { Judged } from './judge-found.ts'

/** After a restore nothing is removed unasked that no live grant of the ledger accounts for. */
export const allToAskAbout = (places: readonly JudgedPlace[]): ReadonlySet<Judged> =>
  new Set(places.flatMap(({ judged }) => judged.filter(isRemoved)))

/** Whether it is taken away, unless a person has to be asked. */
export const isRemoved = ({ verdict }: Judged): boolean =>
  verdict === 'ended' || verdict === 'expired' || verdict === 'orphan'

/** In a day, over all places. More of them is a ledger that has forgotten, not a mishap. */
export const unaskedMax = 5
/** Of what stands in one place and is ours. One alone always passes: a share of little says little. */
const unaskedShareMax = 1 / 5

/** What was found in one place. */
export interface JudgedPlace {
  readonly placeId: string
  readonly judged: readonly Judged[]
}

/**
 * The orphans that wait for a person. `unaskedLately`: how many were removed unasked within the last day. What is
 * expired takes nothing from anybody and does not count, nor does what ended.
 */
export function orphansToAskAbout(
  places: readonly JudgedPlace[],
  unaskedLately: number,
): ReadonlySet<Judged> {
  const all = places.flatMap(orphansOf)
  if (all.length + unaskedLately > unaskedMax) return new Set(all)
  return new Set(places.filter(isMuchOf).flatMap(orphansOf))
}

const orphansOf = ({ judged }: JudgedPlace): readonly Judged[] =>
  judged.filter(({ verdict }) => verdict === 'orphan')

function isMuchOf(place: JudgedPlace): boolean {
  const orphans = orphansOf(place).length
  const inHand = place.judged.filter(({ verdict }) => verdict === 'in-hand').length
  return orphans > 1 && orphans > (orphans + inHand) * unaskedShareMax
}

/** Names exactly this set, in whatever order it was found: 16 hex digits. */
export const digestOf = (orphans: Iterable<Judged>): string =>
  sha256Hex([...orphans].map(wordsOf).toSorted().join('\n')).slice(0, 16)

const wordsOf = ({ id, found }: Judged): string =>
  JSON.stringify([found.lane.id, id, found.binding.endsAt])

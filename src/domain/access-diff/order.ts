// How two versions of the same thing relate: whether the second gives more than the first.
import { canonicalJson } from '../log/canonical.ts'

/** `other`: more in one way and less in another, or not comparable. Whoever guards against more treats it as more. */
export type Order = 'same' | 'wider' | 'narrower' | 'other'

export const gives = (order: Order): boolean => order === 'wider' || order === 'other'

export const combined = (orders: Iterable<Order>): Order => {
  const seen = new Set([...orders].filter((order) => order !== 'same'))
  const [only] = seen
  if (only === undefined) return 'same'
  return seen.size === 1 ? only : 'other'
}

export const reversed = (order: Order): Order =>
  order === 'wider' ? 'narrower' : order === 'narrower' ? 'wider' : order

/** More members give more. Members are compared by their content. */
export function ofSets(before: Iterable<unknown>, after: Iterable<unknown>): Order {
  const [old, now] = [keysOf(before), keysOf(after)]
  const added = [...now].some((key) => !old.has(key))
  const removed = [...old].some((key) => !now.has(key))
  if (added && removed) return 'other'
  if (added) return 'wider'
  return removed ? 'narrower' : 'same'
}

/** What stands in both, in the second one's order. */
export function common<T>(before: Iterable<T>, after: Iterable<T>): readonly T[] {
  const old = keysOf(before)
  return [...after].filter((each) => old.has(canonicalJson(each)))
}

const keysOf = (members: Iterable<unknown>): ReadonlySet<string> =>
  new Set([...members].map((member) => canonicalJson(member)))

/** More of it gives more. `undefined` is without limit. */
export function ofNumbers(before: number | undefined, after: number | undefined): Order {
  const [old, now] = [before ?? Infinity, after ?? Infinity]
  return old === now ? 'same' : now > old ? 'wider' : 'narrower'
}

export const ofFlags = (before: boolean, after: boolean): Order =>
  before === after ? 'same' : after ? 'wider' : 'narrower'

export const ofContent = (before: unknown, after: unknown): Order =>
  canonicalJson(before ?? null) === canonicalJson(after ?? null) ? 'same' : 'other'

// What AWS's answers are held to: whole, and to the last page.
import { CloudError } from '../../../domain/errors.ts'
import type { Answer } from '../exchange.ts'

/** A field that AWS always sends. Without it the answer proves nothing. */
export function complete<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new CloudError('transient', `AWS: ${what} was answered in part`)
  return value
}

/** Goes on while AWS says that there is more. The evidence is the first page's: nothing is said to be seen too late. */
export async function allPages<
  Page extends { readonly IsTruncated?: boolean | undefined; readonly Marker?: string | undefined },
>(
  what: string,
  read: (marker: { Marker?: string }) => Promise<Answer<Page>>,
): Promise<Answer<Page[]>> {
  const first = await read({})
  if (!first.found) return { found: undefined, evidence: first.evidence }
  const pages = [first.found]
  for (let last = first.found; complete(last.IsTruncated, what);) {
    const next = await read({ Marker: complete(last.Marker, what) })
    if (!next.found) return { found: undefined, evidence: next.evidence }
    pages.push(next.found)
    last = next.found
  }
  return { found: pages, evidence: first.evidence }
}

export const mapFound = <T, R>(
  { found, evidence }: Answer<T>,
  map: (found: T) => R,
): Answer<R> => ({
  found: found === undefined ? undefined : map(found),
  evidence,
})

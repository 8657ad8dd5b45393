// What a rule makes of the changed paths: whether it applies, and which values they give its role's parameters.
import { globMatcher, type Steps } from './globs.ts'
import { capturer } from './path-globs.ts'
import type { Facts, RoleDefinition, Rule } from './types.ts'

/** By parameter name, each value once, in order. */
export type Values = ReadonlyMap<string, readonly string[]>

/** `unknown`: there are too many paths to be sure, or none were read. */
export type PathMatch =
  | { readonly kind: 'any' }
  | { readonly kind: 'unmatched' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'matched'; readonly path: string; readonly values: Values }

/** Of matching, for one ask: up to a second, in which this process does nothing else. Others chose globs and paths. */
export const matchStepsMax = 10_000_000

export function matchPaths(
  { when: { paths } }: Rule,
  role: RoleDefinition | undefined,
  { changedPaths, current }: Pick<Facts, 'changedPaths' | 'current'>,
  steps: Steps,
): PathMatch {
  if (paths === undefined) return { kind: 'any' }
  // An issue changes nothing.
  if (current.kind === 'issue') return { kind: 'unmatched' }
  if (changedPaths === undefined || changedPaths.truncated) return { kind: 'unknown' }
  const wanted = new Set((role?.parameters ?? []).map(({ name }) => name))
  const match = gather(paths, changedPaths.paths, wanted, steps)
  return steps.left < 0 ? { kind: 'unknown' } : match
}

function gather(
  {
    include,
    exclude,
  }: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  paths: readonly string[],
  wanted: ReadonlySet<string>,
  steps: Steps,
): PathMatch {
  const left = globMatcher(exclude)
  const taken = include.map(capturer)
  const values = new Map([...wanted].map((name) => [name, new Set<string>()]))
  let first: string | undefined
  for (const path of paths) {
    if (left(path, steps)) continue
    for (const take of taken) {
      const captured = take(path, steps)
      if (captured === undefined) continue
      first ??= path
      for (const [name, value] of Object.entries(captured)) values.get(name)?.add(value)
    }
    // Without parameters one path is enough.
    if (first !== undefined && wanted.size === 0) break
  }
  if (first === undefined) return { kind: 'unmatched' }
  const sorted = [...values].map(([name, set]) => [name, [...set].sort()] as const)
  return { kind: 'matched', path: first, values: new Map(sorted) }
}

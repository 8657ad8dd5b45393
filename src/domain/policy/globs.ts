import picomatch from 'picomatch'

/** What a segment may hold: enough to name files, nothing that becomes a regular expression's group or repetition. */
const segmentPattern = /^[^()|\\!^$\p{C}]+$/u
const wildcardsPerSegmentMax = 3
const globLengthMax = 200

/** Why this glob is refused, as what to write instead; undefined when it is good. */
export function globProblem(glob: string): string | undefined {
  if (glob.length > globLengthMax) return `write at most ${globLengthMax} characters`
  if (glob.startsWith('/')) return 'write it without the leading `/`: paths start at the repository'
  for (const segment of glob.split('/')) {
    const problem = segment === '**' ? undefined : segmentProblem(segment)
    if (problem !== undefined) return problem
  }
  return undefined
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'write a glob without empty parts between its slashes'
  if (!segmentPattern.test(segment))
    return 'write a glob of names, `*`, `**`, `?`, `[a-z]` and `{a,b}`'
  if (segment.includes('**')) return 'write `**` alone between slashes: `services/**/api`'
  if (!balanced(segment)) return 'write `{` and `[` with their ends, and without `/` between them'
  // NB: matching time grows with the power of this number, and a pull request's author chooses the paths.
  if (segment.replaceAll(/[^*?]/g, '').length > wildcardsPerSegmentMax)
    return `write at most ${wildcardsPerSegmentMax} wildcards between two slashes`
  return undefined
}

function balanced(segment: string): boolean {
  const bare = segment.replaceAll(/\[[^[\]]+\]/g, '').replaceAll(/\{[^{}]*\}/g, '')
  return !/[[\]{}]/.test(bare)
}

/** Whether the glob covers the path. Each part between slashes is matched alone, so the time stays small for any path. */
export function globMatches(
  glob: string,
  path: string,
  options: { nocase?: boolean } = {},
): boolean {
  if (globProblem(glob) !== undefined) return false
  const parts = path.split('/')
  let reached = new Set([0])
  for (const segment of glob.split('/')) {
    reached =
      segment === '**' ? allFrom(reached, parts.length) : step(reached, parts, segment, options)
    if (reached.size === 0) return false
  }
  return reached.has(parts.length)
}

/** `**` covers any number of parts, none included. */
function allFrom(reached: ReadonlySet<number>, end: number): Set<number> {
  const first = Math.min(...reached)
  return new Set(Array.from({ length: end - first + 1 }, (_, index) => first + index))
}

function step(
  reached: ReadonlySet<number>,
  parts: readonly string[],
  segment: string,
  { nocase = false }: { nocase?: boolean },
): Set<number> {
  const matches = picomatch(segment, {
    dot: true,
    nocase,
    noextglob: true,
    nonegate: true,
    regex: false,
    strictSlashes: true,
  })
  const next = new Set<number>()
  for (const index of reached) {
    const part = parts[index]
    if (part !== undefined && part !== '' && matches(part)) next.add(index + 1)
  }
  return next
}

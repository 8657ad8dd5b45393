// Globs over paths. NB: a repository's writers choose the globs and a pull request's author the paths, so nothing here
// may go back and try again: every position that can be reached is kept, and all steps are counted.

/** What a segment may hold: enough to name files. */
const segmentPattern = /^[^()|\\!^$\p{C}]+$/u
const wildcardsPerSegmentMax = 3
const globLengthMax = 200
/** File systems hold no longer name: what is longer in a tree is covered by `**` alone. */
const partLengthMax = 255
const remembered = 10_000

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
  if (bracesOf(segment).some((braces) => !braces.includes(',')))
    return 'write `{a,b}` with a comma between what may stand there'
  if (segment.replaceAll(/[^*?]/g, '').length > wildcardsPerSegmentMax)
    return `write at most ${wildcardsPerSegmentMax} wildcards between two slashes`
  return undefined
}

export const hasWildcard = (glob: string): boolean => /[*?[{]/.test(glob)

const bracesOf = (segment: string): readonly string[] =>
  segment.replaceAll(/\[[^[\]]+\]/g, 'x').match(/\{[^{}]*\}/g) ?? []

function balanced(segment: string): boolean {
  const bare = segment.replaceAll(/\[[^[\]]+\]/g, '').replaceAll(/\{[^{}]*\}/g, '')
  return !/[[\]{}]/.test(bare)
}

/** How many more steps may be taken. Below nothing, what is not covered yet is said not to be. */
export interface Steps {
  left: number
}

export type GlobMatcher = (path: string, steps: Steps) => boolean

/** Whether one of the globs covers a path. One that is refused covers nothing. */
export function globMatcher(
  globs: readonly string[],
  { nocase = false }: { readonly nocase?: boolean } = {},
): GlobMatcher {
  const cased = (text: string) => (nocase ? text.toLowerCase() : text)
  const segments = new Map<string, Walk>()
  const segmentOf = (segment: string): Walk => {
    const known = segments.get(segment) ?? (segment === '**' ? anyNumber : onePart(segment))
    segments.set(segment, known)
    return known
  }
  const all = globs
    .filter((glob) => globProblem(glob) === undefined)
    .map((glob) => cased(glob).split('/').map(segmentOf))
  return (path, steps) => {
    if (steps.left < 0) return false
    const parts = cased(path).split('/')
    return all.some((glob) => coversAll(glob, parts, steps))
  }
}

/** As `globMatcher`, for one glob and a short name. */
export const globMatches = (
  glob: string,
  path: string,
  options: { readonly nocase?: boolean } = {},
): boolean => globMatcher([glob], options)(path, { left: 1_000_000 })

/** From the places of a text that were reached to those reached after one more piece of the glob. */
type Walk = (reached: Places, items: readonly string[], steps: Steps) => Places
/** Indexes between a text's items, ascending, none twice. */
type Places = readonly number[]

function coversAll(walks: readonly Walk[], items: readonly string[], steps: Steps): boolean {
  return walkAll(walks, [0], items, steps).at(-1) === items.length
}

function walkAll(
  walks: readonly Walk[],
  from: Places,
  items: readonly string[],
  steps: Steps,
): Places {
  let reached = from
  for (const walk of walks) {
    if (reached.length === 0 || steps.left < 0) return []
    reached = walk(reached, items, steps)
    steps.left -= reached.length + 1
  }
  return reached
}

/** `**` covers any number of parts, none included, and `*` any number of characters. */
const anyNumber: Walk = ([first = 0], { length }) =>
  Array.from({ length: length - first + 1 }, (_, index) => first + index)

const one =
  (fits: (item: string, steps: Steps) => boolean): Walk =>
  (reached, items, steps) => {
    const next: number[] = []
    for (const index of reached) {
      const item = items[index]
      if (item !== undefined && fits(item, steps)) next.push(index + 1)
    }
    steps.left -= reached.length
    return next
  }

/** A file's or directory's name, matched alone; each name once. */
function onePart(segment: string): Walk {
  if (!hasWildcard(segment)) return one((part) => part === segment)
  const walks = pieces(segment)
  const [start = ''] = /^[^*?[{]*/.exec(segment) ?? []
  const [end = ''] = /[^*?\]}]*$/.exec(segment) ?? []
  const known = new Map<string, boolean>()
  return one((part, steps) => {
    if (part === '' || part.length > partLengthMax) return false
    // Most names fall here, at the cost of one look.
    if (!part.startsWith(start) || !part.endsWith(end)) return false
    const before = known.get(part)
    if (before !== undefined) return before
    const covered = coversAll(walks, [...part], steps)
    if (known.size < remembered && steps.left >= 0) known.set(part, covered)
    return covered
  })
}

/** `*`, `?`, `[…]`, `{…,…}` or one character. */
const piecePattern = /\[[^[\]]+\]|\{(?:\[[^[\]]+\]|[^{}])*\}|[^]/gu

const pieces = (text: string): readonly Walk[] => (text.match(piecePattern) ?? []).map(pieceOf)

function pieceOf(piece: string): Walk {
  if (piece === '*') return anyNumber
  if (piece === '?') return one(() => true)
  if (piece.length > 1 && piece.startsWith('[')) return one(classOf(piece.slice(1, -1)))
  if (piece.length > 1 && piece.startsWith('{')) return anyOf(piece.slice(1, -1))
  return one((character) => character === piece)
}

/** A `-` is itself at either end. */
function classOf(text: string): (character: string) => boolean {
  const ranges = [...text.matchAll(/([^])-([^])|([^])/gu)].map(
    ([, from, to, alone]) => [from ?? alone ?? '', to ?? alone ?? ''] as const,
  )
  return (character) => ranges.some(([from, to]) => from <= character && character <= to)
}

function anyOf(text: string): Walk {
  const branches = (text.match(/\[[^[\]]+\]|,|[^]/gu) ?? [])
    .reduce<string[]>(
      (parts, piece) =>
        piece === ',' ? [...parts, ''] : [...parts.slice(0, -1), (parts.at(-1) ?? '') + piece],
      [''],
    )
    .map(pieces)
  return (reached, items, steps) => {
    const ends = branches.flatMap((branch) => walkAll(branch, reached, items, steps))
    return [...new Set(ends)].toSorted((a, b) => a - b)
  }
}

import type { Eligible, Teams } from './types.ts'

/** Whether this person is named. Empty means nobody; a team that is not found is nobody's. */
export const isNamed = (people: readonly Eligible[], personId: number, teams: Teams): boolean =>
  people.some((entry) =>
    entry.kind === 'user' ? entry.id === personId : teams.get(entry.slug) === 'member',
  )

/** The slugs of the teams among these, in order, each once. */
export const teamsAmong = (
  people: Iterable<{ readonly kind: string; readonly slug?: string }>,
): readonly string[] => {
  const slugs = [...people].flatMap(({ kind, slug }) =>
    kind === 'team' && slug !== undefined ? [slug] : [],
  )
  return [...new Set(slugs)].toSorted()
}

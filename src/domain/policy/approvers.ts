// Who may say yes now: teams and people by name, and whoever is on call.
import type { Approval, Approver, Eligible, OnCallSource, Stage, Teams } from './types.ts'

/** By source name. `down`: it does not answer, and its stated fallback applies. */
export type OnCallNow = ReadonlyMap<string, readonly number[] | 'down'>

type Sources = ReadonlyMap<string, OnCallSource>

/** The sources that have to be asked before `stagesNaming` can tell. */
export const sourcesOf = (approval: Approval): readonly string[] => [
  ...new Set(
    stagesOf(approval).flatMap(({ by }) =>
      by.flatMap((entry) => (entry.kind === 'on-call' ? [entry.name] : [])),
    ),
  ),
]

/** The teams whose members may count, fallbacks included. */
export const approvingTeams = (approval: Approval, sources: Sources): readonly string[] => [
  ...new Set(
    stagesOf(approval)
      .flatMap(({ by }) => by.flatMap((entry) => [entry, ...fallbackOf(entry, sources)]))
      .flatMap((entry) => (entry.kind === 'team' ? [entry.slug] : [])),
  ),
]

/** Which stages name this person now, the first being 0. Membership that was not read names nobody. */
export const stagesNaming = (
  approval: Approval,
  personId: number,
  teams: Teams,
  onCall: { readonly sources: Sources; readonly now: OnCallNow },
): readonly number[] =>
  stagesOf(approval).flatMap((stage, index) =>
    stage.by.some((entry) => names(entry, personId, teams, onCall)) ? [index] : [],
  )

const stagesOf = (approval: Approval): readonly Stage[] =>
  approval === 'none' ? [] : approval.stages

function names(
  entry: Approver,
  personId: number,
  teams: Teams,
  onCall: { readonly sources: Sources; readonly now: OnCallNow },
): boolean {
  switch (entry.kind) {
    case 'user':
      return entry.id === personId
    case 'team':
      return teams.get(entry.slug) === 'member'
    case 'on-call': {
      const people = onCall.now.get(entry.name) ?? 'down'
      if (people !== 'down') return people.includes(personId)
      return fallbackOf(entry, onCall.sources).some((each) => names(each, personId, teams, onCall))
    }
    default:
      return entry satisfies never
  }
}

/** Who stands in while the source is down. A list is never down, and an unknown source has nobody. */
function fallbackOf(entry: Approver, sources: Sources): readonly Eligible[] {
  if (entry.kind !== 'on-call') return []
  const source = sources.get(entry.name)
  return source?.kind === 'http' ? source.fallback : []
}

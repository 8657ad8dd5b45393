// Whether a ledger is where it was noted to be. What is copied, restored or moved is somewhere else, and only a person
// knows which of two is to go on.
import type { Instant } from '../time.ts'

/** What tells where a ledger runs, as one process finds it. */
export interface Seat {
  /** What Postgres calls its cluster: copied with its files, made anew with a dump. Null where it may not be asked. */
  readonly system: string | null
  /** The database's number in its cluster: another one for each copy. */
  readonly database: string
  /** A hash of the address, or of the directory, that it is reached by. Null where nobody said. */
  readonly place: string | null
}

/** Where it was when it was first started, or last claimed. */
export interface NotedSeat extends Pick<Seat, 'system' | 'database'> {
  /** Several where a person said that they lead to the same ledger. Empty until one is known. */
  readonly places: readonly string[]
  /** The App that it works for. Null until one is known. */
  readonly app: number | null
}

export type Elsewhere = 'another-database' | 'another-place' | 'another-app'

/**
 * - `another-…`: it is started elsewhere than it was noted.
 * - `history-lost`: what somebody has seen recorded in it is not there any more, or something else is.
 * - `renamed`: it became another instance while this process ran.
 */
export type UnclaimedWhy = Elsewhere | 'history-lost' | 'renamed'

/** Why nobody may act on a ledger. */
export interface Unclaimed {
  readonly why: UnclaimedWhy
  readonly since: Instant
}

/** Undefined: it is where it was noted, as far as both sides can tell. */
export function judgeSeat(
  noted: NotedSeat,
  here: Seat,
  app: number | undefined,
): Elsewhere | undefined {
  if (noted.database !== here.database || isOther(noted.system, here.system))
    return 'another-database'
  if (here.place !== null && noted.places.length > 0 && !noted.places.includes(here.place))
    return 'another-place'
  return app !== undefined && isOther(noted.app, app) ? 'another-app' : undefined
}

const isOther = <T>(one: T | null, other: T | null): boolean =>
  one !== null && other !== null && one !== other

/** As it is noted at the first start: what is not known yet is filled in, and nothing is replaced. */
export const completed = (
  noted: NotedSeat | undefined,
  { system, database, place }: Seat,
  app: number | undefined,
): NotedSeat => ({
  system: noted === undefined ? system : noted.system,
  database: noted?.database ?? database,
  places: noted !== undefined && noted.places.length > 0 ? noted.places : placesOf(place),
  app: noted?.app ?? app ?? null,
})

/** As it is noted when a person claims it here. Another address of the same database joins those that lead there. */
export function claimedAt(noted: NotedSeat | undefined, here: Seat): NotedSeat {
  const isSame =
    noted !== undefined && noted.database === here.database && !isOther(noted.system, here.system)
  const former = isSame ? noted.places : []
  return {
    system: here.system,
    database: here.database,
    places: [...new Set([...former, ...placesOf(here.place)])],
    app: null,
  }
}

const placesOf = (place: string | null): readonly string[] => (place === null ? [] : [place])

// Reads every place, and what the ledger knows of what is found there. Changes nothing.
import { CloudError } from '../../domain/errors.ts'
import { cloudTitles } from '../../domain/lanes/clouds.ts'
import { idsOf, judgeFound, type Judged } from '../../domain/lanes/judge-found.ts'
import { allToAskAbout, orphansToAskAbout } from '../../domain/lanes/orphans.ts'
import { placeId, type Listing, type Place } from '../../domain/lanes/places.ts'
import type { CloudRole, Evidence } from '../../domain/lanes/types.ts'
import { hourMs, type Instant } from '../../domain/time.ts'
import type { CallGuard } from '../ports.ts'
import type { ReconcileDeps } from './deps.ts'
import { placesToLookAt, type Sites } from './places-to-look-at.ts'
import { wordsOf } from '../../domain/redact.ts'

export interface Looked {
  readonly placeId: string
  readonly judged: readonly Judged[]
  readonly evidence: Evidence
}
export interface Unread {
  readonly placeId: string
  readonly why: string
}

export interface Survey {
  readonly looked: readonly Looked[]
  readonly unread: readonly Unread[]
  /** What waits for a person: orphans, and after a restore whatever would be removed. */
  readonly asked: ReadonlySet<Judged>
  /** Since which claim of the ledger nobody has said what may go. */
  readonly asksSince: Instant | undefined
}

/** One that hangs keeps no other from being looked at for longer. */
const placeMsMax = 60_000

export async function lookAround(deps: ReconcileDeps, guard: CallGuard): Promise<Survey> {
  const sites = await placesToLookAt(deps)
  const { places, policyUnread } = sites
  const byCloud = Map.groupBy(places, ({ cloud }) => cloud)
  const results = await Promise.all(
    [...byCloud.values()].map((its) => oneByOne(its, (place) => look(deps, place, sites, guard))),
  )
  const all = results.flat()
  const looked = all.flatMap((each) => ('judged' in each ? [each] : []))
  const unread = all.flatMap((each) => ('why' in each ? [each] : []))
  const lately = await deps.ledger.adoptedSince(deps.clock.now() - 24 * hourMs)
  const asksSince = await deps.ledger.seat.asksSince()
  return {
    looked,
    unread: [
      ...(policyUnread === undefined ? [] : [{ placeId: 'policy', why: policyUnread }]),
      ...unread,
    ],
    asked: asksSince === undefined ? orphansToAskAbout(looked, lately) : allToAskAbout(looked),
    asksSince,
  }
}

async function oneByOne<T, R>(all: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const each of all) results.push(await work(each))
  return results
}

async function look(
  deps: ReconcileDeps,
  place: Place,
  { roles, named }: Sites,
  guard: CallGuard,
): Promise<Looked | Unread> {
  const id = placeId(place)
  const cloud = (await deps.clouds).get(place.cloud)
  if (cloud === undefined)
    return { placeId: id, why: `Hallpass is not connected to ${cloudTitles[place.cloud]}.` }
  const before = deps.clock.now()
  try {
    const signal = AbortSignal.any([guard.signal, AbortSignal.timeout(placeMsMax)])
    const listing = await cloud.list(place, { ...guard, signal })
    return await judge(deps, id, listing, roles, before - cloud.lagMs)
  } catch (error) {
    // Stopping, or the claim is lost: nothing is concluded from that.
    if (guard.signal.aborted) throw error
    if (isGone(place, error) && !named.has(id)) {
      deps.log.info('place.gone', { place: id })
      return { placeId: id, judged: [], evidence: { requestId: undefined, cloudAt: before } }
    }
    deps.log.warn('place.unread', { place: id, error })
    return { placeId: id, why: wordsOf(error) }
  }
}

/** What stood there went with it. An account that lists nothing is none, and of projects Google does not tell. */
const isGone = (place: Place, error: unknown): boolean =>
  error instanceof CloudError &&
  error.kind === 'missing' &&
  place.cloud !== 'gcp' &&
  !(place.cloud === 'aws' && place.kind === 'account')

/** NB: the ledger is read after the cloud: what was put there meanwhile was noted before, so none of it is an orphan. */
async function judge(
  { ledger }: ReconcileDeps,
  id: string,
  { found, evidence }: Listing,
  roles: readonly CloudRole[],
  provenBefore: number,
): Promise<Looked> {
  const known = await ledger.knownBindings([...new Set(found.flatMap(idsOf))])
  const knowledge = {
    instance: ledger.instance,
    bindings: new Map(known.map((binding) => [binding.id, binding])),
    roles,
    cloudAt: evidence.cloudAt,
    provenBefore,
  }
  const judged = found.flatMap((each) => judgeFound(each, knowledge) ?? [])
  return { placeId: id, judged, evidence }
}

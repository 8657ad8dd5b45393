// What an operator is told of it: the same on the command line and over the admin channel.
import { whatOf } from '../../domain/lanes/alarms.ts'
import type { Judged, Verdict } from '../../domain/lanes/judge-found.ts'
import { digestOf } from '../../domain/lanes/orphans.ts'
import type { Looked, Survey, Unread } from './look-around.ts'

export interface Reconciled {
  /**
   * `looked`: nothing was done, as nobody asked for it. `refused`: the digest names another set than there is; nothing
   * was done. `busy`: somebody else is at it.
   */
  readonly kind: 'done' | 'looked' | 'refused' | 'busy'
  readonly places: readonly FoundThere[]
  /** `policy` as place: its roles were not looked for. */
  readonly unread: readonly Unread[]
  /** Names the orphans that wait for a person; null when none does. */
  readonly digest: string | null
}

export interface FoundThere {
  readonly placeId: string
  readonly found: readonly {
    readonly id: string
    readonly laneId: string
    readonly what: string
    /** `waits`: an orphan that a person has to be asked about. */
    readonly verdict: Verdict | 'waits'
  }[]
}

export function reconciledOf(
  kind: Exclude<Reconciled['kind'], 'busy'>,
  { looked, unread, asked }: Survey,
  removed: boolean,
): Reconciled {
  const waits = removed ? new Set<Judged>() : asked
  return {
    kind,
    places: looked.map((each) => foundIn(each, waits)),
    unread,
    digest: waits.size === 0 ? null : digestOf(waits),
  }
}

const foundIn = ({ placeId, judged }: Looked, waits: ReadonlySet<Judged>): FoundThere => ({
  placeId,
  found: judged.map((each) => ({
    id: each.id,
    laneId: each.found.lane.id,
    what: whatOf(each),
    verdict: waits.has(each) ? 'waits' : each.verdict,
  })),
})

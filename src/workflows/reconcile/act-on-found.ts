// What follows from what was found in one place, in one transaction: lanes to converge, bindings to adopt, alarms.
import { alarmsOf, type Alarm } from '../../domain/lanes/alarms.ts'
import type { Judged } from '../../domain/lanes/judge-found.ts'
import { isRemoved } from '../../domain/lanes/orphans.ts'
import type { By } from '../../domain/grants/types.ts'
import type { NewEvent } from '../../domain/log/types.ts'
import { retryingConflicts } from '../decide-all.ts'
import { commitAndNudge } from '../deps.ts'
import type { Claim } from '../ports.ts'
import type { ReconcileDeps } from './deps.ts'
import type { Looked } from './look-around.ts'

export interface Leave {
  /** Orphans that wait for a person. */
  readonly asked: ReadonlySet<Judged>
  /** Who said that exactly those go. Undefined: nobody did, and they stay. */
  readonly by: By | undefined
}

type Adopting = Judged & { readonly verdict: 'ended' | 'expired' | 'orphan' }

export async function actOnFound(
  deps: ReconcileDeps,
  claim: Claim,
  looked: Looked,
  leave: Leave,
): Promise<void> {
  const { placeId, judged } = looked
  const waiting = judged.filter((each) => leave.asked.has(each) && leave.by === undefined)
  const adopting = judged.filter(
    (each): each is Adopting => isRemoved(each) && !waiting.includes(each),
  )
  const inHand = judged.filter(({ verdict }) => verdict === 'in-hand')
  await retryingConflicts(async () => {
    const now = deps.clock.now()
    const former = (await deps.ledger.alarms()).filter((alarm) => alarm.placeId === placeId)
    const alarms = changeOf(former, alarmsOf(placeId, judged, waiting, now))
    await commitAndNudge(deps, {
      now,
      claim,
      adopted: adopting.map((each) => adoption(each, leave)),
      dirtyLanes: [...new Set([...adopting, ...inHand].map(({ found }) => found.lane.id))],
      alarms,
      events: [...adopting.map((each) => adopted(each, looked, leave)), ...alarmEvents(alarms)],
    })
    tell(deps, adopting, alarms)
  })
}

/** Of the place, or of places that nobody looks at any more. */
export function changeOf(former: readonly Alarm[], now: readonly Alarm[]) {
  const [before, after] = [idsOf(former), idsOf(now)]
  return {
    raised: now.filter(({ id }) => !before.has(id)),
    over: former.flatMap(({ id }) => (after.has(id) ? [] : [id])),
  }
}

const idsOf = (alarms: readonly Alarm[]) => new Set(alarms.map(({ id }) => id))

const adoption = (each: Adopting, { asked }: Leave) => ({
  binding: { ...each.found.binding, id: each.id },
  lane: each.found.lane,
  unasked: each.verdict === 'orphan' && !asked.has(each),
})

const adopted = (each: Adopting, { evidence }: Looked, { asked, by }: Leave): NewEvent => ({
  stream: `lane:${each.found.lane.id}`,
  event: {
    type: 'binding.adopted',
    bindingId: each.id,
    laneId: each.found.lane.id,
    because: each.verdict,
    by: asked.has(each) && by !== undefined ? by : { kind: 'hallpass' },
    evidence,
  },
})

export const alarmEvents = ({ raised, over }: ReturnType<typeof changeOf>): readonly NewEvent[] => [
  ...raised.map((alarm) => ({
    stream: 'instance',
    event: { type: 'alarm.raised', alarm } as const,
  })),
  ...over.map((id) => ({ stream: 'instance', event: { type: 'alarm.over', id } as const })),
]

function tell(
  { log }: ReconcileDeps,
  adopting: readonly Adopting[],
  { raised, over }: ReturnType<typeof changeOf>,
): void {
  for (const { id, verdict, found } of adopting)
    log.warn('binding.adopted', { lane: found.lane.id, binding: id, because: verdict })
  for (const { id, placeId } of raised) log.warn('alarm.raised', { alarm: id, place: placeId })
  for (const id of over) log.info('alarm.over', { alarm: id })
}

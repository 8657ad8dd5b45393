// Looks around in every place where something of ours may stand, and sets right what is on record. What is not, above
// a number or a share, waits for a person who names exactly what is to go.
import type { By } from '../../domain/grants/types.ts'
import { digestOf } from '../../domain/lanes/orphans.ts'
import type { CallGuard } from '../ports.ts'
import { underClaim, type Held } from '../under-claim.ts'
import { actOnFound, alarmEvents, changeOf } from './act-on-found.ts'
import type { ReconcileDeps } from './deps.ts'
import { lookAround, type Survey } from './look-around.ts'
import { reconciledOf, type Reconciled } from './reconciled.ts'

export interface ReconcileAsked {
  readonly dryRun: boolean
  /** The digest of what waits and is to go. */
  readonly remove: string | undefined
  readonly by: By
}

export async function reconcile(deps: ReconcileDeps, asked: ReconcileAsked): Promise<Reconciled> {
  if (asked.dryRun) return reconciledOf('looked', await lookAround(deps, freeGuard(deps)), false)
  const outcome = await underClaim(deps, 'reconcile', (held) => reconcileNow(deps, held, asked))
  return outcome === 'busy' ? { kind: 'busy', places: [], unread: [], digest: null } : outcome
}

export async function reconcileNow(
  deps: ReconcileDeps,
  held: Held,
  asked: Pick<ReconcileAsked, 'remove' | 'by'>,
): Promise<Reconciled> {
  const survey = await lookAround(deps, held.guard)
  const named = asked.remove !== undefined
  // NB: exactly what the person saw: what has come since is not theirs to have removed unseen.
  if (named && (survey.asked.size === 0 || digestOf(survey.asked) !== asked.remove))
    return reconciledOf('refused', survey, false)
  const leave = { asked: survey.asked, by: named ? asked.by : undefined }
  for (const looked of survey.looked) await actOnFound(deps, held.current(), looked, leave)
  await forgetPlaces(deps, held, survey)
  await confirmRestored(deps, survey, named)
  deps.log.info('reconcile.done', {
    places: survey.looked.length,
    unread: survey.unread.length,
    waiting: named ? 0 : survey.asked.size,
  })
  return reconciledOf('done', survey, named)
}

/** NB: not while a place could not be read: what stands there has not been asked about. */
async function confirmRestored(
  { ledger }: ReconcileDeps,
  { asksSince, asked, unread }: Survey,
  named: boolean,
): Promise<void> {
  if (asksSince === undefined || unread.length > 0) return
  if (named || asked.size === 0) await ledger.seat.asked(asksSince)
}

/** Alarms of places that are not looked at any more. One that could not be read keeps its own. */
async function forgetPlaces(deps: ReconcileDeps, held: Held, survey: Survey): Promise<void> {
  // The policy may name places that are not known while it cannot be read.
  if (survey.unread.some(({ placeId }) => placeId === 'policy')) return
  const places = new Set([...survey.looked, ...survey.unread].map(({ placeId }) => placeId))
  const left = (await deps.ledger.alarms()).filter(({ placeId }) => !places.has(placeId))
  if (left.length === 0) return
  const alarms = changeOf(left, [])
  const now = deps.clock.now()
  await deps.ledger.commit({ now, claim: held.current(), alarms, events: alarmEvents(alarms) })
}

/** Looking needs no claim: nothing is written. */
const freeGuard = ({ stopping }: ReconcileDeps): CallGuard => ({
  signal: stopping,
  check: () => stopping.throwIfAborted(),
})

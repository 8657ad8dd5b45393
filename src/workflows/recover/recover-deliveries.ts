// Deliveries that never arrived, and those that failed, are asked for once more. They come in as any other does.
import { askedFor, isDue, type LostDelivery } from '../../domain/deliveries/judge-attempts.ts'
import { GitHubError } from '../../domain/errors.ts'
import { secondMs, type Instant } from '../../domain/time.ts'
import type { Commit } from '../ports.ts'
import type { Held } from '../under-claim.ts'
import type { RecoverDeps } from './deps.ts'
import { findLost } from './find-lost.ts'

/** What an outage lost must not come back as a flood. */
const asksInRoundMax = 50
const nextRoundMs = 30 * secondMs

/** When to go on. Undefined: nothing is left to ask for now. */
export async function recoverDeliveries(
  deps: RecoverDeps,
  held: Held,
): Promise<Instant | undefined> {
  const now = deps.clock.now()
  const { changed, all } = await findLost(deps, now)
  held.guard.check()
  await record(deps, held, { readTo: now, lost: changed })
  for (const each of changed) tell(deps, each)
  const due = all.filter((each) => isDue(each, now))
  for (const each of due.slice(0, asksInRoundMax)) await ask(deps, held, each)
  if (due.length <= asksInRoundMax) return undefined
  return deps.clock.now() + Math.min(nextRoundMs, deps.timing.recoverEveryMs)
}

const record = (deps: RecoverDeps, held: Held, recovery: NonNullable<Commit['recovery']>) =>
  deps.ledger.commit({ now: deps.clock.now(), claim: held.current(), recovery })

function tell({ log }: RecoverDeps, { guid, event, asked, state }: LostDelivery): void {
  const told = { delivery: guid, event, asked }
  if (state === 'given-up') log.error('delivery.lost', told)
  else if (state === 'open' && asked === 0) log.warn('delivery.missed', told)
  else if (state === 'over') log.info('delivery.recovered', told)
}

async function ask(deps: RecoverDeps, held: Held, lost: LostDelivery): Promise<void> {
  const asked = askedFor(lost, deps.clock.now(), deps.timing.recoverEveryMs)
  await record(deps, held, { lost: [asked] })
  held.guard.check()
  try {
    await deps.hooks.redeliver(lost.attemptId)
    deps.log.info('delivery.asked_again', { delivery: lost.guid, asked: asked.asked })
  } catch (error) {
    // What GitHub refuses of this one it refuses the next time too; anything else ends the round.
    const refused =
      error instanceof GitHubError && (error.kind === 'missing' || error.kind === 'invalid')
    if (!refused) throw error
    const givenUp = { ...asked, state: 'given-up' as const }
    await record(deps, held, { lost: [givenUp] })
    deps.log.warn('delivery.not_redelivered', { delivery: lost.guid, error })
    tell(deps, givenUp)
  }
}

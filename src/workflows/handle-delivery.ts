// One stored delivery: routed to its handler, then marked done; or failed, to be tried again.
import { DeliveryFault } from '../domain/errors.ts'
import type { Instant } from '../domain/time.ts'
import type { ClaimKey, StoredDelivery } from './ports.ts'
import { commitAndNudge, type Deps } from './deps.ts'
import { backoffMs } from './backoff.ts'
import { underClaim, type Held } from './under-claim.ts'
import { unheardIn } from './commands/unheard.ts'
import { tellingOf } from './undecided-request.ts'
import { wordsOf } from '../domain/redact.ts'

/** Routes a delivery to the handlers. Rejects when one of them failed. */
export type Receive = (
  delivery: { id: string; name: string; payload: unknown },
  held: Held,
) => Promise<void>

const attemptsMax = 12

export async function handleDelivery(deps: Deps, receive: Receive, id: string): Promise<void> {
  const delivery = await deps.ledger.delivery(id)
  if (delivery === undefined) return
  await underClaim(deps, claimKeyOf(delivery), async (held) => {
    // Read again: it may have been done while this waited for the claim, or have failed and been put off.
    const current = await deps.ledger.delivery(id)
    if (current === undefined || isPutOff(current, deps.clock.now())) return
    try {
      await receive({ id, name: current.event, payload: parse(current) }, held)
      await deps.ledger.commit({
        now: deps.clock.now(),
        claim: held.current(),
        delivery: { id, outcome: 'handled' },
      })
      deps.log.info('delivery.handled', { delivery: id, ...toldOf(deps, current) })
    } catch (error) {
      if (deps.stopping.aborted) return
      await (isHopeless(error)
        ? refused(deps, held, current, error)
        : failed(deps, held, current, error))
    }
  })
}

/**
 * NB: each of several processes that have it at hand would otherwise try it at once, and its attempts would be used up
 * within a moment in which GitHub fails. What never failed is tried whatever the clocks of two processes say.
 */
const isPutOff = ({ attempts, nextAt }: StoredDelivery, now: Instant): boolean =>
  attempts > 0 && nextAt > now

/** Deliveries of one subject are worked one at a time. */
const claimKeyOf = (delivery: StoredDelivery): ClaimKey =>
  `delivery:${delivery.subject ?? delivery.id}`

function parse({ body }: StoredDelivery): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    // NB: without the parser's own words, which quote the body.
    throw new DeliveryFault('the body is no JSON')
  }
}

/** What is wrong with the delivery itself is as wrong the next time. */
const isHopeless = (error: unknown): boolean =>
  error instanceof AggregateError ? error.errors.every(isHopeless) : error instanceof DeliveryFault

/** What it is, and how long ago it came. */
const toldOf = (deps: Deps, { event, receivedAt }: StoredDelivery) => ({
  event,
  ageMs: deps.clock.now() - receivedAt,
})

async function refused(
  deps: Deps,
  held: Held,
  delivery: StoredDelivery,
  error: unknown,
): Promise<void> {
  const { id, subject } = delivery
  const because = messageOf(error)
  deps.log.warn('delivery.refused', { delivery: id, ...toldOf(deps, delivery), error })
  await deps.ledger.commit({
    now: deps.clock.now(),
    claim: held.current(),
    delivery: { id, outcome: because, givenUp: true },
    events: [
      {
        stream: subject === undefined ? 'instance' : `subject:${subject}`,
        event: { type: 'delivery.refused', delivery: id, because },
      },
    ],
  })
}

async function failed(
  deps: Deps,
  held: Held,
  delivery: StoredDelivery,
  error: unknown,
): Promise<void> {
  const attempts = delivery.attempts + 1
  const now = deps.clock.now()
  const retryAt = attempts < attemptsMax ? now + backoffMs(attempts, 60_000) : null
  deps.log.warn('delivery.failed', {
    delivery: delivery.id,
    ...toldOf(deps, delivery),
    attempts,
    givenUp: retryAt === null,
    error,
  })
  const unheard = unheardIn(deps, error)
  const told = [tellingOf(deps, error), unheard]
  const telling = {
    events: told.flatMap(({ events }) => events),
    notices: told.flatMap(({ notices }) => notices),
    dirtySubjects: told.flatMap(({ dirtySubjects }) => dirtySubjects),
  }
  if (retryAt !== null || telling.events.length === 0)
    return deps.ledger.deliveryFailed(delivery.id, messageOf(error), retryAt, now)
  // Whoever waits for access hears that none will come, and whoever said something that it was not done.
  await commitAndNudge(deps, {
    now,
    claim: held.current(),
    delivery: { id: delivery.id, outcome: messageOf(error), givenUp: true },
    ...telling,
  })
  const which = unheard.events.length > 0 ? 'command.unheard' : 'request.undecided'
  deps.log.warn(which, { delivery: delivery.id, subject: delivery.subject })
}

/** The message alone: payloads and tokens never get into the ledger's error column. */
function messageOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return wordsOf(first)
}

// One stored delivery: routed to its handler, then marked done; or failed, to be tried again.
import type { ClaimKey, StoredDelivery } from './ports.ts'
import type { Deps } from './deps.ts'
import { backoffMs } from './backoff.ts'
import { underClaim } from './under-claim.ts'

/** Routes a delivery to the handlers. Rejects when one of them failed. */
export type Receive = (delivery: { id: string; name: string; payload: unknown }) => Promise<void>

const attemptsMax = 12

export async function handleDelivery(deps: Deps, receive: Receive, id: string): Promise<void> {
  const delivery = await deps.ledger.delivery(id)
  if (delivery === undefined) return
  await underClaim(deps, claimKeyOf(delivery), async (held) => {
    // Read again: it may have been done while this waited for the claim.
    const current = await deps.ledger.delivery(id)
    if (current === undefined) return
    try {
      await receive({ id, name: current.event, payload: parse(current) })
      await deps.ledger.commit({
        now: deps.clock.now(),
        claim: held.current(),
        delivery: { id, outcome: 'handled' },
      })
      deps.log.info('delivery.handled', { delivery: id, event: current.event })
    } catch (error) {
      if (deps.stopping.aborted) return
      await failed(deps, current, error)
    }
  })
}

/** Deliveries of one subject are worked one at a time. */
const claimKeyOf = (delivery: StoredDelivery): ClaimKey =>
  `delivery:${delivery.subject ?? delivery.id}`

const parse = (delivery: StoredDelivery): unknown =>
  JSON.parse(new TextDecoder().decode(delivery.body))

async function failed(deps: Deps, delivery: StoredDelivery, error: unknown): Promise<void> {
  const attempts = delivery.attempts + 1
  const now = deps.clock.now()
  const retryAt = attempts < attemptsMax ? now + backoffMs(attempts, 60_000) : null
  deps.log.warn('delivery.failed', {
    delivery: delivery.id,
    attempts,
    givenUp: retryAt === null,
    error,
  })
  await deps.ledger.deliveryFailed(delivery.id, messageOf(error), retryAt, now)
}

/** The message alone: payloads and tokens never get into the ledger's error column. */
function messageOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return (first instanceof Error ? first.message : 'unknown failure').slice(0, 500)
}

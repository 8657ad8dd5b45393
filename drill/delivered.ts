import type { Delivery } from '../sandbox/github/index.ts'

/** What an act of a person is told by. NB: a merge pushes as well, which is kept of the policy's repository alone. */
const tells = ({ event }: Delivery): boolean => event !== 'push'

/** When all of them were acknowledged; undefined while one was not. */
export function deliveredAt(deliveries: readonly Delivery[]): number | undefined {
  const times = deliveries.filter(tells).map(acknowledgedAt)
  return times.some((at) => at === undefined) ? undefined : Math.max(...times.map(Number))
}

/**
 * What was lost and never sent again, as `pull_request.closed`. What a process stored that died before it answered was
 * not lost, and nobody asks for it again.
 */
export const unheardOf = (deliveries: readonly Delivery[]): readonly string[] =>
  deliveries
    .filter((delivery) => tells(delivery) && delivery.state === 'dropped')
    .map(({ event, action }) => `${event}.${action}`)

const acknowledgedAt = ({ attempts }: Delivery): number | undefined =>
  attempts.find(({ statusCode }) => statusCode >= 200 && statusCode < 300)?.at

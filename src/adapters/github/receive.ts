// Probot routes deliveries to their handlers. Its HTTP server is never started.
import type { ApplicationFunction, Probot } from 'probot'
import { DeliveryFault } from '../../domain/errors.ts'

export interface Delivery {
  /** `X-GitHub-Delivery`. */
  readonly id: string
  /** `X-GitHub-Event`. */
  readonly name: string
  /** The parsed body of a delivery whose signature was verified. */
  readonly payload: unknown
}

/** Rejects with what the handler threw; with an AggregateError when several threw. */
export async function receive(probot: Probot, delivery: Delivery): Promise<void> {
  const { id, name, payload } = delivery
  if (!isObject(payload)) throw new DeliveryFault(`The delivery ${id} has no object as its payload`)
  try {
    await probot.receive({ id, name, payload } as Parameters<Probot['receive']>[0])
  } catch (error) {
    throw withoutDelivery(error)
  }
}

/** Handlers are registered only: nothing is served. */
export const load = (probot: Probot, app: ApplicationFunction): Promise<void> =>
  probot.load(app, { cwd: process.cwd(), addHandler: () => undefined })

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** NB: Probot hangs the whole delivery on every error, where the first log line would print it. */
function withoutDelivery(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return strip(error)
  const errors: unknown[] = error.errors.map(strip)
  return errors.length === 1 ? errors[0] : new AggregateError(errors, 'Several handlers failed')
}

function strip(error: unknown): unknown {
  if (isObject(error)) Reflect.deleteProperty(error, 'event')
  return error
}

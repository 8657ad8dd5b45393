// One delivery, simulated: through the translators of real ones, over what the file and the facts say.
import { z } from 'zod'
import { DeliveryFault } from '../../../domain/errors.ts'
import type { Policy } from '../../../domain/policy/types.ts'
import type { Signal } from '../../../domain/signals.ts'
import { toIso, type Instant } from '../../../domain/time.ts'
import { Assumptions } from '../../../workflows/simulate/known.ts'
import { simulate, type Simulated } from '../../../workflows/simulate/simulate.ts'
import { translate } from '../../webhooks/translate.ts'
import type { FactsFile } from './facts-file.ts'
import { knownOf } from './known-of.ts'

const payload = z.looseObject({ action: z.string().optional() })

/** A file for `simulate`. `name` is GitHub's `X-GitHub-Event`. */
export const eventFile = z.strictObject({ name: z.string().min(1), payload })
export type EventFile = z.output<typeof eventFile>

export interface SimulatedEvent {
  /** As `pull_request.closed`. */
  readonly event: string
  /** Null where the delivery is none of ours. */
  readonly signal: Signal | null
  readonly outcome:
    | Simulated
    | { readonly kind: 'not-handled'; readonly why: string }
    | { readonly kind: 'delivery-refused'; readonly why: string }
  readonly assumed: readonly string[]
}

export interface Given {
  readonly policy: Policy
  readonly facts: FactsFile
  /** Undefined: the moment of the act. */
  readonly at: Instant | undefined
}

export async function simulateEvent(
  { name, payload: body }: EventFile,
  { policy, facts, at }: Given,
): Promise<SimulatedEvent> {
  const assumed = new Assumptions()
  const event = body.action === undefined ? name : `${name}.${body.action}`
  const installation = assumed.or(body['installation'], { id: 1 }, 'the App is installed there')
  try {
    const translated = await translate(event, { ...body, installation }, 'simulated')
    if (translated.kind === 'not-handled')
      return without(event, { kind: 'not-handled', why: `Hallpass does not listen to ${event}.` })
    if (translated.kind === 'nothing')
      return without(event, { kind: 'nothing', why: 'It says nothing to Hallpass.' })
    const { signal } = translated
    const when = assumed.or(at, signal.at, `it is handled at once, at ${toIso(signal.at)}`)
    const known = knownOf(body, signal, facts, assumed)
    const outcome = await simulate(signal, { policy, known, now: when, assumed })
    return { event, signal, outcome, assumed: assumed.list() }
  } catch (error) {
    if (!(error instanceof DeliveryFault)) throw error
    return without(event, { kind: 'delivery-refused', why: error.message })
  }
}

/** It got no further, so nothing was assumed for it. */
const without = (event: string, outcome: SimulatedEvent['outcome']): SimulatedEvent => ({
  event,
  signal: null,
  outcome,
  assumed: [],
})

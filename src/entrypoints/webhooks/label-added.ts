import type { Context } from 'probot'
import { z } from 'zod'
import type { LabelAdded } from '../../domain/signals.ts'
import {
  causeOf,
  either,
  envelope,
  label as labelSchema,
  onEither,
  readPayload,
  signalBase,
} from './payload.ts'

export const labelAddedEvents = ['pull_request.labeled', 'issues.labeled'] as const
type Payload = Context<(typeof labelAddedEvents)[number]>['payload']

const event = 'labeled'
const schema = z.object({ ...envelope, ...either, label: labelSchema.nullish() })

/** GitHub tells of one act once: as `pull_request` or as `issues`, by what it is on. */
export function toLabelAdded(payload: Payload, delivery: string): LabelAdded | undefined {
  const read = readPayload(event, schema, payload)
  const { label } = read
  if (!label) return undefined
  const base = signalBase(event, read, delivery, onEither(event, read))
  return {
    type: 'LabelAdded',
    ...base,
    label: label.name,
    // Half a character, as a JSON text may hold it, is none that can be encoded.
    cause: causeOf('labeled', base, encodeURIComponent(label.name.toWellFormed())),
  }
}

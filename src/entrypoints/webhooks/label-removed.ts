import type { Context } from 'probot'
import { z } from 'zod'
import type { LabelRemoved } from '../../domain/signals.ts'
import {
  either,
  envelope,
  label as labelSchema,
  onEither,
  readPayload,
  signalBase,
} from './payload.ts'

export const labelRemovedEvents = ['pull_request.unlabeled', 'issues.unlabeled'] as const
type Payload = Context<(typeof labelRemovedEvents)[number]>['payload']

const event = 'unlabeled'
const schema = z.object({ ...envelope, ...either, label: labelSchema.nullish() })

/** Undefined for a delivery that does not say which label: standing is looked at again in any case. */
export function toLabelRemoved(payload: Payload, delivery: string): LabelRemoved | undefined {
  const read = readPayload(event, schema, payload)
  const { label } = read
  if (!label) return undefined
  const base = signalBase(event, read, delivery, onEither(event, read))
  return { type: 'LabelRemoved', ...base, label: label.name }
}

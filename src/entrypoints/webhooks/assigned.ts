import type { Context } from 'probot'
import { z } from 'zod'
import type { Assigned } from '../../domain/signals.ts'
import {
  account,
  causeOf,
  either,
  envelope,
  onEither,
  personOf,
  readPayload,
  signalBase,
} from './payload.ts'

export const assignedEvents = ['pull_request.assigned', 'issues.assigned'] as const
type Payload = Context<(typeof assignedEvents)[number]>['payload']

const event = 'assigned'
const schema = z.object({ ...envelope, ...either, assignee: account.nullish() })

/** Undefined for an account that is gone. */
export function toAssigned(payload: Payload, delivery: string): Assigned | undefined {
  const read = readPayload(event, schema, payload)
  const { assignee } = read
  if (!assignee) return undefined
  const base = signalBase(event, read, delivery, onEither(event, read))
  return {
    type: 'Assigned',
    ...base,
    assignee: personOf(assignee),
    cause: causeOf('assigned', base, assignee.id),
  }
}

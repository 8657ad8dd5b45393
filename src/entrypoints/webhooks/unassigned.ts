import type { Context } from 'probot'
import { z } from 'zod'
import type { Unassigned } from '../../domain/signals.ts'
import {
  account,
  either,
  envelope,
  onEither,
  personOf,
  readPayload,
  signalBase,
} from './payload.ts'

export const unassignedEvents = ['pull_request.unassigned', 'issues.unassigned'] as const
type Payload = Context<(typeof unassignedEvents)[number]>['payload']

const event = 'unassigned'
const schema = z.object({ ...envelope, ...either, assignee: account.nullish() })

/** Undefined for an account that is gone. */
export function toUnassigned(payload: Payload, delivery: string): Unassigned | undefined {
  const read = readPayload(event, schema, payload)
  const { assignee } = read
  if (!assignee) return undefined
  const base = signalBase(event, read, delivery, onEither(event, read))
  return { type: 'Unassigned', ...base, assignee: personOf(assignee) }
}

import type { Context } from 'probot'
import { z } from 'zod'
import type { BaseChanged } from '../../domain/signals.ts'
import { envelope, onPull, pullRequest, readPayload, signalBase } from './payload.ts'

export const baseChangedEvents = ['pull_request.edited'] as const
type Payload = Context<(typeof baseChangedEvents)[number]>['payload']

const schema = z.object({
  ...envelope,
  pull_request: pullRequest,
  changes: z.object({ base: z.unknown().optional() }).nullish(),
})

/** Undefined where the title or the text was edited. */
export function toBaseChanged(payload: Payload, delivery: string): BaseChanged | undefined {
  const read = readPayload('pull_request.edited', schema, payload)
  if (read.changes?.base === undefined || read.changes.base === null) return undefined
  return {
    type: 'BaseChanged',
    ...signalBase('pull_request.edited', read, delivery, onPull(read.pull_request)),
  }
}

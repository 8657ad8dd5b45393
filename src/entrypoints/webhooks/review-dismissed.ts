import type { Context } from 'probot'
import { z } from 'zod'
import type { ReviewDismissed } from '../../domain/signals.ts'
import { envelope, onPull, pullRequest, readPayload, signalBase } from './payload.ts'

export const reviewDismissedEvents = ['pull_request_review.dismissed'] as const
type Payload = Context<(typeof reviewDismissedEvents)[number]>['payload']

const event = 'pull_request_review.dismissed'
const schema = z.object({ ...envelope, pull_request: pullRequest })

export function toReviewDismissed(payload: Payload, delivery: string): ReviewDismissed {
  const read = readPayload(event, schema, payload)
  return {
    type: 'ReviewDismissed',
    ...signalBase(event, read, delivery, onPull(read.pull_request)),
  }
}

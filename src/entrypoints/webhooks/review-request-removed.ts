import type { Context } from 'probot'
import { z } from 'zod'
import type { ReviewRequestRemoved } from '../../domain/signals.ts'
import { account, envelope, personOf, pullRequest, readPayload, signalBase } from './payload.ts'

export const reviewRequestRemovedEvents = ['pull_request.review_request_removed'] as const
type Payload = Context<(typeof reviewRequestRemovedEvents)[number]>['payload']

const event = 'pull_request.review_request_removed'
const schema = z.object({
  ...envelope,
  pull_request: pullRequest,
  requested_reviewer: account.nullable().optional(),
})

/** Undefined when a team, or an account that is gone, is asked no more. */
export function toReviewRequestRemoved(
  payload: Payload,
  delivery: string,
): ReviewRequestRemoved | undefined {
  const read = readPayload(event, schema, payload)
  const reviewer = read.requested_reviewer
  if (reviewer === undefined || reviewer === null) return undefined
  return {
    type: 'ReviewRequestRemoved',
    ...signalBase(event, read, delivery),
    reviewer: personOf(reviewer),
  }
}

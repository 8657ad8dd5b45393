import type { Context } from 'probot'
import { z } from 'zod'
import type { ReviewSubmitted } from '../../domain/signals.ts'
import {
  account,
  envelope,
  onPull,
  personOf,
  pullRequest,
  readPayload,
  signalBase,
} from './payload.ts'

export const reviewSubmittedEvents = ['pull_request_review.submitted'] as const
type Payload = Context<(typeof reviewSubmittedEvents)[number]>['payload']

const event = 'pull_request_review.submitted'
const schema = z.object({
  ...envelope,
  pull_request: pullRequest,
  review: z.object({ state: z.string(), user: account.nullable() }),
})

/** Undefined for comments: one is sent as a review for each inline comment and each reply in a thread. */
export function toReviewSubmitted(payload: Payload, delivery: string): ReviewSubmitted | undefined {
  const read = readPayload(event, schema, payload)
  const state = endingState(read.review.state)
  if (state === undefined || read.review.user === null) return undefined
  return {
    type: 'ReviewSubmitted',
    ...signalBase(event, read, delivery, onPull(read.pull_request)),
    reviewer: personOf(read.review.user),
    state,
  }
}

/** Deliveries write the state in lower case, the REST API in capitals. */
function endingState(state: string): ReviewSubmitted['state'] | undefined {
  const lower = state.toLowerCase()
  return lower === 'approved' || lower === 'changes_requested' ? lower : undefined
}

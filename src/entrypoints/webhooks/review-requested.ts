import type { Context } from 'probot'
import { z } from 'zod'
import type { ReviewRequested } from '../../domain/signals.ts'
import { toIso } from '../../domain/time.ts'
import { account, envelope, personOf, pullRequest, readPayload, signalBase } from './payload.ts'

export const reviewRequestedEvents = ['pull_request.review_requested'] as const
type Payload = Context<(typeof reviewRequestedEvents)[number]>['payload']

const event = 'pull_request.review_requested'
const schema = z.object({
  ...envelope,
  pull_request: pullRequest,
  requested_reviewer: account.nullable().optional(),
})

/** Undefined when a team, or an account that is gone, was asked. */
export function toReviewRequested(payload: Payload, delivery: string): ReviewRequested | undefined {
  const read = readPayload(event, schema, payload)
  const reviewer = read.requested_reviewer
  if (reviewer === undefined || reviewer === null) return undefined
  const base = signalBase(event, read, delivery)
  return {
    type: 'ReviewRequested',
    ...base,
    reviewer: personOf(reviewer),
    // NB: nothing of the headers may enter: a captured body can be sent again under another delivery id.
    cause: [
      'review_requested',
      base.subject.repositoryId,
      base.subject.number,
      reviewer.id,
      toIso(base.at),
    ].join('/'),
  }
}

import type { Context } from 'probot'
import { z } from 'zod'
import type { ReviewRequestRemoved, TeamReviewRequestRemoved } from '../../domain/signals.ts'
import {
  account,
  envelope,
  onPull,
  personOf,
  pullRequest,
  readPayload,
  signalBase,
  team,
  teamOf,
} from './payload.ts'

export const reviewRequestRemovedEvents = ['pull_request.review_request_removed'] as const
type Payload = Context<(typeof reviewRequestRemovedEvents)[number]>['payload']

const event = 'pull_request.review_request_removed'
const schema = z.object({
  ...envelope,
  pull_request: pullRequest,
  requested_reviewer: account.nullish(),
  requested_team: team.nullish(),
})

/** Undefined when an account that is gone is asked no more. */
export function toReviewRequestRemoved(
  payload: Payload,
  delivery: string,
): ReviewRequestRemoved | TeamReviewRequestRemoved | undefined {
  const read = readPayload(event, schema, payload)
  const { requested_reviewer: reviewer, requested_team: asked } = read
  const base = signalBase(event, read, delivery, onPull(read.pull_request))
  if (reviewer) return { type: 'ReviewRequestRemoved', ...base, reviewer: personOf(reviewer) }
  if (!asked) return undefined
  return { type: 'TeamReviewRequestRemoved', ...base, team: teamOf(asked) }
}

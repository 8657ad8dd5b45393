import type { Context } from 'probot'
import { z } from 'zod'
import type { ReviewRequested, TeamReviewRequested } from '../../domain/signals.ts'
import {
  account,
  causeOf,
  envelope,
  onPull,
  personOf,
  pullRequest,
  readPayload,
  signalBase,
  team,
  teamOf,
} from './payload.ts'

export const reviewRequestedEvents = ['pull_request.review_requested'] as const
type Payload = Context<(typeof reviewRequestedEvents)[number]>['payload']

const event = 'pull_request.review_requested'
const schema = z.object({
  ...envelope,
  pull_request: pullRequest,
  requested_reviewer: account.nullish(),
  requested_team: team.nullish(),
})

/** Undefined when an account or a team that is gone was asked. GitHub sends one delivery for each person and each team. */
export function toReviewRequested(
  payload: Payload,
  delivery: string,
): ReviewRequested | TeamReviewRequested | undefined {
  const read = readPayload(event, schema, payload)
  const { requested_reviewer: reviewer, requested_team: asked } = read
  const base = signalBase(event, read, delivery, onPull(read.pull_request))
  if (reviewer)
    return {
      type: 'ReviewRequested',
      ...base,
      reviewer: personOf(reviewer),
      cause: causeOf('review_requested', base, reviewer.id),
    }
  if (asked?.slug === undefined) return undefined
  return {
    type: 'TeamReviewRequested',
    ...base,
    team: teamOf(asked),
    cause: causeOf('review_requested', base, 'team', asked.id),
  }
}

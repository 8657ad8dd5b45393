import type { Context } from 'probot'
import { z } from 'zod'
import type { PullRequestClosed } from '../../domain/signals.ts'
import { envelope, onPull, pullRequest, readPayload, signalBase } from './payload.ts'

export const pullRequestClosedEvents = ['pull_request.closed'] as const
type Payload = Context<(typeof pullRequestClosedEvents)[number]>['payload']

const event = 'pull_request.closed'
const schema = z.object({
  ...envelope,
  // Lenient: what ends access must not fail over a field that only words the reason.
  pull_request: pullRequest.extend({ merged: z.boolean().nullish() }),
})

export function toPullRequestClosed(payload: Payload, delivery: string): PullRequestClosed {
  const read = readPayload(event, schema, payload)
  return {
    type: 'PullRequestClosed',
    ...signalBase(event, read, delivery, onPull(read.pull_request)),
    merged: read.pull_request.merged === true,
  }
}

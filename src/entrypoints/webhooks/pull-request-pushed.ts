import type { Context } from 'probot'
import { z } from 'zod'
import type { PullRequestPushed } from '../../domain/signals.ts'
import { commitSha, envelope, onPull, pullRequest, readPayload, signalBase } from './payload.ts'

export const pullRequestPushedEvents = [
  'pull_request.opened',
  'pull_request.reopened',
  'pull_request.synchronize',
] as const
type Payload = Context<(typeof pullRequestPushedEvents)[number]>['payload']

const schema = z.object({
  ...envelope,
  pull_request: pullRequest.extend({
    head: z.object({ sha: commitSha }),
  }),
})

export function toPullRequestPushed(payload: Payload, delivery: string): PullRequestPushed {
  const event = 'pull_request.opened, reopened or synchronize'
  const read = readPayload(event, schema, payload)
  return {
    type: 'PullRequestPushed',
    ...signalBase(event, read, delivery, onPull(read.pull_request)),
    headSha: read.pull_request.head.sha,
  }
}

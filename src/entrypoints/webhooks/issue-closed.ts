import type { Context } from 'probot'
import { z } from 'zod'
import type { IssueClosed } from '../../domain/signals.ts'
import { envelope, issue, onIssue, readPayload, signalBase } from './payload.ts'

export const issueClosedEvents = ['issues.closed', 'issues.deleted', 'issues.transferred'] as const
type Payload = Context<(typeof issueClosedEvents)[number]>['payload']

const event = 'issues.closed, deleted or transferred'
const schema = z.object({ ...envelope, issue })

export function toIssueClosed(payload: Payload, delivery: string): IssueClosed {
  const read = readPayload(event, schema, payload)
  return {
    type: 'IssueClosed',
    ...signalBase(event, read, delivery, onIssue(read.issue)),
  }
}

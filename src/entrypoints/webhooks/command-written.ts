import type { Context } from 'probot'
import { z } from 'zod'
import { commandLines } from '../../domain/commands/command-lines.ts'
import type { CommandWritten } from '../../domain/signals.ts'
import {
  account,
  envelope,
  id,
  instant,
  issue,
  onIssue,
  readPayload,
  signalBase,
} from './payload.ts'

/** NB: never `edited`: whoever may edit others' comments would speak in their names. */
export const commandWrittenEvents = ['issue_comment.created'] as const
type Payload = Context<(typeof commandWrittenEvents)[number]>['payload']

const event = 'issue_comment.created'
const schema = z.object({
  ...envelope,
  issue,
  comment: z.object({
    id,
    body: z.string().nullish(),
    created_at: instant,
    user: account.nullable(),
    performed_via_github_app: z.unknown().optional(),
  }),
})

/** Undefined for a comment without a command, and for one whose author is gone or is not who sent it. */
export function toCommandWritten(payload: Payload, delivery: string): CommandWritten | undefined {
  const read = readPayload(event, schema, payload)
  const { comment } = read
  const { lines, ignored } = commandLines(comment.body ?? '')
  if (lines.length + ignored === 0) return undefined
  const on = { ...onIssue(read.issue), at: comment.created_at }
  const base = signalBase(event, read, delivery, on)
  if (comment.user?.id !== base.actor.id) return undefined
  const via = comment.performed_via_github_app
  return {
    type: 'CommandWritten',
    ...base,
    commentId: comment.id,
    lines,
    ignored,
    throughApp: via !== undefined && via !== null,
    cause: ['comment', base.subject.repositoryId, base.subject.number, comment.id].join('/'),
  }
}

// Real deliveries, contributed to octokit/webhooks, that came from an App.
import { createRequire } from 'node:module'
import type { Context } from 'probot'
import { toAssigned } from '../../src/entrypoints/webhooks/assigned.ts'
import { toBaseChanged } from '../../src/entrypoints/webhooks/base-changed.ts'
import { toButtonPressed } from '../../src/entrypoints/webhooks/button-pressed.ts'
import { toCommandWritten } from '../../src/entrypoints/webhooks/command-written.ts'
import { toIssueClosed } from '../../src/entrypoints/webhooks/issue-closed.ts'
import { toLabelAdded } from '../../src/entrypoints/webhooks/label-added.ts'
import { toLabelRemoved } from '../../src/entrypoints/webhooks/label-removed.ts'
import { toPullRequestClosed } from '../../src/entrypoints/webhooks/pull-request-closed.ts'
import { toPullRequestPushed } from '../../src/entrypoints/webhooks/pull-request-pushed.ts'
import { toReviewDismissed } from '../../src/entrypoints/webhooks/review-dismissed.ts'
import { toReviewRequestRemoved } from '../../src/entrypoints/webhooks/review-request-removed.ts'
import { toReviewRequested } from '../../src/entrypoints/webhooks/review-requested.ts'
import { toReviewSubmitted } from '../../src/entrypoints/webhooks/review-submitted.ts'
import { toUnassigned } from '../../src/entrypoints/webhooks/unassigned.ts'
import type { Signal } from '../../src/domain/signals.ts'

interface Example {
  readonly action: string
  readonly installation?: object
}
type Definitions = readonly { readonly name: string; readonly examples: readonly Example[] }[]
const require = createRequire(import.meta.url)
const definitions: Definitions = require('@octokit/webhooks-examples')

type Name = Parameters<typeof payload>[0]

/** There is no example of these: the action whose example is taken, and what it lacks. */
const likes: Readonly<Record<string, string>> = {
  'issues.closed': 'reopened',
  'pull_request.edited': 'opened',
}
const added: Readonly<Record<string, object>> = {
  'pull_request.edited': { changes: { base: { ref: { from: 'main' }, sha: { from: '0' } } } },
}

/** A copy that the test may change, as an App would have received it. */
export function payload<
  E extends
    | 'pull_request.review_requested'
    | 'pull_request.review_request_removed'
    | 'pull_request.closed'
    | 'pull_request.opened'
    | 'pull_request.reopened'
    | 'pull_request.synchronize'
    | 'pull_request.edited'
    | 'pull_request.labeled'
    | 'pull_request.unlabeled'
    | 'pull_request.assigned'
    | 'pull_request.unassigned'
    | 'pull_request_review.submitted'
    | 'pull_request_review.dismissed'
    | 'issues.labeled'
    | 'issues.unlabeled'
    | 'issues.assigned'
    | 'issues.unassigned'
    | 'issues.closed'
    | 'issues.deleted'
    | 'issues.transferred'
    | 'issue_comment.created'
    | 'check_run.requested_action',
>(event: E): Context<E>['payload'] {
  const [name = '', action = ''] = event.split('.')
  const like = likes[event] ?? action
  const examples = definitions.find((definition) => definition.name === name)?.examples ?? []
  const meant = examples.filter((example) => example.action === like)
  const found = meant.find((example) => example.installation) ?? meant[0]
  if (found === undefined) throw new Error(`no example of ${event}`)
  const copy = structuredClone({ ...found, action, ...added[event] })
  return { installation: { id: 1, node_id: '' }, ...copy } as unknown as Context<E>['payload']
}

/** Each handled event with its translator, for whatever may be in the payload. */
export const translators: readonly (readonly [Name, (payload: unknown) => Signal | undefined])[] = [
  ['pull_request.review_requested', (body) => toReviewRequested(body as never, 'd-1')],
  ['pull_request.review_request_removed', (body) => toReviewRequestRemoved(body as never, 'd-1')],
  ['pull_request_review.submitted', (body) => toReviewSubmitted(body as never, 'd-1')],
  ['pull_request.closed', (body) => toPullRequestClosed(body as never, 'd-1')],
  ['pull_request.opened', (body) => toPullRequestPushed(body as never, 'd-1')],
  ['pull_request.reopened', (body) => toPullRequestPushed(body as never, 'd-1')],
  ['pull_request.synchronize', (body) => toPullRequestPushed(body as never, 'd-1')],
  ['pull_request.edited', (body) => toBaseChanged(body as never, 'd-1')],
  ['pull_request_review.dismissed', (body) => toReviewDismissed(body as never, 'd-1')],
  ['pull_request.labeled', (body) => toLabelAdded(body as never, 'd-1')],
  ['issues.labeled', (body) => toLabelAdded(body as never, 'd-1')],
  ['pull_request.unlabeled', (body) => toLabelRemoved(body as never, 'd-1')],
  ['issues.unlabeled', (body) => toLabelRemoved(body as never, 'd-1')],
  ['pull_request.assigned', (body) => toAssigned(body as never, 'd-1')],
  ['issues.assigned', (body) => toAssigned(body as never, 'd-1')],
  ['pull_request.unassigned', (body) => toUnassigned(body as never, 'd-1')],
  ['issues.unassigned', (body) => toUnassigned(body as never, 'd-1')],
  ['issues.closed', (body) => toIssueClosed(body as never, 'd-1')],
  ['issues.deleted', (body) => toIssueClosed(body as never, 'd-1')],
  ['issues.transferred', (body) => toIssueClosed(body as never, 'd-1')],
  ['issue_comment.created', (body) => toCommandWritten(body as never, 'd-1')],
  ['check_run.requested_action', (body) => toButtonPressed(body as never, 'd-1')],
]

// Real deliveries, contributed to octokit/webhooks, that came from an App.
import { createRequire } from 'node:module'
import type { Context } from 'probot'
import { toPullRequestClosed } from '../../src/entrypoints/webhooks/pull-request-closed.ts'
import { toPullRequestPushed } from '../../src/entrypoints/webhooks/pull-request-pushed.ts'
import { toReviewRequestRemoved } from '../../src/entrypoints/webhooks/review-request-removed.ts'
import { toReviewRequested } from '../../src/entrypoints/webhooks/review-requested.ts'
import { toReviewSubmitted } from '../../src/entrypoints/webhooks/review-submitted.ts'
import type { Signal } from '../../src/domain/signals.ts'

interface Example {
  readonly action: string
  readonly installation?: object
}
type Definitions = readonly { readonly name: string; readonly examples: readonly Example[] }[]
const require = createRequire(import.meta.url)
const definitions: Definitions = require('@octokit/webhooks-examples')

type Name = Parameters<typeof payload>[0]

/** A copy that the test may change. */
export function payload<
  E extends
    | 'pull_request.review_requested'
    | 'pull_request.review_request_removed'
    | 'pull_request.closed'
    | 'pull_request.opened'
    | 'pull_request.reopened'
    | 'pull_request.synchronize'
    | 'pull_request_review.submitted',
>(event: E): Context<E>['payload'] {
  const [name, action] = event.split('.')
  const found = definitions
    .find((definition) => definition.name === name)
    ?.examples.find((example) => example.action === action && example.installation)
  if (found === undefined) throw new Error(`no example of ${event}`)
  return structuredClone(found) as unknown as Context<E>['payload']
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
]

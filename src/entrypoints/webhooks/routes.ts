// Which events are handled, and by which translator.
import type { Probot } from 'probot'
import type { Signal } from '../../domain/signals.ts'
import { pullRequestClosedEvents, toPullRequestClosed } from './pull-request-closed.ts'
import { pullRequestPushedEvents, toPullRequestPushed } from './pull-request-pushed.ts'
import { reviewRequestRemovedEvents, toReviewRequestRemoved } from './review-request-removed.ts'
import { reviewRequestedEvents, toReviewRequested } from './review-requested.ts'
import { reviewSubmittedEvents, toReviewSubmitted } from './review-submitted.ts'

/** `event.action` of all that is handled. `app.yml` subscribes to exactly these events. */
export const handledEvents: readonly string[] = [
  ...reviewRequestedEvents,
  ...reviewRequestRemovedEvents,
  ...reviewSubmittedEvents,
  ...pullRequestClosedEvents,
  ...pullRequestPushedEvents,
]

/** An application function for Probot. `handle` is not called where a delivery means nothing here. */
export const routes =
  (handle: (signal: Signal) => Promise<void>) =>
  (app: Pick<Probot, 'on'>): void => {
    const pass = async (signal: Signal | undefined) => {
      if (signal !== undefined) await handle(signal)
    }
    app.on([...reviewRequestedEvents], async ({ payload, id }) =>
      pass(toReviewRequested(payload, id)),
    )
    app.on([...reviewRequestRemovedEvents], async ({ payload, id }) =>
      pass(toReviewRequestRemoved(payload, id)),
    )
    app.on([...reviewSubmittedEvents], async ({ payload, id }) =>
      pass(toReviewSubmitted(payload, id)),
    )
    app.on([...pullRequestClosedEvents], async ({ payload, id }) =>
      pass(toPullRequestClosed(payload, id)),
    )
    app.on([...pullRequestPushedEvents], async ({ payload, id }) =>
      pass(toPullRequestPushed(payload, id)),
    )
  }

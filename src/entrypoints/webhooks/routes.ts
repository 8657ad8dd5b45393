// Which events are handled, and by which translator.
import type { Probot } from 'probot'
import type { Signal } from '../../domain/signals.ts'
import { assignedEvents, toAssigned } from './assigned.ts'
import { baseChangedEvents, toBaseChanged } from './base-changed.ts'
import { buttonPressedEvents, toButtonPressed } from './button-pressed.ts'
import { commandWrittenEvents, toCommandWritten } from './command-written.ts'
import { issueClosedEvents, toIssueClosed } from './issue-closed.ts'
import { labelAddedEvents, toLabelAdded } from './label-added.ts'
import { labelRemovedEvents, toLabelRemoved } from './label-removed.ts'
import { pullRequestClosedEvents, toPullRequestClosed } from './pull-request-closed.ts'
import { pullRequestPushedEvents, toPullRequestPushed } from './pull-request-pushed.ts'
import { reviewDismissedEvents, toReviewDismissed } from './review-dismissed.ts'
import { reviewRequestRemovedEvents, toReviewRequestRemoved } from './review-request-removed.ts'
import { reviewRequestedEvents, toReviewRequested } from './review-requested.ts'
import { reviewSubmittedEvents, toReviewSubmitted } from './review-submitted.ts'
import { unassignedEvents, toUnassigned } from './unassigned.ts'

/** `event.action` of all that is handled. `app.yml` subscribes to exactly these events. */
export const handledEvents: readonly string[] = [
  ...reviewRequestedEvents,
  ...reviewRequestRemovedEvents,
  ...reviewSubmittedEvents,
  ...reviewDismissedEvents,
  ...pullRequestClosedEvents,
  ...pullRequestPushedEvents,
  ...baseChangedEvents,
  ...labelAddedEvents,
  ...labelRemovedEvents,
  ...assignedEvents,
  ...unassignedEvents,
  ...issueClosedEvents,
  ...commandWrittenEvents,
  ...buttonPressedEvents,
]

type Handle = (signal: Signal) => Promise<void>
type App = Pick<Probot, 'on'>

/** An application function for Probot. `handle` is not called where a delivery means nothing here. */
export const routes =
  (handle: Handle) =>
  (app: App): void => {
    const pass: Pass = async (signal) => {
      if (signal !== undefined) await handle(signal)
    }
    routeReviews(app, pass)
    routeSubjects(app, pass)
    routeWords(app, pass)
  }

type Pass = (signal: Signal | undefined) => Promise<void>

function routeReviews(app: App, pass: Pass): void {
  app.on([...reviewRequestedEvents], async ({ payload, id }) =>
    pass(toReviewRequested(payload, id)),
  )
  app.on([...reviewRequestRemovedEvents], async ({ payload, id }) =>
    pass(toReviewRequestRemoved(payload, id)),
  )
  app.on([...reviewSubmittedEvents], async ({ payload, id }) =>
    pass(toReviewSubmitted(payload, id)),
  )
  app.on([...reviewDismissedEvents], async ({ payload, id }) =>
    pass(toReviewDismissed(payload, id)),
  )
}

function routeSubjects(app: App, pass: Pass): void {
  app.on([...pullRequestClosedEvents], async ({ payload, id }) =>
    pass(toPullRequestClosed(payload, id)),
  )
  app.on([...pullRequestPushedEvents], async ({ payload, id }) =>
    pass(toPullRequestPushed(payload, id)),
  )
  app.on([...baseChangedEvents], async ({ payload, id }) => pass(toBaseChanged(payload, id)))
  app.on([...issueClosedEvents], async ({ payload, id }) => pass(toIssueClosed(payload, id)))
  app.on([...labelAddedEvents], async ({ payload, id }) => pass(toLabelAdded(payload, id)))
  app.on([...labelRemovedEvents], async ({ payload, id }) => pass(toLabelRemoved(payload, id)))
  app.on([...assignedEvents], async ({ payload, id }) => pass(toAssigned(payload, id)))
  app.on([...unassignedEvents], async ({ payload, id }) => pass(toUnassigned(payload, id)))
}

/** Commands and buttons. */
function routeWords(app: App, pass: Pass): void {
  app.on([...commandWrittenEvents], async ({ payload, id }) => pass(toCommandWritten(payload, id)))
  app.on([...buttonPressedEvents], async ({ payload, id }) => pass(toButtonPressed(payload, id)))
}

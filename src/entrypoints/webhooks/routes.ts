// Which events are handled, and by which translator.
import type { Probot } from 'probot'
import type { GroundMoved, Signal } from '../../domain/signals.ts'
import { assignedEvents, toAssigned } from './assigned.ts'
import { baseChangedEvents, toBaseChanged } from './base-changed.ts'
import { buttonPressedEvents, toButtonPressed } from './button-pressed.ts'
import { commandWrittenEvents, toCommandWritten } from './command-written.ts'
import { groundSources, policyPushedEvents, toGroundMoved, toPolicyPushed } from './ground-moved.ts'
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

/** What happens on one pull request or issue. */
export const subjectEvents: readonly string[] = [
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

/** `event.action` of all that is handled, the bare event where it has no action. */
export const handledEvents: readonly string[] = [
  ...subjectEvents,
  ...groundSources.flatMap(({ events }) => events),
  ...policyPushedEvents,
]

/** GitHub sends these to every App, and lets none subscribe to them. */
const unasked: ReadonlySet<string> = new Set(['installation', 'installation_repositories'])

/** `app.yml` subscribes to exactly these. */
export const subscribedEvents: readonly string[] = [
  ...new Set(handledEvents.map((name) => name.split('.', 1).join(''))),
].filter((event) => !unasked.has(event))

type Handle<S> = (signal: S) => Promise<void>
type App = Pick<Probot, 'on'>

/** An application function for Probot. Neither is called where a delivery means nothing here. */
export const routes =
  (handle: Handle<Signal>, handleGround: Handle<GroundMoved>) =>
  (app: App): void => {
    const pass: Pass = async (signal) => {
      if (signal !== undefined) await handle(signal)
    }
    routeReviews(app, pass)
    routeSubjects(app, pass)
    routeWords(app, pass)
    routeGround(app, handleGround)
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

function routeGround(app: App, handle: Handle<GroundMoved>): void {
  for (const source of groundSources)
    app.on([...source.events] as GroundEvent[], async ({ payload, id }) =>
      handle(toGroundMoved(source, payload, id)),
    )
  app.on([...policyPushedEvents], async ({ payload, id }) => handle(toPolicyPushed(payload, id)))
}
type GroundEvent = Extract<Parameters<App['on']>[0], string>

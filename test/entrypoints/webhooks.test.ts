import type { Probot } from 'probot'
import { describe, expect, it } from 'vitest'
import type { GroundMoved, Signal } from '../../src/domain/signals.ts'
import { DeliveryFault } from '../../src/domain/errors.ts'
import { toPullRequestClosed } from '../../src/entrypoints/webhooks/pull-request-closed.ts'
import { toPullRequestPushed } from '../../src/entrypoints/webhooks/pull-request-pushed.ts'
import { toReviewRequestRemoved } from '../../src/entrypoints/webhooks/review-request-removed.ts'
import { toReviewRequested } from '../../src/entrypoints/webhooks/review-requested.ts'
import { toReviewSubmitted } from '../../src/entrypoints/webhooks/review-submitted.ts'
import { handledEvents, routes, subjectEvents } from '../../src/entrypoints/webhooks/routes.ts'
import { payload, translators } from './webhooks-payloads.ts'

const base = {
  delivery: 'd-1',
  subject: {
    installationId: 1,
    accountId: 21031067,
    repositoryId: 186853002,
    number: 2,
    kind: 'pull_request',
    owner: 'Codertocat',
    repository: 'Hello-World',
  },
  actor: { id: 21031067, login: 'Codertocat', type: 'User' },
  at: Date.UTC(2019, 4, 15, 15, 20, 33),
}

describe('a review request', () => {
  it('is a signal for its reviewer, with a cause from the signed body alone', () => {
    expect(toReviewRequested(payload('pull_request.review_requested'), 'd-1')).toEqual({
      type: 'ReviewRequested',
      ...base,
      reviewer: { id: 5346, login: 'octocat' },
      cause: 'review_requested/186853002/2/5346/2019-05-15T15:20:33Z',
    })
  })

  it('has the same cause when its body comes again under another delivery id', () => {
    const body = payload('pull_request.review_requested')
    const first = toReviewRequested(body, 'd-1')
    expect(toReviewRequested(body, 'd-2')?.cause).toBe(first?.cause)
  })

  it('has another cause when the reviewer is asked again later', () => {
    const body = payload('pull_request.review_requested')
    const first = toReviewRequested(body, 'd-1')
    body.pull_request.updated_at = '2019-05-15T15:20:34Z'
    expect(toReviewRequested(body, 'd-2')?.cause).not.toBe(first?.cause)
  })

  it('of a team is for the team', () => {
    const body = payload('pull_request.review_requested')
    Reflect.deleteProperty(body, 'requested_reviewer')
    Object.assign(body, { requested_team: { id: 7, slug: 'sre', name: 'SRE' } })
    expect(toReviewRequested(body, 'd-1')).toEqual({
      type: 'TeamReviewRequested',
      ...base,
      team: { id: 7, slug: 'sre' },
      cause: 'review_requested/186853002/2/team/7/2019-05-15T15:20:33Z',
    })
    expect(toReviewRequestRemoved(body as never, 'd-1')).toEqual({
      type: 'TeamReviewRequestRemoved',
      ...base,
      team: { id: 7, slug: 'sre' },
    })
  })

  it('of a team that is gone means nothing, and its removal still ends', () => {
    const body = payload('pull_request.review_requested')
    Object.assign(body, { requested_reviewer: null, requested_team: { id: 7, deleted: true } })
    expect(toReviewRequested(body, 'd-1')).toBeUndefined()
    expect(toReviewRequestRemoved(body as never, 'd-1')).toMatchObject({ team: { id: 7 } })
  })

  it('of nobody means nothing', () => {
    const body = payload('pull_request.review_requested')
    Object.assign(body, { requested_reviewer: null })
    expect(toReviewRequested(body, 'd-1')).toBeUndefined()
    expect(toReviewRequestRemoved(body as never, 'd-1')).toBeUndefined()
  })

  it('ends with its removal', () => {
    const body = payload('pull_request.review_request_removed')
    expect(toReviewRequestRemoved(body, 'd-1')).toMatchObject({
      type: 'ReviewRequestRemoved',
      reviewer: { id: 5346 },
      subject: base.subject,
    })
  })

  it('without an installation is a fault', () => {
    const body = payload('pull_request.review_requested')
    delete body.installation
    expect(() => toReviewRequested(body, 'd-1')).toThrow(DeliveryFault)
  })

  it('by an account of an unknown type counts as a bot`s', () => {
    const body = payload('pull_request.review_requested')
    const sender = { ...body.sender, type: 'Agent' }
    const signal = toReviewRequested({ ...body, sender }, 'd-1')
    expect(signal?.actor.type).toBe('Bot')
  })
})

describe('a review', () => {
  it.each([
    ['approved', 'approved'],
    ['APPROVED', 'approved'],
    ['changes_requested', 'changes_requested'],
    ['Changes_Requested', 'changes_requested'],
    ['commented', undefined],
    ['COMMENTED', undefined],
    ['dismissed', undefined],
    ['pending', undefined],
    ['', undefined],
  ])('in state %j is %j', (written, meant) => {
    const body = payload('pull_request_review.submitted')
    body.review.state = written
    expect(toReviewSubmitted(body, 'd-1')?.state).toBe(meant)
  })

  it('is by who wrote it', () => {
    const body = payload('pull_request_review.submitted')
    body.review.state = 'approved'
    expect(toReviewSubmitted(body, 'd-1')).toEqual({
      type: 'ReviewSubmitted',
      ...base,
      at: Date.UTC(2019, 4, 15, 15, 20, 38),
      reviewer: { id: 21031067, login: 'Codertocat' },
      state: 'approved',
    })
  })

  it('by an account that is gone means nothing', () => {
    const body = payload('pull_request_review.submitted')
    body.review.state = 'approved'
    body.review.user = null
    expect(toReviewSubmitted(body, 'd-1')).toBeUndefined()
  })
})

describe('a pull request', () => {
  it.each([
    [true, true],
    [false, false],
    [null, false],
  ])('closed with merged %j was merged: %j', (merged, meant) => {
    const body = payload('pull_request.closed')
    Object.assign(body.pull_request, { merged })
    expect(toPullRequestClosed(body, 'd-1')).toMatchObject({
      type: 'PullRequestClosed',
      merged: meant,
      subject: base.subject,
    })
  })

  it.each(['opened', 'reopened', 'synchronize'] as const)('%s has a head to check', (action) => {
    const body = payload(`pull_request.${action}`)
    expect(toPullRequestPushed(body, 'd-1')).toMatchObject({
      type: 'PullRequestPushed',
      headSha: body.pull_request.head.sha,
    })
  })
})

describe('routes', () => {
  const register = () => {
    const handlers = new Map<string, (event: object) => Promise<void>>()
    const signals: (Signal | GroundMoved)[] = []
    const on = (events: string[], handler: (event: object) => Promise<void>) => {
      for (const event of events) handlers.set(event, handler)
    }
    const take = async (signal: Signal | GroundMoved) => void signals.push(signal)
    routes(take, take)({ on } as unknown as Probot)
    return { handlers, signals }
  }

  it('registers exactly the handled events', () => {
    expect([...register().handlers.keys()].toSorted()).toEqual(handledEvents.toSorted())
    expect(translators.map(([event]) => event).toSorted()).toEqual(subjectEvents.toSorted())
  })

  it('hands on what a delivery means, under its own id', async () => {
    const { handlers, signals } = register()
    for (const [event, translate] of translators) {
      const body = payload(event)
      await handlers.get(event)?.({ id: 'd-1', name: event, payload: body })
      const expected = translate(body)
      expect(signals.splice(0)).toEqual(expected === undefined ? [] : [expected])
    }
  })
})

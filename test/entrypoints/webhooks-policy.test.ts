// What may change what a pull request does to a policy document.
import { describe, expect, it } from 'vitest'
import { toBaseChanged } from '../../src/entrypoints/webhooks/base-changed.ts'
import { toReviewDismissed } from '../../src/entrypoints/webhooks/review-dismissed.ts'
import { payload } from './webhooks-payloads.ts'

describe('an edited pull request', () => {
  const edited = (changes: object | undefined) => {
    const body = payload('pull_request.edited')
    Object.assign(body, { changes })
    return toBaseChanged(body, 'd-1')
  }

  it('that goes into another branch is a signal', () => {
    const base = { ref: { from: 'main' }, sha: { from: 'a'.repeat(40) } }
    expect(edited({ base, title: { from: 'Before' } })).toMatchObject({
      type: 'BaseChanged',
      subject: { kind: 'pull_request', number: expect.any(Number) },
    })
  })

  it.each([[{ title: { from: 'Before' } }], [{ body: { from: '' } }], [{}], [undefined]])(
    'of which only %j changed means nothing',
    (changes) => {
      expect(edited(changes)).toBeUndefined()
    },
  )
})

it('a dismissed review is a signal', () => {
  expect(toReviewDismissed(payload('pull_request_review.dismissed'), 'd-1')).toMatchObject({
    type: 'ReviewDismissed',
    subject: { kind: 'pull_request' },
  })
})

// Labels, assignments and issues: the same act on a pull request and on an issue.
import { describe, expect, it } from 'vitest'
import { toAssigned } from '../../src/entrypoints/webhooks/assigned.ts'
import { toIssueClosed } from '../../src/entrypoints/webhooks/issue-closed.ts'
import { toLabelAdded } from '../../src/entrypoints/webhooks/label-added.ts'
import { toLabelRemoved } from '../../src/entrypoints/webhooks/label-removed.ts'
import { toUnassigned } from '../../src/entrypoints/webhooks/unassigned.ts'
import { payload } from './webhooks-payloads.ts'

const subject = (kind: 'pull_request' | 'issue', number: number) => ({
  installationId: expect.any(Number),
  accountId: 21031067,
  repositoryId: 186853002,
  number,
  kind,
  owner: 'Codertocat',
  repository: 'Hello-World',
})
const octocat = { id: 21031067, login: 'Codertocat' }

describe('a label', () => {
  it.each([
    ['pull_request.labeled', 'pull_request', 2, '2019-05-15T15:20:36Z'],
    ['issues.labeled', 'issue', 1, '2019-05-15T15:20:18Z'],
  ] as const)('%s is a signal with a cause of its own', (event, kind, number, at) => {
    const signal = toLabelAdded(payload(event), 'd-1')
    expect(signal).toEqual({
      type: 'LabelAdded',
      delivery: 'd-1',
      subject: subject(kind, number),
      actor: { ...octocat, type: 'User' },
      at: expect.any(Number),
      label: 'bug',
      cause: expect.stringContaining(`labeled/186853002/${number}/bug/`),
    })
    const again = payload(event)
    Object.assign('issue' in again ? again.issue : again.pull_request, { updated_at: at })
    expect(toLabelAdded(again, 'd-2')?.cause).toBe(`labeled/186853002/${number}/bug/${at}`)
  })

  it('cannot forge the cause of another', () => {
    const causeOf = (name: string) => {
      const body = payload('issues.labeled')
      Object.assign(body, { label: { ...body.label, name } })
      return toLabelAdded(body, 'd-1')?.cause
    }
    const at = '2019-05-15T15:20:18Z'
    expect(causeOf('a')).not.toBe(causeOf('b'))
    expect(causeOf(`a/${at}`)?.split('/')).toHaveLength(5)
    // Half a character, which JSON may hold.
    expect(causeOf('a\ud800')).not.toBe(causeOf('a'))
  })

  it.each(['pull_request.unlabeled', 'issues.unlabeled'] as const)('%s takes it away', (event) => {
    expect(toLabelRemoved(payload(event), 'd-1')).toMatchObject({
      type: 'LabelRemoved',
      label: 'bug',
    })
  })

  it('that is not named means nothing', () => {
    const body = payload('pull_request.unlabeled')
    Reflect.deleteProperty(body, 'label')
    expect(toLabelRemoved(body, 'd-1')).toBeUndefined()
  })

  it('of a pull request is of that, even when told of as of an issue', () => {
    const body = payload('issues.labeled')
    Object.assign(body.issue, { pull_request: { url: 'https://example.com' } })
    expect(toLabelAdded(body, 'd-1')?.subject.kind).toBe('pull_request')
  })
})

describe('an assignment', () => {
  it.each([
    ['pull_request.assigned', 'pull_request', 2],
    ['issues.assigned', 'issue', 1],
  ] as const)('%s is for the one who was assigned now', (event, kind, number) => {
    const body = payload(event)
    Object.assign(body, { assignee: { ...body.assignee, id: 5, login: 'ada' } })
    expect(toAssigned(body, 'd-1')).toMatchObject({
      type: 'Assigned',
      subject: subject(kind, number),
      actor: octocat,
      assignee: { id: 5, login: 'ada' },
      cause: expect.stringMatching(new RegExp(`^assigned/186853002/${number}/5/2019-`)),
    })
  })

  it.each(['pull_request.unassigned', 'issues.unassigned'] as const)('%s ends it', (event) => {
    expect(toUnassigned(payload(event), 'd-1')).toMatchObject({
      type: 'Unassigned',
      assignee: octocat,
    })
  })

  it('of an account that is gone means nothing', () => {
    const body = payload('issues.assigned')
    Object.assign(body, { assignee: null })
    expect(toAssigned(body, 'd-1')).toBeUndefined()
    expect(toUnassigned(body as never, 'd-1')).toBeUndefined()
  })
})

describe('an issue', () => {
  it.each(['issues.closed', 'issues.deleted', 'issues.transferred'] as const)(
    '%s is over here',
    (event) => {
      expect(toIssueClosed(payload(event), 'd-1')).toMatchObject({
        type: 'IssueClosed',
        subject: { kind: 'issue' },
      })
    },
  )
})

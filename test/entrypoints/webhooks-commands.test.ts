import { describe, expect, it } from 'vitest'
import { DeliveryFault } from '../../src/domain/errors.ts'
import { toButtonPressed } from '../../src/entrypoints/webhooks/button-pressed.ts'
import { toCommandWritten } from '../../src/entrypoints/webhooks/command-written.ts'
import { payload } from './webhooks-payloads.ts'

type Overrides = Readonly<Record<string, unknown>>

function comment(body: string, overrides: Overrides = {}) {
  const delivery = payload('issue_comment.created')
  Object.assign(delivery.comment, { body, ...overrides })
  return delivery
}

describe('a comment', () => {
  const { comment: written, issue, repository, sender } = payload('issue_comment.created')

  it('with commands is a signal, from the signed body alone', () => {
    const signal = toCommandWritten(comment('Hi.\n\n/access status\n/access done'), 'd-1')
    expect(signal).toEqual({
      type: 'CommandWritten',
      delivery: 'd-1',
      subject: {
        installationId: expect.any(Number),
        accountId: repository.owner.id,
        repositoryId: repository.id,
        number: issue.number,
        kind: 'issue',
        owner: repository.owner.login,
        repository: repository.name,
      },
      actor: { id: sender.id, login: sender.login, type: sender.type },
      at: Date.parse(written.created_at),
      commentId: written.id,
      lines: ['status', 'done'],
      ignored: 0,
      throughApp: false,
      cause: `comment/${repository.id}/${issue.number}/${written.id}`,
    })
  })

  it('of a pull request has that as its subject', () => {
    const delivery = comment('/access status')
    Object.assign(delivery.issue, { pull_request: { url: 'https://example.com' } })
    expect(toCommandWritten(delivery, 'd-1')?.subject.kind).toBe('pull_request')
  })

  it.each(['', 'Nice!', '> /access status', '```\n/access status\n```', 'use /access status'])(
    '%j means nothing',
    (body) => {
      expect(toCommandWritten(comment(body), 'd-1')).toBeUndefined()
    },
  )

  it('with six commands says how many were left out', () => {
    const signal = toCommandWritten(comment('/access help\n'.repeat(6)), 'd-1')
    expect(signal).toMatchObject({ lines: Array(5).fill('help'), ignored: 1 })
  })

  it('too nested to read is a signal that says so', () => {
    const signal = toCommandWritten(comment(`${'>'.repeat(60_000)}\n\n/access done`), 'd-1')
    expect(signal).toMatchObject({ lines: [], ignored: 1 })
  })

  it.each([
    [undefined, false],
    [null, false],
    [{ id: 1, slug: 'other-app' }, true],
    [false, true],
    ['', true],
  ])('performed_via_github_app %j was through an App: %j', (via, throughApp) => {
    const delivery = comment('/access status', { performed_via_github_app: via })
    expect(toCommandWritten(delivery, 'd-1')?.throughApp).toBe(throughApp)
  })

  it('of a bot is one of a bot', () => {
    const delivery = comment('/access status')
    Object.assign(delivery.sender, { type: 'Bot' })
    expect(toCommandWritten(delivery, 'd-1')?.actor.type).toBe('Bot')
  })

  it('of somebody else than its sender means nothing', () => {
    const user = { ...written.user, id: 1 }
    expect(toCommandWritten(comment('/access status', { user }), 'd-1')).toBeUndefined()
    expect(toCommandWritten(comment('/access status', { user: null }), 'd-1')).toBeUndefined()
  })
})

describe('a button', () => {
  const real = payload('check_run.requested_action')
  const repositoryId = real.repository.id
  const externalId = `hallpass:4f0c:${repositoryId}#26764:active:0123456789ab`

  function pressed(identifier: string, overrides: Overrides = {}) {
    const delivery = payload('check_run.requested_action')
    Object.assign(delivery.check_run, { external_id: externalId, ...overrides })
    return { ...delivery, requested_action: { identifier } }
  }

  it('is a signal about the subject that its own run names', () => {
    const delivery = pressed('done', { completed_at: '2020-12-03T18:30:00Z', pull_requests: [] })
    expect(toButtonPressed(delivery, 'd-1')).toEqual({
      type: 'ButtonPressed',
      delivery: 'd-1',
      subject: {
        installationId: real.installation?.id,
        accountId: real.repository.owner.id,
        repositoryId,
        number: 26764,
        kind: 'pull_request',
        owner: 'electron',
        repository: 'electron',
      },
      actor: { id: real.sender.id, login: real.sender.login, type: real.sender.type },
      at: Date.UTC(2020, 11, 3, 18, 30),
      button: 'done',
      checkId: 1494503112,
      headSha: real.check_run.head_sha,
      code: undefined,
      cause: `button/1494503112/done/${real.sender.id}/2020-12-03T18:30:00Z/${externalId}`,
    })
  })

  it('believes its external id and not the pull requests beside it', () => {
    const external_id = `hallpass:4f0c:${repositoryId}#5:active:x`
    expect(toButtonPressed(pressed('done', { external_id }), 'd-1')?.subject.number).toBe(5)
  })

  it.each([
    ['hallpass/offer K7Q2-9MXD', 'K7Q2-9MXD'],
    ['hallpass/offer k7q29mxd', 'K7Q2-9MXD'],
    ['hallpass/access', undefined],
    ['hallpass/offer ', undefined],
    ['hallpass/offer K7Q2-9MXD now', undefined],
    ['other/offer K7Q2-9MXD', undefined],
  ])('on %j carries the code %j', (name, code) => {
    expect(toButtonPressed(pressed('approve', { name }), 'd-1')?.code).toBe(code)
  })

  it.each(['lgtm', 'Approve', '', 'approve ', '__proto__', 'request'])(
    '%j is none of ours',
    (identifier) => {
      expect(toButtonPressed(pressed(identifier), 'd-1')).toBeUndefined()
    },
  )

  it('of the real example means nothing', () => {
    expect(toButtonPressed(real, 'd-1')).toBeUndefined()
  })

  it.each([
    null,
    '',
    'hallpass',
    `hallpass:4f0c:${repositoryId}#0:x`,
    `hallpass:4f0c:${repositoryId}:x`,
    `hallpass:4f0c:${repositoryId}#5`,
    `other:4f0c:${repositoryId}#5:x`,
    ` hallpass:4f0c:${repositoryId}#5:x`,
    `hallpass:4f0c:${repositoryId}#99999999999999999999:x`,
  ])('of a run with the external id %j means nothing', (external_id) => {
    expect(toButtonPressed(pressed('done', { external_id }), 'd-1')).toBeUndefined()
  })

  it('of another repository is a fault', () => {
    const external_id = 'hallpass:4f0c:1#5:x'
    expect(() => toButtonPressed(pressed('done', { external_id }), 'd-1')).toThrow(DeliveryFault)
  })

  it('pressed twice is one act, until the run changes', () => {
    const cause = (overrides: Overrides) =>
      toButtonPressed(pressed('extend', overrides), 'd-1')?.cause
    expect(cause({})).toBe(cause({}))
    expect(cause({ external_id: externalId.replace('0123', '4567') })).not.toBe(cause({}))
    expect(cause({ completed_at: '2020-12-03T19:00:00Z' })).not.toBe(cause({}))
  })
})
